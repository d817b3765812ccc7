"""What the tracker does with one record of the observations topic.

decode -> load the key's state -> publish what an earlier run left in its outbox -> fold the
observation in -> write state and outbox in one step -> publish the outbox -> clear it.

After a crash between any two of these steps the record is taken again: an observation that is in
the state already changes nothing, and the outbox holds the very bytes that are still to go out.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from stancewire.baseline import Baseline
from stancewire.errors import InvalidInput
from stancewire.events import Observation, StanceChange, tracking_key
from stancewire.plumbing.envelope import decode_event
from stancewire.plumbing.kafka import Topics
from stancewire.stores.position import Position
from stancewire.tracking import DetectorConfig, State, advance
from stancewire.tracking.erasure import erases, erases_actor
from stancewire.workers.backfill import marked_like
from stancewire.workers.change_topics import outgoing_of
from stancewire.workers.heeding import ActStore, NoActs, heeded_observation
from stancewire.workers.records import Incoming, Publisher, pack_outgoing, unpack_outgoing

SOURCE = "stancewire/tracker"


class Tracked(Protocol):
    """A key as it was loaded."""

    @property
    def state(self) -> State:
        """What is known of the actor in the story; `State()` for a new key."""
        ...

    @property
    def outbox(self) -> Sequence[bytes]:
        """What the state still has to publish, oldest first."""
        ...

    @property
    def position(self) -> Position | None:
        """The newest observation that was taken; None for a new key."""
        ...

    @property
    def called_stale(self) -> Collection[datetime]:
        """The newest votes for which `stale` was published."""
        ...


TrackedT = TypeVar("TrackedT", bound=Tracked)


class TrackStore(Protocol[TrackedT]):
    """Where states and their outboxes are kept. Every call raises Unavailable."""

    async def load(self, key: str) -> TrackedT:
        """What is stored under a tracking key."""
        ...

    async def save(
        self,
        tracked: TrackedT,
        *,
        state: State,
        outbox: Sequence[bytes],
        changes: Sequence[StanceChange] = (),
        position: Position | None = None,
    ) -> TrackedT | None:
        """Write state, outbox and position in one step; None where the key changed after loading.

        `changes` are those that the outbox publishes.
        """
        ...

    async def pass_by(self, tracked: TrackedT, position: Position) -> bool:
        """Note an observation that changed nothing; False where the key changed after loading."""
        ...

    async def due(self, partition: int, *, before: datetime, limit: int) -> Sequence[str]:
        """Keys of a partition whose newest vote is not after `before`, oldest first."""
        ...

    async def call_stale(
        self, tracked: TrackedT, *, vote: datetime, outbox: Sequence[bytes], change: StanceChange
    ) -> TrackedT | None:
        """Note that `stale` is published for a vote; None where the key changed after loading."""
        ...

    async def retire(self, tracked: TrackedT, *, partition: int) -> None:
        """Take a key off the list of those that are due, unless it changed after loading."""
        ...

    async def clear_outbox(self, tracked: TrackedT) -> TrackedT:
        """Forget what was published, unless the key has changed meanwhile."""
        ...

    async def forget(self, tracked: TrackedT) -> bool:
        """Remove a key and what lists show of it; False where it changed after loading."""
        ...


class TrackingFlow(Generic[TrackedT]):
    """Handles one record at a time; see the module.

    No clock goes into it: events carry Kafka's time of the record that led to them, so that a
    record that is taken again, even after Redis was folded anew, gives identical bytes.
    """

    def __init__(
        self,
        *,
        store: TrackStore[TrackedT],
        publisher: Publisher,
        topics: Topics,
        config: DetectorConfig,
        acts: ActStore | None = None,
    ) -> None:
        self.store = store
        self.config = config
        self._publisher = publisher
        self._topics = topics
        self._acts = acts or NoActs()
        self.turn = asyncio.Lock()
        """Held while a key is worked on, so that what is published of it keeps its order."""

    async def handle(self, incoming: Incoming) -> str:
        """Take one record to its end; in a word, how it ended.

        `tracked`, `known` or `erased` (nothing may be kept of the actor). Raises
        InvalidInput for a record that is unusable, Unavailable where Redis or Kafka is away.
        """
        event, key = decode_observation(incoming)
        async with self.turn:
            while True:
                tracked = await self.drained(await self.store.load(key))
                decided = await self._acts.decided()
                if decided.has_erased_actor(event.actor.id) and not erases(event):
                    return "erased"
                if isinstance(event, Observation):
                    event = heeded_observation(event, decided)
                outcome = await self._take(tracked, event, incoming)
                if outcome is not None:
                    return outcome

    async def _take(
        self, tracked: TrackedT, event: Observation | Baseline, incoming: Incoming
    ) -> str | None:
        """How it ended; None where another tracker has changed the key meanwhile."""
        state, changes = advance(
            tracked.state, event, config=self.config, recorded_at=incoming.timestamp
        )
        if erases_actor(event):
            return "erased" if await self.store.forget(tracked) else None
        position = Position(incoming.partition, incoming.offset)
        is_new = tracked.position is None or tracked.position < position
        if state is tracked.state:
            noted = not is_new or await self.store.pass_by(tracked, position)
            return "known" if noted else None
        saved = await self.store.save(
            tracked,
            state=state,
            outbox=self.packed(changes, traceparent=incoming.traceparent, cause=incoming),
            changes=changes,
            position=position if is_new else None,
        )
        if saved is None:
            return None
        await self.drained(saved)
        return "tracked"

    async def drained(self, tracked: TrackedT) -> TrackedT:
        """Publish what is still in the outbox, then clear it."""
        if not tracked.outbox:
            return tracked
        await self._publisher.publish([unpack_outgoing(raw) for raw in tracked.outbox])
        return await self.store.clear_outbox(tracked)

    def packed(
        self,
        changes: Iterable[StanceChange],
        *,
        traceparent: str | None,
        cause: Incoming | None = None,
    ) -> list[bytes]:
        """The outbox that publishes these changes; `cause` is the record that led to them."""
        return [
            pack_outgoing(marked_like(cause, outgoing) if cause else outgoing)
            for change in changes
            for outgoing in outgoing_of(
                change, topics=self._topics, source=SOURCE, traceparent=traceparent
            )
        ]


def decode_observation(incoming: Incoming) -> tuple[Observation | Baseline, str]:
    """The observation of a record, or a baseline among them, and its tracking key.

    Raises InvalidInput where it is neither, or lies under another key.
    """
    event = decode_event(incoming.value, incoming.headers)
    if not isinstance(event, Observation | Baseline):
        raise InvalidInput(
            f"a {type(event).__name__} is no observation; publish it on its own topic",
            stage="decode",
        )
    if event.story is None:
        raise InvalidInput(
            "the observation has no story to be tracked in; the reader gives each article one",
            stage="track",
        )
    key = tracking_key(event.story.id, event.actor.id)
    if incoming.key != key.encode():
        raise InvalidInput(
            f"the record's key is {incoming.key!r}, but its observation belongs to {key!r}; publish"
            " it under that key, so that one tracker sees all of them",
            stage="key",
        )
    return event, key
