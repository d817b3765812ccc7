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
from stancewire_training.calibrate import Outcome, confusion, fit, outcomes
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
    share: float,
) -> dict[str, Any]:
    """Train, calibrate on held-out documents, export to `out`; returns the manifest's fields.

    The shipped model trains on everything; a second one, trained without `share` of the documents,
    reads those, and from that come temperature, actor weights and confusion.

    `work` keeps the downloaded base between runs.
    """
    base = Base(work / "base")
    if not base.tokenizer_file.is_file():
        base = prepare_base(work / "base", pieces=PIECES, texts=[d["text"] for d in documents])
    tokenizer = TextTokenizer(base.tokenizer_file)
    run = Run(work, base, tokenizer)
    model, words = run.trained(documents, recipe)
    found = held_out(documents, run=run, recipe=recipe, share=share)
    natural = [o for o in found if o.natural]
    calibration = fit(natural, LANGUAGES)
    fitted = {language: Calibration.from_json(entry) for language, entry in calibration.items()}
    manifest = {
        "name": "stancewire-reader",
        "version": version,
        "languages": list(LANGUAGES),
        "labels": ["hopeful", "skeptical", "warning", "neutral"],
        "base": "intfloat/multilingual-e5-small (MIT)",
        "trained_on": counts(documents),
        "recipe": asdict(recipe) | {"held_out_for_calibration": share},
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


def held_out(
    documents: Sequence[Document], *, run: Run, recipe: Recipe, share: float
) -> list[Outcome]:
    """A share of the documents, chosen by their ids, read by a model that trained on the rest."""
    held = [d for d in documents if _place(d) < share]
    rest = [d for d in documents if _place(d) >= share]
    log.info("calibration: %d documents train, %d are held out and read", len(rest), len(held))
    model, words = run.trained(rest, replace(recipe, seed=recipe.seed + 100))
    reader = service_reader(model, words, run.tokenizer, Calibration.plain())
    return outcomes(reader, held)


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


def _place(document: Document) -> float:
    """Where in [0, 1) a document's id hashes to."""
    digest = blake2b(document["id"].encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32
