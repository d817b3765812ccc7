"""What is counted in each article. Tallies add, and all measures follow from their sum."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from stancewire.events import ActorReading, Observation
from stancewire.reading.actors import KINDS
from stancewire.reading.scoring.gold import GoldActor, GoldArticle, Offsets
from stancewire.reading.scoring.matching import match
from stancewire.reading.stance import STANCES

BINS = 10
"""Ranges of equal width of a confidence, for calibration."""
_EDGES = [b / BINS for b in range(BINS)]

Array = NDArray[np.float64]

Read = ActorReading | Observation
"""What was read of one actor."""


@dataclass(frozen=True)
class Tally:
    """Counts; `…` is empty for one article, and [resamples] for sums over resampled articles."""

    actors: Array
    """[…, 3]: found, spurious, missed."""
    stances: Array
    """[…, 4, 4]: found actors by labelled and by read stance."""
    accepted: Array
    """[…, 4, 4]: the same, with a reading within `alt` counted as if it were the label."""
    kinds: Array
    """[…, 5, 4]: by labelled kind all actors, found, with its stance, with an accepted one."""
    bins: Array
    """[…, 10, 3]: found actors by confidence: how many, sum of confidences, how many right."""
    squares: Array
    """[…]: sum over found actors of the squared distance of scores and label (Brier)."""
    characters: Array
    """[…, 3]: characters of statements, without white space: in both, read, labelled."""


def tally(gold: GoldArticle, read: Sequence[Read], *, spans_labelled: bool) -> Tally:
    """Count one article; statements count only where somebody labelled them."""
    matching = match([r.actor for r in read], gold.actors)
    stances, accepted = np.zeros((4, 4)), np.zeros((4, 4))
    kinds, bins, squares = np.zeros((len(KINDS), 4)), np.zeros((BINS, 3)), 0.0
    for actor in gold.actors:
        kinds[KINDS.index(actor.kind), 0] += 1
    for i, j in matching.pairs:
        actor, stance = gold.actors[j], read[i].stance
        true, given = STANCES.index(actor.stance), STANCES.index(stance.label)
        right = given == true
        defended = right or stance.label in actor.alt
        stances[true, given] += 1
        accepted[true, true if defended else given] += 1
        kinds[KINDS.index(actor.kind), 1:] += (1, right, defended)
        scores = np.array([stance.scores[s] for s in STANCES])
        bins[_bin(scores[given])] += (1, scores[given], right)
        squares += float(((scores / scores.sum() - np.eye(4)[true]) ** 2).sum())
    found = len(matching.pairs)
    return Tally(
        actors=np.array([found, matching.spurious, len(gold.actors) - found], dtype=np.float64),
        stances=stances,
        accepted=accepted,
        kinds=kinds,
        bins=bins,
        squares=np.array(squares),
        characters=_characters(gold, read) if spans_labelled else np.zeros(3),
    )


def spans_labelled(articles: Iterable[GoldArticle]) -> list[bool]:
    """For each article whether statements are labelled in it.

    An article without actors is, if others of its source are: it says that nobody states anything.
    """
    articles = list(articles)
    sources = {a.source for a in articles if _has_spans(a.actors)}
    return [_has_spans(a.actors) or (not a.actors and a.source in sources) for a in articles]


def total(tallies: Sequence[Tally], weights: Array) -> Tally:
    """Sum of n tallies; `weights` […, n] says how often each article counts."""

    def summed(name: str) -> Array:
        counts = np.stack([getattr(t, name) for t in tallies])
        result: Array = np.tensordot(weights, counts, axes=1)
        return result

    return Tally(**{field.name: summed(field.name) for field in fields(Tally)})


def _has_spans(actors: Iterable[GoldActor]) -> bool:
    return any(actor.spans is not None for actor in actors)


def _bin(confidence: float) -> int:
    return int(np.searchsorted(_EDGES, confidence, side="right")) - 1


def _characters(gold: GoldArticle, read: Sequence[Read]) -> Array:
    labelled = _covered(gold.text, [span for a in gold.actors for span in a.spans or ()])
    found = _covered(gold.text, [(s.start, s.end) for r in read for s in r.statements])
    return np.array([(labelled & found).sum(), found.sum(), labelled.sum()], dtype=np.float64)


def _covered(text: str, spans: Iterable[Offsets]) -> NDArray[np.bool_]:
    """[len(text)]: which characters lie in a span, white space left out."""
    covered = np.zeros(len(text), dtype=np.bool_)
    for start, end in spans:
        covered[start:end] = True
    return covered & np.array([not c.isspace() for c in text], dtype=np.bool_)
