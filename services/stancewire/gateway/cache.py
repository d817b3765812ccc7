"""Timelines that were computed already, as JSON."""

from collections import OrderedDict
from datetime import datetime

Key = tuple[str, int, datetime]
"""Tracking key, revision of its state, and the time as of which it is shown."""


class TimelineCache:
    """The last `size` timelines that were asked for; about 20 kB each."""

    def __init__(self, size: int = 512) -> None:
        self._size = size
        self._kept: OrderedDict[Key, bytes] = OrderedDict()

    def find(self, key: Key) -> bytes | None:
        """What is kept under a key."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Key, timeline: bytes) -> None:
        """Keep a timeline in place of the one that was not asked for for longest."""
        self._kept[key] = timeline
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)
