"""What a user would otherwise do, with transformers and torch: the extra `torch`.

Both models have the shapes of what they stand for and weights of chance, which cost the same time.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from stancewire.cli.benching.rounds import PIPELINE, ZERO_SHOT, Contender
from stancewire.cli.benching.shape import HEADS, INNER, LAYERS, POSITIONS, WIDTH

FEW = 2
"""Articles of a turn: these take their time."""
HYPOTHESES = ("hopeful", "skeptical", "warning")
_SPECIAL = {
    "cls_token": "<s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
}
HOW_TO_COMPARE = (
    "not compared with torch pipelines, since torch is not installed here:"
    " pip install -c constraints.txt '.[torch]'"
)


def installed() -> bool:
    """Whether there is a torch to compare with."""
    return find_spec("torch") is not None


def same_encoder(texts: Sequence[str], *, tokenizer: Path, amount: float) -> Contender:
    """The reader's encoder in float32 by a feature extraction pipeline.

    `texts` are what the reader encodes, the windows and the leads of `amount` articles. The
    pipeline does nothing more with them: no tags, no linking, no stances.
    """
    # torch and most of transformers are imported here, which takes seconds.
    from transformers import BertConfig, BertModel, pipeline  # noqa: PLC0415

    words = _tokenizer(tokenizer)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        intermediate_size=INNER,
        max_position_embeddings=POSITIONS,
    )
    extract = pipeline("feature-extraction", model=BertModel(config).eval(), tokenizer=words)

    def work() -> None:
        extract(list(texts), return_tensors=True, truncation=True, max_length=POSITIONS)

    return Contender(PIPELINE, work, amount=amount)


def zero_shot(statements: Sequence[str], *, tokenizer: Path, amount: float) -> Contender:
    """A zero-shot pipeline of base size on the statements of `amount` articles.

    They are given to it, found and assigned already; it weighs the three stances of each.
    """
    from transformers import BertConfig, BertForSequenceClassification, pipeline  # noqa: PLC0415

    words = _tokenizer(tokenizer)
    labels = {"contradiction": 0, "neutral": 1, "entailment": 2}
    config = BertConfig(
        vocab_size=len(words), label2id=labels, id2label={i: name for name, i in labels.items()}
    )
    classify = pipeline(
        "zero-shot-classification",
        model=BertForSequenceClassification(config).eval(),
        tokenizer=words,
    )

    def work() -> None:
        classify(
            list(statements),
            list(HYPOTHESES),
            hypothesis_template="The speaker is {}.",
            multi_label=True,
        )

    return Contender(ZERO_SHOT, work, amount=amount)


def _tokenizer(file: Path) -> Any:
    from transformers import PreTrainedTokenizerFast  # noqa: PLC0415

    return PreTrainedTokenizerFast(tokenizer_file=str(file), model_max_length=POSITIONS, **_SPECIAL)
