"""A running story: what its articles have in common, how many they are, and when they came.

The centroid is the direction of the sum of their vectors, which is the direction of the running
mean. Vectors and terms are summed as integers, so that adding and taking away articles is exact and
in any order gives the same story.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from stancewire.events import StoryRef
from stancewire.vectors import DIMENSIONS


@dataclass(frozen=True, kw_only=True, eq=False)
class RunningStory:
    """One story as the reader knows it. `total` is int32 [384]; its direction is the centroid."""

    id: str
    label: str
    total: NDArray[np.int32]
    articles: int
    first_event: datetime
    """The earliest publication time among its articles."""
    last_event: datetime
    """The latest one."""
    touched: datetime
    """The latest Kafka time at which an article joined: what lets an idle story be forgotten."""
    external: str | None = None
    """The publisher's own id, where the story was named by one."""
    terms: Mapping[str, int] = field(default_factory=dict)
    """How many of its articles have each term."""

    @property
    def ref(self) -> StoryRef:
        """What events repeat of the story."""
        return StoryRef(id=self.id, label=self.label)

    def joined_by(
        self,
        vector: NDArray[np.int8],
        *,
        published_at: datetime,
        received_at: datetime,
        terms: Iterable[str] = (),
    ) -> "RunningStory":
        """The story with one article more."""
        counts = Counter(self.terms)
        counts.update(terms)
        return replace(
            self,
            total=self.total + vector,
            articles=self.articles + 1,
            first_event=min(self.first_event, published_at),
            last_event=max(self.last_event, published_at),
            touched=max(self.touched, received_at),
            terms=dict(counts),
        )

    def left_by(self, vector: NDArray[np.int8], *, terms: Iterable[str] = ()) -> "RunningStory":
        """The story with one article less; its times stay, since other articles may have them."""
        counts = Counter(self.terms)
        counts.subtract(terms)
        return replace(
            self,
            total=self.total - vector,
            articles=max(self.articles - 1, 0),
            terms=dict(+counts),
        )


def opened(
    *, id: str, label: str, published_at: datetime, received_at: datetime, external: str | None
) -> RunningStory:
    """A story that no article has joined yet."""
    return RunningStory(
        id=id,
        label=label,
        total=np.zeros(DIMENSIONS, dtype=np.int32),
        articles=0,
        first_event=published_at,
        last_event=published_at,
        touched=received_at,
        external=external,
    )
