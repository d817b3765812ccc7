"""From the public wheels and labelled documents to a model directory, in one call."""

import json
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from stancewire.reading.encoder import TextTokenizer
from stancewire.reading.stance import Calibration
from stancewire_training.base import Base, prepare_base
from stancewire_training.calibrate import Outcome, confusion, fit, outcomes, plain_calibration
from stancewire_training.data import Document, examples
from stancewire_training.export import export_model
from stancewire_training.inference import LANGUAGES, service_reader
from stancewire_training.model import Reader
from stancewire_training.train import Recipe, WordTable, train

log = logging.getLogger(__name__)

PIECES = 50_000
SAMPLES = 40
"""Documents whose activations set the scales of quantisation."""


def build_model(
    documents: Sequence[Document],
    *,
    work: Path,
    out: Path,
    version: str,
    recipe: Recipe,
    folds: int,
) -> dict[str, Any]:
    """Train, calibrate out of fold, export to `out`; returns the manifest's fields.

    `work` keeps the downloaded base between runs.
    """
    base = Base(work / "base")
    if not base.tokenizer_file.is_file():
        base = prepare_base(work / "base", pieces=PIECES, texts=[d["text"] for d in documents])
    tokenizer = TextTokenizer(base.tokenizer_file)
    run = Run(work, base, tokenizer)
    model, words = run.trained(documents, recipe)
    found = out_of_fold(documents, run=run, recipe=recipe, folds=folds)
    calibration = fit(found, LANGUAGES)
    fitted = {language: Calibration.from_json(entry) for language, entry in calibration.items()}
    manifest = {
        "name": "stancewire-reader",
        "version": version,
        "languages": list(LANGUAGES),
        "labels": ["hopeful", "skeptical", "warning", "neutral"],
        "base": "intfloat/multilingual-e5-small (MIT)",
        "trained_on": counts(documents),
        "recipe": asdict(recipe) | {"folds": folds},
        "confusion": confusion(found, fitted),
        "exported_at": datetime.now(UTC).date().isoformat(),
    }
    export_model(
        out,
        reader=model,
        words=words,
        base=base,
        samples=_samples(documents[:SAMPLES], tokenizer, words),
        calibration=calibration,
        manifest=manifest,
    )
    return manifest


@dataclass(frozen=True)
class Run:
    """Where training works: what is trained once is kept, so that a stopped run goes on."""

    work: Path
    base: Base
    tokenizer: TextTokenizer

    def trained(self, documents: Sequence[Document], recipe: Recipe) -> tuple[Reader, WordTable]:
        """The reader that these documents and this recipe give."""
        key = blake2b(json.dumps([asdict(recipe), documents]).encode(), digest_size=8).hexdigest()
        file = self.work / f"reader-{key}.pt"
        if file.is_file():
            reader = Reader()
            reader.load_state_dict(torch.load(file))
            return reader.eval(), WordTable(self.base.weights()["emb.word"])
        reader, words = train(documents, base=self.base, tokenizer=self.tokenizer, recipe=recipe)
        torch.save(reader.state_dict(), file)
        return reader, words


def out_of_fold(
    documents: Sequence[Document], *, run: Run, recipe: Recipe, folds: int
) -> list[Outcome]:
    """Every document read by a model that was trained without it."""
    found: list[Outcome] = []
    for fold in range(folds):
        held = [d for d in documents if _fold_of(d, folds) == fold]
        rest = [d for d in documents if _fold_of(d, folds) != fold]
        log.info(
            "fold %d of %d: %d documents train, %d are read", fold + 1, folds, len(rest), len(held)
        )
        model, words = train(
            rest,
            base=base,
            tokenizer=tokenizer,
            recipe=replace(recipe, seed=recipe.seed + 100 + fold),
        )
        reader = service_reader(model, words, tokenizer, plain_calibration())
        found += outcomes(reader, held)
    return found


def counts(documents: Sequence[Document]) -> dict[str, Any]:
    """Documents and statements by source family and stance, for the manifest."""
    statements = Counter(s["stance"] for d in documents for s in d["statements"])
    sources = Counter(f"{d['source'].split('_')[0]}_{d['lang']}" for d in documents)
    return {"documents": len(documents), "sources": dict(sources), "statements": dict(statements)}


def _samples(
    documents: Sequence[Document], tokenizer: TextTokenizer, words: WordTable
) -> list[Tensor]:
    """Embedded windows [1, n, 384] of some documents."""
    windows = [e.window for d in documents for e in examples(d, tokenizer)]
    return [words(torch.from_numpy(window.ids))[None] for window in windows]


def _fold_of(document: Document, folds: int) -> int:
    return int.from_bytes(blake2b(document["id"].encode(), digest_size=4).digest()) % folds
