"""Measures with the intervals in which they lie: over all articles, by language, by kind of actor.

The intervals are percentile bootstrap (Efron & Tibshirani 1993): articles, not actors, are drawn
with replacement, since the actors of one article are not independent of one another.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from stancewire.events import Stance
from stancewire.reading.actors import KINDS
from stancewire.reading.scoring.gold import GoldArticle
from stancewire.reading.scoring.measures import class_f1, kind_measures, measures, ratio
from stancewire.reading.scoring.tally import Array, Read, Tally, spans_labelled, tally, total
from stancewire.reading.stance import STANCES

RESAMPLES = 1000
COVERAGE = 0.95
DECIMALS = 4
"""Places to which a report is rounded."""


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A value and its 95 % interval; None where the articles have nothing to measure."""

    value: float | None
    low: float | None
    high: float | None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The measures of some of the articles or actors."""

    articles: int
    actors: int
    measures: Mapping[str, Measure]


class ReliabilityBin(msgspec.Struct, frozen=True, kw_only=True):
    """A range of confidence: how many actors lie in it, mean confidence, share that is right."""

    actors: int
    confidence: float
    accuracy: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """How good a reader is on labelled articles."""

    all: Group
    languages: Mapping[str, Group]
    kinds: Mapping[str, Group]
    """By labelled kind of actor: who is found and with which stance."""
    stance_f1: Mapping[Stance, float]
    stance_f1_alt: Mapping[Stance, float]
    confusion: Mapping[Stance, Mapping[Stance, int]]
    """Found actors by labelled, then by read stance."""
    reliability: Sequence[ReliabilityBin]
    """Ten ranges of confidence of equal width, from 0 to 1."""


def evaluate(
    gold: Sequence[GoldArticle],
    readings: Sequence[Sequence[Read]],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Report:
    """Measure the readings of labelled articles, each at the place of its article.

    The same input and seed give the same report.
    """
    labelled = spans_labelled(gold)
    tallies = [
        tally(article, read, spans_labelled=spans)
        for article, read, spans in zip(gold, readings, labelled, strict=True)
    ]
    languages = sorted({article.lang for article in gold})
    by_language = {
        language: [t for t, a in zip(tallies, gold, strict=True) if a.lang == language]
        for language in languages
    }
    counts = total(tallies, np.ones(len(tallies)))
    return Report(
        all=_group(tallies, resamples=resamples, seed=seed),
        languages={
            language: _group(of, resamples=resamples, seed=seed)
            for language, of in by_language.items()
        },
        kinds=_kinds(tallies, resamples=resamples, seed=seed),
        stance_f1=_by_stance(class_f1(counts.stances)),
        stance_f1_alt=_by_stance(class_f1(counts.accepted)),
        confusion={
            stance: {s: int(n) for s, n in zip(STANCES, row, strict=True)}
            for stance, row in zip(STANCES, counts.stances, strict=True)
        },
        reliability=_reliability(counts.bins),
    )


def _group(tallies: Sequence[Tally], *, resamples: int, seed: int) -> Group:
    counts = total(tallies, np.ones(len(tallies)))
    drawn = measures(total(tallies, _draws(len(tallies), resamples=resamples, seed=seed)))
    return Group(
        articles=len(tallies),
        actors=int(counts.kinds[:, 0].sum()),
        measures={name: _measure(v, drawn[name]) for name, v in measures(counts).items()},
    )


def _kinds(tallies: Sequence[Tally], *, resamples: int, seed: int) -> dict[str, Group]:
    counts = total(tallies, np.ones(len(tallies)))
    drawn = kind_measures(total(tallies, _draws(len(tallies), resamples=resamples, seed=seed)))
    point = kind_measures(counts)
    return {
        kind: Group(
            articles=sum(bool(t.kinds[k, 0]) for t in tallies),
            actors=int(counts.kinds[k, 0]),
            measures={name: _measure(v[k], drawn[name][:, k]) for name, v in point.items()},
        )
        for k, kind in enumerate(KINDS)
        if counts.kinds[k, 0]
    }


def _draws(articles: int, *, resamples: int, seed: int) -> Array:
    """[resamples, articles]: how often each article is drawn."""
    share = np.full(articles, 1 / articles)
    return np.random.default_rng(seed).multinomial(articles, share, resamples).astype(np.float64)


def _measure(value: Array, drawn: Array) -> Measure:
    known = drawn[~np.isnan(drawn)]
    if np.isnan(value):
        return Measure(value=None, low=None, high=None)
    tail = (1 - COVERAGE) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return Measure(value=_rounded(value), low=_rounded(low), high=_rounded(high))


def _by_stance(values: Array) -> dict[Stance, float]:
    return {stance: _rounded(value) for stance, value in zip(STANCES, values, strict=True)}


def _reliability(bins: Array) -> list[ReliabilityBin]:
    count, confidence, right = np.moveaxis(bins, -1, 0)
    rows = zip(count, ratio(confidence, count), ratio(right, count), strict=True)
    return [
        ReliabilityBin(actors=int(n), confidence=_rounded(c), accuracy=_rounded(r))
        for n, c, r in rows
    ]


def _rounded(value: Any) -> float:
    return round(float(value), DECIMALS)
