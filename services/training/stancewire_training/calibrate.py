"""Fits confidence on documents that the model did not see: temperature, sharpness, confusion.

The documents are read by a model that was trained without them, so every number here comes from
unseen text, while all of it still trains the shipped model.

An actor's stance is the mean of its statements, made surer by one number for each language. A
regression on mean, maximum and votes with a bias for each stance fitted the held-out documents
better and new ones no better: it learned how often each stance is labelled.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stancewire.events import ActorReading
from stancewire.reading.confusion import count_votes
from stancewire.reading.reader import Reader
from stancewire.reading.stance import (
    STANCES,
    TEMPERATURES,
    Calibration,
    actor_features,
    softmax,
    tempered,
)
from stancewire_training.articles import article_of
from stancewire_training.data import Document

SHARPNESSES = np.arange(0.5, 2.01, 0.02)
"""Factors that are tried on the log of an actor's mean statement; above 1 is surer."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """An actor both read and labelled: its uncalibrated statement scores, and the truth."""

    language: str
    statements: Array
    """[k, 4] probabilities at temperature 1."""
    statement_gold: list[int | None]
    """Per statement the true stance where one overlaps it."""
    gold: int
    natural: bool
    """Whether its document has stances as often as news has them, not balanced to teach."""


def outcomes(reader: Reader, documents: Iterable[Document]) -> list[Outcome]:
    """Read documents with a plainly calibrated reader and pair its actors with the labels."""
    found = []
    for document in documents:
        for actor in reader.read(article_of(document)).actors:
            outcome = _outcome(document, actor)
            if outcome is not None:
                found.append(outcome)
    return found


def fit(found: Sequence[Outcome], languages: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The content of `calibration.json`."""
    return {language: _fit([o for o in found if o.language == language]) for language in languages}


def confusion(
    found: Sequence[Outcome], calibrations: Mapping[str, Calibration]
) -> dict[str, list[list[int]]]:
    """Counts [true][observed] over hopeful, skeptical, warning, of readings that would vote."""
    tables = {}
    for language, calibration in calibrations.items():
        own = [o for o in found if o.language == language]
        tables[language] = count_votes(
            (calibration.actor(tempered(o.statements, calibration.temperature)), o.gold)
            for o in own
        )
    return tables


def _outcome(document: Document, actor: ActorReading) -> Outcome | None:
    golds = [_overlapping(document, s.start, s.end) for s in actor.statements]
    names = [g["actor"] for g in golds if g]
    if not names:
        return None
    name = max(sorted(set(names)), key=names.count)
    labels = [str(s) for s in STANCES]
    return Outcome(
        document["lang"],
        np.array([[s.stance.scores[x] for x in STANCES] for s in actor.statements]),
        [labels.index(g["stance"]) if g else None for g in golds],
        labels.index(document["stance_by_actor"][name]),
        natural=not document["source"].endswith("_own"),
    )


def _overlapping(document: Document, start: int, end: int) -> dict[str, Any] | None:
    def shared(statement: dict[str, Any]) -> int:
        return sum(max(0, min(end, b) - max(start, a)) for a, b in statement["spans"])

    best = max(document["statements"], key=shared, default=None)
    return best if best and shared(best) else None


def _fit(found: Sequence[Outcome]) -> dict[str, Any]:
    rows = [
        (p, g)
        for o in found
        for p, g in zip(o.statements, o.statement_gold, strict=True)
        if g is not None
    ]
    temperature = _temperature(np.array([p for p, _ in rows]), np.array([g for _, g in rows]))
    features = np.stack([actor_features(tempered(o.statements, temperature)) for o in found])
    plain = Calibration.plain()
    weights = plain.weights * _sharpness(features, np.array([o.gold for o in found]))
    return Calibration(temperature, weights, plain.bias).to_json()


def _temperature(probabilities: Array, gold: NDArray[np.int64]) -> float:
    """The temperature of least negative log-likelihood, on a fine grid."""
    rows = np.arange(len(gold))
    losses = [-np.log(tempered(probabilities, t)[rows, gold]).mean() for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def _sharpness(features: Array, gold: NDArray[np.int64]) -> float:
    """By what the plain weights are multiplied for least negative log-likelihood, on a grid."""
    rows = np.arange(len(gold))
    plain = features @ Calibration.plain().weights
    losses = [-np.log(softmax(plain * s)[rows, gold]).mean() for s in SHARPNESSES]
    return float(SHARPNESSES[int(np.argmin(losses))])
