"""What the tracker does with one record of the observations topic.

decode -> load the key's state -> publish what an earlier run left in its outbox -> fold the
observation in -> write state and outbox in one step -> publish the outbox -> clear it.

After a crash between any two of these steps the record is taken again: an observation that is in
the state already changes nothing, and the outbox holds the very bytes that are still to go out.
"""

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from stancewire.errors import InvalidInput
from stancewire.events import Observation, StanceChange, tracking_key
from stancewire.plumbing.clock import Clock
from stancewire.plumbing.envelope import decode_event
from stancewire.plumbing.kafka import Topics
from stancewire.tracking import DetectorConfig, State, step
from stancewire.workers.change_topics import outgoing_of
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
    ) -> TrackedT | None:
        """Write state and outbox in one step; None where the key changed after loading.

        `changes` are those that the outbox publishes.
        """
        ...

    async def clear_outbox(self, tracked: TrackedT) -> TrackedT:
        """Forget what was published, unless the key has changed meanwhile."""
        ...


class TrackingFlow(Generic[TrackedT]):
    """Handles one record at a time; see the module."""

    def __init__(
        self,
        *,
        store: TrackStore[TrackedT],
        publisher: Publisher,
        topics: Topics,
        config: DetectorConfig,
        clock: Clock,
    ) -> None:
        self._store = store
        self._publisher = publisher
        self._topics = topics
        self._config = config
        self._clock = clock

    async def handle(self, incoming: Incoming) -> str:
        """Take one record to its end; in a word, how it ended: `tracked` or `known`.

        Raises InvalidInput for a record that is unusable, Unavailable where Redis or Kafka is away.
        """
        observation, key = _decode(incoming)
        while True:
            tracked = await self._drained(await self._store.load(key))
            state, changes = step(
                tracked.state,
                observation,
                config=self._config,
                recorded_at=self._clock.now(),
            )
            if state is tracked.state:
                return "known"
            outbox = [
                pack_outgoing(outgoing)
                for change in changes
                for outgoing in outgoing_of(
                    change,
                    topics=self._topics,
                    source=SOURCE,
                    traceparent=incoming.traceparent,
                )
            ]
            saved = await self._store.save(tracked, state=state, outbox=outbox, changes=changes)
            if saved is not None:
                await self._drained(saved)
                return "tracked"

    async def _drained(self, tracked: TrackedT) -> TrackedT:
        """Publish what is still in the outbox, then clear it."""
        if not tracked.outbox:
            return tracked
        await self._publisher.publish([unpack_outgoing(raw) for raw in tracked.outbox])
        return await self._store.clear_outbox(tracked)


def _decode(incoming: Incoming) -> tuple[Observation, str]:
    event = decode_event(incoming.value, incoming.headers)
    if not isinstance(event, Observation):
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
