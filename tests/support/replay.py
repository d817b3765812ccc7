"""A recorded observation log through a tracker that is never disturbed, and what then stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from msgspec import structs

from flow_fakes import FailingStore, FakePublisher
from rule_reader import CONFUSION
from stancewire.events import StanceChange
from stancewire.plumbing.clock import ManualClock
from stancewire.plumbing.envelope import decode
from stancewire.plumbing.kafka import Topics
from stancewire.plumbing.settings import Settings
from stancewire.tracking import State
from stancewire.workers.records import Incoming
from stancewire.workers.tracker import detector
from stancewire.workers.tracking_flow import TrackingFlow
from worker_world import Consumed

TOPICS = Topics("stancewire")


@dataclass(frozen=True)
class FakeTracked:
    key: str
    revision: int
    state: State
    outbox: tuple[bytes, ...] = ()


class FakeTracks(FailingStore):
    """The tracks in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, FakeTracked] = {}

    async def load(self, key: str) -> FakeTracked:
        self._call("load")
        return self.kept.get(key) or FakeTracked(key, 0, State())

    async def save(
        self,
        tracked: FakeTracked,
        *,
        state: State,
        outbox: Sequence[bytes],
        changes: Sequence[StanceChange] = (),
    ) -> FakeTracked | None:
        self._call("save")
        known = self.kept.get(tracked.key)
        if (known.revision if known else 0) != tracked.revision:
            return None
        kept = FakeTracked(tracked.key, tracked.revision + 1, state, tuple(outbox))
        self.kept[tracked.key] = kept
        self._call("saved")
        return kept

    async def clear_outbox(self, tracked: FakeTracked) -> FakeTracked:
        self._call("clear")
        cleared = replace(tracked, outbox=())
        if self.kept[tracked.key].revision == tracked.revision:
            self.kept[tracked.key] = cleared
        self._call("cleared")
        return cleared


async def replay(log: Iterable[Consumed]) -> list[StanceChange]:
    """The changes that an undisturbed tracker publishes for a log, partition by partition."""
    publisher = FakePublisher()
    flow = TrackingFlow(
        store=FakeTracks(),
        publisher=publisher,
        topics=TOPICS,
        config=detector(Settings(), CONFUSION),
        clock=ManualClock(datetime(2026, 1, 1, tzinfo=UTC)),
    )
    for record in sorted(log, key=lambda one: (one.partition, one.offset)):
        await flow.handle(incoming_of(record))
    events = (decode(outgoing.record) for outgoing in publisher.to(TOPICS.changes))
    return [event for event in events if isinstance(event, StanceChange)]


def incoming_of(record: Consumed) -> Incoming:
    return Incoming(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=record.headers,
        timestamp=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=record.timestamp),
    )


def standing(changes: Iterable[StanceChange]) -> dict[str, StanceChange]:
    """What was published less what was retracted, by id; amendments count as what they amend.

    The time of recording is left out: it is the one clock in an event.
    """
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    found: dict[str, StanceChange] = {}
    for change in changes:
        if change.type == "retracted":
            found.pop(change.supersedes or "", None)
        elif change.type != "amended":
            found[change.change_id] = structs.replace(change, recorded_at=epoch)
    return found
