"""The working set: every open story, arranged so that the near ones of an article are found fast.

All centroids stand in one matrix and one matrix product ranks them; a table says which stories have
a term. Both follow the stories one change at a time. docs/stories.md has times and memory.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from stancewire.stories.running import RunningStory
from stancewire.stories.terms import weight_of
from stancewire.vectors import DIMENSIONS

CANDIDATES = 64
"""How many stories of the nearest centroids are looked at closely."""
_SECONDS_A_DAY = 86_400.0


class OpenStories(Mapping[str, RunningStory]):
    """Open stories by their id. Not thread-safe; a caller must not keep it across an await."""

    def __init__(self, stories: Mapping[str, RunningStory] | None = None) -> None:
        self._stories: dict[str, RunningStory] = {}
        self._row_of: dict[str, int] = {}
        self._ids: list[str] = []
        self._centroids = np.zeros((0, DIMENSIONS), dtype=np.float32)
        self._begun = np.zeros(0)
        self._last = np.zeros(0)
        self._having: dict[str, set[str]] = {}
        self._lengths: dict[str, float] = {}
        for story in (stories or {}).values():
            self.put(story)

    @classmethod
    def of(cls, stories: Mapping[str, RunningStory]) -> "OpenStories":
        """The stories arranged; as they are, if they have been."""
        return stories if isinstance(stories, OpenStories) else cls(stories)

    def __getitem__(self, story_id: str) -> RunningStory:
        return self._stories[story_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._stories)

    def __len__(self) -> int:
        return len(self._stories)

    def put(self, story: RunningStory) -> None:
        """Take a story in, or what has become of it."""
        earlier = self._stories.get(story.id)
        row = self._row_of.get(story.id)
        if row is None:
            row = self._new_row(story.id)
        self._stories[story.id] = story
        total = story.total.astype(np.float64)
        length = float(np.linalg.norm(total))
        self._centroids[row] = total / length if length else total
        self._begun[row] = story.first_event.timestamp() / _SECONDS_A_DAY
        self._last[row] = story.last_event.timestamp() / _SECONDS_A_DAY
        weighed = ((weight_of(term) * count) ** 2 for term, count in sorted(story.terms.items()))
        self._lengths[story.id] = math.sqrt(sum(weighed))
        self._retell(story.id, earlier.terms if earlier else {}, story.terms)

    def forget(self, story_id: str) -> None:
        """Leave a story out, if it is there; the last row takes its place."""
        story = self._stories.pop(story_id, None)
        if story is None:
            return
        self._retell(story_id, story.terms, {})
        del self._lengths[story_id]
        row, last = self._row_of.pop(story_id), len(self._ids) - 1
        if row != last:
            moved = self._ids[last]
            self._ids[row], self._row_of[moved] = moved, row
            for array in (self._centroids, self._begun, self._last):
                array[row] = array[last]
        self._ids.pop()

    def nearest(
        self, vector: NDArray[np.int8], *, at: datetime, window_days: float, limit: int = CANDIDATES
    ) -> list[RunningStory]:
        """The stories open at that time with the nearest centroids, in no order.

        A story is open from `window_days` before its first article to as long after its last one.
        Stories as near as the last one taken are taken too, so that no row decides.
        """
        size, day = len(self._ids), at.timestamp() / _SECONDS_A_DAY
        if not size:
            return []
        scores = self._centroids[:size] @ vector.astype(np.float32)
        closed = (day - self._last[:size] > window_days) | (self._begun[:size] - day > window_days)
        scores[closed] = -np.inf
        least = -np.inf
        if size > limit:
            least = float(np.partition(scores, size - limit)[size - limit])
        rows = np.flatnonzero((scores >= least) & ~closed)
        return [self._stories[self._ids[row]] for row in rows]

    def having(self, term: str) -> int:
        """How many open stories have a term."""
        return len(self._having.get(term, ()))

    def terms_length(self, story_id: str) -> float:
        """The length of a story's vector of weighed terms."""
        return self._lengths[story_id]

    def _new_row(self, story_id: str) -> int:
        row = len(self._ids)
        if row == len(self._centroids):
            more = max(64, row)
            self._centroids = np.vstack(
                [self._centroids, np.zeros((more, DIMENSIONS), dtype=np.float32)]
            )
            self._begun = np.append(self._begun, np.zeros(more))
            self._last = np.append(self._last, np.zeros(more))
        self._ids.append(story_id)
        self._row_of[story_id] = row
        return row

    def _retell(self, story_id: str, were: Mapping[str, int], are: Mapping[str, int]) -> None:
        for term in were.keys() - are.keys():
            holders = self._having[term]
            holders.discard(story_id)
            if not holders:
                del self._having[term]
        for term in are.keys() - were.keys():
            self._having.setdefault(term, set()).add(story_id)
