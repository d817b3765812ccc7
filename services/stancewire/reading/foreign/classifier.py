"""The only file that runs torch: a sequence-classification model of `transformers`.

It is imported where such a model is named, and needs the extra `torch`. Code that comes along with
a model is never run.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from stancewire.errors import ConfigurationError
from stancewire.reading.foreign.judge import Pair

MAX_TOKENS = 512
"""What is longer is cut, in the text first and never in the hypothesis."""
BATCH = 16
_UNLOADABLE = (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError)
"""What transformers raises for a directory that is no model, or half of one."""
_PARTS = frozenset((".safetensors", ".bin", ".json", ".txt", ".model", ".spm"))


class TransformersClassifier:
    """A model and its tokenizer on the CPU, in float32. Blocking; call it in a thread."""

    def __init__(self, *, name: str, fingerprint: str, tokenizer: Any, model: Any) -> None:
        self.name, self.fingerprint = name, fingerprint
        self._tokenizer, self._model = tokenizer, model
        self._max_tokens = _longest_input(tokenizer, model.config)

    @classmethod
    def load(cls, source: str, *, threads: int) -> Self:
        """The model in the directory or with the hub id `source`, which may be downloaded now.

        Raises ConfigurationError where torch is missing or there is no such model.
        """
        try:
            import torch  # noqa: PLC0415
        except ImportError as error:
            raise ConfigurationError(
                f"reader.model is {source}, which is run by torch, and torch is not installed:"
                " pip install 'stancewire[torch]'"
            ) from error
        # The names below exist only where torch does.
        from transformers import (  # noqa: PLC0415
            AutoModelForSequenceClassification,
            AutoTokenizer,
        )

        torch.set_num_threads(threads)
        try:
            tokenizer = AutoTokenizer.from_pretrained(source)
            model, report = AutoModelForSequenceClassification.from_pretrained(
                source, dtype=torch.float32, output_loading_info=True
            )
        except _UNLOADABLE as error:
            raise ConfigurationError(
                f"reader.model is {source}, and neither the directory nor the hub has a sequence"
                f" classification model of that name that transformers can load: {error}"
            ) from error
        _refuse_untrained(source, report)
        return cls(
            name=Path(source).name if Path(source).is_dir() else source,
            fingerprint=_fingerprint(source, model.config),
            tokenizer=tokenizer,
            model=model.eval(),
        )

    @property
    def labels(self) -> list[str]:
        """Names of the output columns, in order."""
        names = self._model.config.id2label
        return [str(names[i]) for i in range(len(names))]

    def logits(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        """Of k texts or pairs the outputs [k, labels]; padded in batches of like length."""
        order = sorted(range(len(pairs)), key=lambda i: sum(len(t or "") for t in pairs[i]))
        found = np.zeros((len(pairs), len(self.labels)), dtype=np.float32)
        for begin in range(0, len(order), BATCH):
            rows = order[begin : begin + BATCH]
            found[rows] = self._run([pairs[i] for i in rows])
        return found

    def _run(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        import torch  # noqa: PLC0415 - loaded by now

        seconds = [second for _, second in pairs if second is not None]
        inputs = self._tokenizer(
            [text for text, _ in pairs],
            seconds or None,
            padding=True,
            truncation="only_first",
            max_length=self._max_tokens,
            return_tensors="pt",
        )
        with torch.inference_mode():
            logits: NDArray[np.float32] = self._model(**inputs).logits.float().numpy()
        return logits


def _longest_input(tokenizer: Any, config: Any) -> int:
    """Tokens of the longest input; RoBERTa counts its positions from 2."""
    positions = getattr(config, "max_position_embeddings", None) or MAX_TOKENS + 2
    return min(MAX_TOKENS, int(tokenizer.model_max_length), max(int(positions) - 2, 8))


def _refuse_untrained(source: str, report: Any) -> None:
    """A base model without a classifier would be given one of random numbers."""
    missing = sorted(report["missing_keys"])
    if missing:
        raise ConfigurationError(
            f"reader.model is {source}, whose weights lack {', '.join(missing[:3])}: it was not"
            " trained to classify; name a model that was fine-tuned for sequence classification"
        )


def _fingerprint(source: str, config: Any) -> str:
    """The hub's commit, or a digest of the directory's files."""
    directory = Path(source)
    if not directory.is_dir():
        return str(config._commit_hash)
    whole = hashlib.sha256()
    for file in sorted(directory.iterdir()):
        if file.is_file() and file.suffix in _PARTS:
            with file.open("rb") as stream:
                whole.update(f"{file.name} ".encode())
                whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()
