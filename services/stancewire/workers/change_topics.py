"""Where a stance change is published: on `changes`, and on the topic of the stance it concerns."""

from collections.abc import Iterator

from stancewire.events import Stance, StanceChange
from stancewire.plumbing.envelope import encode
from stancewire.plumbing.kafka import Topics
from stancewire.workers.records import Outgoing

_ARRIVALS = ("established", "changed", "reverted")


def outgoing_of(
    change: StanceChange, *, topics: Topics, source: str, traceparent: str | None
) -> Iterator[Outgoing]:
    """The records of a change: equal ones on each topic that it belongs to."""
    record = encode(change, source=source, traceparent=traceparent)
    yield Outgoing(topic=topics.changes, record=record)
    stance = concerned(change)
    if stance is not None:
        yield Outgoing(topic=topics.stance(stance), record=record)


def concerned(change: StanceChange) -> Stance | None:
    """The stance whose subscribers must hear of the change; None where it is of no single one.

    An arrival concerns the stance arrived at. So does an amendment of an arrival; a retraction
    concerns the stance that was taken back. `rebaselined` and `stale` arrive nowhere.
    """
    if change.type in _ARRIVALS or change.type == "amended":
        return change.current.stance if change.current else None
    if change.type == "retracted":
        return change.previous.stance if change.previous else None
    return None
