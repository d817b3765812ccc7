"""A recorded observation log through a tracker that is never disturbed, and what then stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from msgspec import structs

from flow_fakes import FailingStore, FakePublisher
from rule_reader import CONFUSION
from stancewire.events import StanceChange
from stancewire.plumbing.envelope import decode
from stancewire.plumbing.kafka import Topics
from stancewire.plumbing.settings import Settings
from stancewire.stores.position import Position
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
    position: Position | None = None
    called_stale: tuple[datetime, ...] = ()


class FakeTracks(FailingStore):
    """The tracks in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, FakeTracked] = {}
        self.retired: set[str] = set()

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
        position: Position | None = None,
    ) -> FakeTracked | None:
        return self._write(
            tracked, state=state, outbox=tuple(outbox), position=position or tracked.position
        )

    async def pass_by(self, tracked: FakeTracked, position: Position) -> bool:
        return self._write(tracked, position=position) is not None

    async def due(self, partition: int, *, before: datetime, limit: int) -> Sequence[str]:
        self._call("due")
        votes = {
            key: vote
            for key, one in self.kept.items()
            if (vote := one.state.now.voted_at) is not None
            and one.state.now.held is not None
            and (one.position or Position(0, 0)).partition == partition
            and vote <= before
            and key not in self.retired
        }
        return sorted(votes, key=lambda key: (votes[key], key))[:limit]

    async def call_stale(
        self,
        tracked: FakeTracked,
        *,
        vote: datetime,
        outbox: Sequence[bytes],
        change: StanceChange,
    ) -> FakeTracked | None:
        told = (*tracked.called_stale, vote)
        return self._write(tracked, outbox=tuple(outbox), called_stale=told)

    async def forget(self, tracked: FakeTracked) -> bool:
        self._call("forget")
        known = self.kept.get(tracked.key)
        if known is not None and known.revision != tracked.revision:
            return False
        self.kept.pop(tracked.key, None)
        return True

    async def retire(self, tracked: FakeTracked, *, partition: int) -> None:
        self._call("retire")
        known = self.kept.get(tracked.key)
        if known is None or known.revision == tracked.revision:
            self.retired.add(tracked.key)
        self._call("retired")

    def _write(self, tracked: FakeTracked, **changes: object) -> FakeTracked | None:
        self._call("save")
        known = self.kept.get(tracked.key)
        if (known.revision if known else 0) != tracked.revision:
            return None
        kept = replace(tracked, revision=tracked.revision + 1, **changes)  # type: ignore[arg-type]
        self.kept[tracked.key] = kept
        if "state" in changes:
            self.retired.discard(tracked.key)
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
