"""How likely it is that an article tells of a running story.

The streaming clustering of Miranda et al. ("Multilingual Clustering of Streaming News", EMNLP
2018), with multilingual embeddings in place of their aligned ones: several representations of the
article are compared with the story's, times beside them, and one linear score weighs them all.
Weights were fitted on the development half of a labelled stream, first by maximum likelihood of
each article's true choice, then by search for the best B-cubed F1; docs/stories.md has the figures.
"""

import math
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from stancewire.stories.open_stories import OpenStories
from stancewire.stories.running import RunningStory
from stancewire.stories.terms import rarity_of, weight_of
from stancewire.vectors import cosine

_DAY = timedelta(days=1)
MOST_SHARED = 3.0
"""More rare names in common than this prove no more."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What each thing adds to the log-odds."""

    meaning: float = 7.65
    """For each unit of cosine to the centroid."""
    terms: float = 2.04
    """For each unit of cosine between the terms, weighed by rarity."""
    names: float = 1.38
    """For each rare name that the article shares with this story and no other."""
    pause: float = -1.29
    """For ln(1 + days since the story's last article)."""
    age: float = -1.20
    """For ln(1 + days since its first one)."""
    size: float = -0.52
    """For ln(number of its articles)."""
    start: float = -1.10


FITTED = Weights()


@dataclass(frozen=True, kw_only=True)
class Features:
    """An article beside a story; see `Weights` for each."""

    meaning: float
    terms: float
    names: float
    pause: float
    age: float
    size: float


def features(
    vector: NDArray[np.int8],
    terms: Set[str],
    at: datetime,
    story: RunningStory,
    among: OpenStories,
) -> Features:
    """The features of an article, published `at`, beside a story among the open ones."""
    return Features(
        meaning=cosine(vector, story.total),
        terms=_terms_cosine(terms, story, among),
        names=_shared_names(terms, story, among),
        pause=math.log1p(max((at - story.last_event) / _DAY, 0.0)),
        age=math.log1p(abs(at - story.first_event) / _DAY),
        size=math.log(max(story.articles, 1)),
    )


def probability(found: Features, weights: Weights = FITTED) -> float:
    """That the article belongs to the story, 0 to 1, by the logistic function."""
    odds = (
        weights.start
        + weights.meaning * found.meaning
        + weights.terms * found.terms
        + weights.names * found.names
        + weights.pause * found.pause
        + weights.age * found.age
        + weights.size * found.size
    )
    return 1 / (1 + math.exp(-odds))


def _terms_cosine(terms: Set[str], story: RunningStory, among: OpenStories) -> float:
    """Cosine of the article's terms and the story's counts, each times the term's weight."""
    shared = sum(weight_of(t) ** 2 * story.terms[t] for t in sorted(terms) if t in story.terms)
    lengths = among.terms_length(story.id) * math.sqrt(
        sum(weight_of(t) ** 2 for t in sorted(terms))
    )
    return shared / lengths if lengths else 0.0


def _shared_names(terms: Set[str], story: RunningStory, among: OpenStories) -> float:
    found = sum(rarity_of(t) / max(among.having(t), 1) for t in sorted(terms) if t in story.terms)
    return min(found, MOST_SHARED)
