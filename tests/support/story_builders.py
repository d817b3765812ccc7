from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from stancewire.events import Article, Source
from stancewire.stories.assign import AssignmentRule
from stancewire.stories.likeness import Weights
from stancewire.stories.running import RunningStory, opened
from stancewire.vectors import DIMENSIONS, quantise

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BY_VECTOR = AssignmentRule(
    threshold=0.5,
    window=timedelta(days=7),
    weights=Weights(meaning=20, terms=0, names=0, pause=0, age=0, size=0, start=-17),
)
"""For tests whose articles are all of the same few words: the cosine alone decides, at 0.85."""


def article(uri: str = "urn:a", **changes: object) -> Article:
    values: dict[str, object] = {
        "uri": uri,
        "title": "Leaders meet in Geneva",
        "body": "The leaders met.",
        "language": "en",
        "source": Source(name="Herald", owner="Herald Group"),
        "published_at": NOON,
    }
    return Article(**{**values, **changes})  # type: ignore[arg-type]


def vector_at(degrees: float, *, axis: int = 1) -> NDArray[np.int8]:
    """A vector that stands `degrees` away from the first axis, toward `axis`."""
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    vector[0], vector[axis] = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return quantise(vector)


def story(
    id: str = "s1",
    *,
    degrees: float = 0.0,
    articles: int = 3,
    at: datetime = NOON,
    terms: Iterable[str] = (),
) -> RunningStory:
    begun = opened(id=id, label=f"Story {id}", published_at=at, received_at=at, external=None)
    for _ in range(articles):
        begun = begun.joined_by(vector_at(degrees), published_at=at, received_at=at, terms=terms)
    return begun


def days(number: float) -> timedelta:
    return timedelta(days=number)
