"""Tiny models of transformers, made on the spot: random weights, a vocabulary of a few words."""

from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

WORDS = (
    "[PAD] [UNK] [CLS] [SEP] solheim warnt hofft zweifelt sagt der sprecher vor einer gefahr"
    " frieden krieg the speaker warns of a danger nicht und"
).split()
LONGEST = 64


def tiny_config(labels: Sequence[str]) -> BertConfig:
    """Two layers, 16 wide; weights large enough that texts differ."""
    return BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=LONGEST,
        initializer_range=1.0,
        id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
    )


def tiny_classifier(directory: Path, labels: Sequence[str], *, seed: int = 0) -> Path:
    """A directory as transformers saves it: config, weights, tokenizer."""
    torch.manual_seed(seed)
    BertForSequenceClassification(tiny_config(labels)).save_pretrained(directory)
    tiny_tokenizer().save_pretrained(directory)
    return directory


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """Whole words, told apart by white space; pairs as BERT joins them."""
    words = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=words,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=LONGEST,
    )
