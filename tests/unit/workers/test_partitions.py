from typing import NamedTuple

from stancewire.workers.partitions import Partitions


class Place(NamedTuple):
    topic: str
    partition: int


def test_what_is_owned_is_what_the_last_rebalance_gave() -> None:
    partitions = Partitions()
    assert set(partitions.of("a")) == set()
    partitions.take([Place("a", 0), Place("a", 2), Place("b", 1)])
    assert set(partitions.of("a")) == {0, 2}
    partitions.give_up([Place("a", 0)])
    assert set(partitions.of("a")) == {2}
    partitions.take([Place("a", 3)])
    assert (set(partitions.of("a")), set(partitions.of("b"))) == ({3}, set())
