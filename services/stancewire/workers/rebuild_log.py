"""A topic read for a rebuild: from its first record to a recorded end, and on where need be."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from stancewire.workers.records import Incoming

_POLL_S = 0.5


class Reading(Protocol):
    """Reads all partitions of one topic in the order of offsets; `following.Follower` is one."""

    def poll(self, timeout_s: float) -> Sequence[Incoming]:
        """What has come. Raises Unavailable where Kafka does not answer."""
        ...

    def next_offsets(self) -> Mapping[int, int]:
        """The next offset to be read of every partition."""
        ...


class Log:
    """The records of one topic, each given once.

    `ends` are the offsets, per partition, before which the first pass stops. Blocks while it reads.
    """

    def __init__(self, reading: Reading, ends: Mapping[int, int]) -> None:
        self._reading = reading
        self._ends = ends
        self.begins: dict[int, int] = {}
        """Offset of the first record of each partition that has any."""

    def first_pass(self) -> Iterator[Incoming]:
        """Every record before the ends, and perhaps some behind them that came along."""
        yield from self._until(self._ends)

    def up_to(self, partition: int, offset: int) -> Iterator[Incoming]:
        """What was not given yet, until the record at `offset` of `partition` has been."""
        yield from self._until({partition: offset + 1})

    @property
    def is_whole(self) -> bool:
        """Whether no record of what was read so far has left its partition by retention."""
        return all(begin == 0 for begin in self.begins.values())

    def _until(self, ends: Mapping[int, int]) -> Iterator[Incoming]:
        while any(self._reading.next_offsets().get(p, 0) < end for p, end in ends.items()):
            for incoming in self._reading.poll(_POLL_S):
                self.begins.setdefault(incoming.partition, incoming.offset)
                yield incoming
