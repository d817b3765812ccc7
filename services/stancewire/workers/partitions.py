"""Which partitions this process owns, as Kafka last said."""

from collections.abc import Collection, Iterable
from typing import Any


class Partitions:
    """What the last rebalance left to this process."""

    def __init__(self) -> None:
        self._owned: frozenset[tuple[str, int]] = frozenset()

    def follow(self, app: Any) -> None:
        """Take what the Faust app is assigned from now on, and give up what is revoked."""

        async def assigned(_app: object, assigned: Iterable[Any], **_: object) -> None:
            self.take(assigned)

        async def revoked(_app: object, revoked: Iterable[Any], **_: object) -> None:
            self.give_up(revoked)

        app.on_partitions_assigned.connect(assigned, weak=False)
        app.on_partitions_revoked.connect(revoked, weak=False)

    def take(self, assigned: Iterable[Any]) -> None:
        """Own these, and nothing else; each has a `topic` and a `partition`."""
        self._owned = frozenset((place.topic, place.partition) for place in assigned)

    def give_up(self, revoked: Iterable[Any]) -> None:
        """No longer own these."""
        self._owned -= {(place.topic, place.partition) for place in revoked}

    def of(self, topic: str) -> Collection[int]:
        """The partitions of a topic that are owned."""
        return {partition for name, partition in self._owned if name == topic}
