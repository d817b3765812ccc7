"""Fine-tunes the reader on labelled documents: bf16 on the CPU, seeded."""

import logging
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from stancewire.reading.encoder import TextTokenizer
from stancewire_training.augment import augmented
from stancewire_training.base import Base
from stancewire_training.data import Document, Example, examples
from stancewire_training.losses import batch_losses, total
from stancewire_training.model import Reader

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recipe:
    """The numbers of a training run; `tokens` is the budget of one batch."""

    epochs: int = 6
    tokens: int = 2048
    encoder_rate: float = 1e-4
    head_rate: float = 1e-3
    layer_decay: float = 0.9
    warmup: float = 0.1
    weight_decay: float = 0.01
    averaging: float = 0.99
    dropout: float = 0.05
    word_dropout: float = 0.05
    seed: int = 1


class WordTable:
    """The frozen word embedding, rounded to int8 rows as it ships, so training sees what runs."""

    def __init__(self, words: NDArray[np.float32]) -> None:
        self.scale = np.maximum(np.abs(words).max(axis=1), 1e-8).astype(np.float32) / 127
        self.rows = np.round(words / self.scale[:, None]).astype(np.int8)
        self._table = torch.from_numpy(self.rows.astype(np.float32) * self.scale[:, None])

    def __call__(self, ids: Tensor) -> Tensor:
        """[…] -> […, 384] float32."""
        return self._table[ids]


def train(
    documents: Sequence[Document], *, base: Base, tokenizer: TextTokenizer, recipe: Recipe
) -> tuple[Reader, WordTable]:
    """The trained reader (weights averaged over the last steps) and its word table."""
    torch.manual_seed(recipe.seed)
    weights = base.weights()
    words = WordTable(weights["emb.word"])
    model = Reader(recipe.dropout)
    model.encoder.load_base(weights)
    optimizer, steps = _optimizer(model, recipe), _count(documents, tokenizer, recipe)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda i: _rate(i, steps, recipe.warmup)
    )
    average = {k: v.detach().clone() for k, v in model.state_dict().items()}
    started, step = time.monotonic(), 0
    for epoch in range(recipe.epochs):
        rng = random.Random(f"{recipe.seed}/{epoch}")  # noqa: S311 - not for secrets
        seen: dict[str, list[float]] = {}
        texts = [augmented(d, rng) for d in documents]
        for batch in _batches([e for d in texts for e in examples(d, tokenizer)], recipe, rng):
            losses = _step(model, words, batch, optimizer, word_dropout=recipe.word_dropout)
            schedule.step()
            step += 1
            _fold(average, model, decay=min(recipe.averaging, (1 + step) / (10 + step)))
            for name, value in losses.items():
                seen.setdefault(name, []).append(value)
        summary = {name: round(float(np.mean(v)), 4) for name, v in sorted(seen.items())}
        log.info(
            "epoch %d step %d/%d %.0fs %s",
            epoch + 1,
            step,
            steps,
            time.monotonic() - started,
            summary,
        )
    model.load_state_dict(average)
    return model.eval(), words


def pad(batch: Sequence[Example], words: WordTable) -> tuple[Tensor, Tensor]:
    """Embedded tokens [b, n, 384] and the mask [b, n] of real ones."""
    width = max(len(e.window.ids) for e in batch)
    ids = np.ones((len(batch), width), dtype=np.int64)
    mask = np.zeros((len(batch), width), dtype=bool)
    for i, e in enumerate(batch):
        ids[i, : len(e.window.ids)] = e.window.ids
        mask[i, : len(e.window.ids)] = True
    return words(torch.from_numpy(ids)), torch.from_numpy(mask)


def _step(
    model: Reader,
    words: WordTable,
    batch: Sequence[Example],
    optimizer: torch.optim.Optimizer,
    *,
    word_dropout: float,
) -> dict[str, float]:
    model.train()
    embedded, mask = pad(batch, words)
    embedded = embedded * (torch.rand(mask.shape) >= word_dropout)[..., None]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        losses = batch_losses(model, embedded, mask, batch)
    optimizer.zero_grad(set_to_none=True)
    total(losses).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return {name: float(loss.detach()) for name, loss in losses.items()}


def _batches(found: list[Example], recipe: Recipe, rng: random.Random) -> Iterator[list[Example]]:
    """Batches of like length under the token budget, in random order."""
    order = sorted(found, key=lambda e: len(e.window.ids) * rng.uniform(0.85, 1.15))
    batches: list[list[Example]] = [[]]
    widest = 0
    for example in order:
        widest = max(widest, len(example.window.ids))
        if widest * (len(batches[-1]) + 1) > recipe.tokens and batches[-1]:
            batches.append([])
            widest = len(example.window.ids)
        batches[-1].append(example)
    rng.shuffle(batches)
    return iter(batches)


def _count(documents: Sequence[Document], tokenizer: TextTokenizer, recipe: Recipe) -> int:
    found = [e for d in documents for e in examples(d, tokenizer)]
    return recipe.epochs * len(list(_batches(found, recipe, random.Random(0))))  # noqa: S311


def _rate(step: int, steps: int, warmup: float) -> float:
    begin = max(1, round(steps * warmup))
    if step < begin:
        return (step + 1) / begin
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - begin) / max(1, steps - begin))))


def _optimizer(model: Reader, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW; a lower layer learns slower (ULMFiT's discriminative rates, Howard & Ruder 2018)."""
    groups = []
    for i, block in enumerate(model.encoder.blocks):
        rate = recipe.encoder_rate * recipe.layer_decay ** (len(model.encoder.blocks) - 1 - i)
        groups.append({"params": list(block.parameters()), "lr": rate})
    lowest = recipe.encoder_rate * recipe.layer_decay ** len(model.encoder.blocks)
    outside = [p for n, p in model.encoder.named_parameters() if not n.startswith("blocks.")]
    groups.append({"params": outside, "lr": lowest})
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    groups.append({"params": heads, "lr": recipe.head_rate})
    return torch.optim.AdamW(groups, weight_decay=recipe.weight_decay, fused=True)


def _fold(average: dict[str, Tensor], model: Reader, *, decay: float) -> None:
    with torch.no_grad():
        for name, value in model.state_dict().items():
            average[name].lerp_(value, 1 - decay)
