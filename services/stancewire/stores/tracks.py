"""The tracker's states in Redis, each with an outbox of what it still has to publish.

State, outbox and index are written in one step, and only if the key has not changed since it was
loaded. So a change that is in the state is also in the outbox until Kafka has acknowledged it, and
two trackers that hold the same key for a moment, while partitions move, cannot overwrite each
other. The outbox lies with its key: a record that was not committed to Kafka's offsets comes again,
its key is loaded, and what waits there goes out first, in the order of its sequence.

Beside the state, which is a fold of the observations alone, a key has the position of the newest
observation that it took, and the votes for which `stale` was published: what time has led to is no
part of what the log has.

Every call raises Unavailable where Redis does not answer; calling again is safe.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from redis.asyncio import Redis

from stancewire.events import StanceChange, to_json
from stancewire.stores.life import Life
from stancewire.stores.position import Position
from stancewire.stores.shown import milliseconds, shown_of
from stancewire.stores.track_keys import TrackKeys
from stancewire.stores.tracks_lua import CLEAR, FORGET, NOTE, RETIRE, SAVE
from stancewire.stores.unavailable import redis_errors
from stancewire.tracking import State, from_bytes, to_bytes

_OUTBOX = msgspec.msgpack.Decoder(list[bytes])


@dataclass(frozen=True, kw_only=True)
class StoredTrack:
    """A key as it was loaded."""

    key: str
    revision: int
    state: State
    outbox: tuple[bytes, ...] = ()
    position: Position | None = None
    """The newest observation that was taken."""
    called_stale: tuple[datetime, ...] = ()
    """The newest votes for which `stale` was published."""


class Tracks:
    """The store; what it writes for lists and the live page is read by `TrackIndex`.

    `keep_changes` is about how many of the newest changes the live page can still ask for,
    `keep_history` how many of one actor in one story. What is written in another life of Redis than
    `life` knows is refused; without one no life is expected.
    """

    def __init__(
        self,
        client: Redis,
        *,
        namespace: str,
        keep_changes: int = 10_000,
        keep_history: int = 100,
        life: Life | None = None,
    ) -> None:
        self._client = client
        self._life = life or Life(client, namespace=namespace)
        self._keys = TrackKeys(namespace)
        self._keep = (keep_changes, keep_history)
        self._save = client.register_script(SAVE)
        self._clear = client.register_script(CLEAR)
        self._pass_by = client.register_script(NOTE)
        self._retire = client.register_script(RETIRE)
        self._forget = client.register_script(FORGET)

    async def load(self, key: str) -> StoredTrack:
        """What is stored under a tracking key; an empty state where nothing is.

        Raises ConfigurationError where the bytes are of another format.
        """
        tracked, raw = await self.peek(key)
        return replace(tracked, state=from_bytes(raw)) if raw else tracked

    async def peek(self, key: str) -> tuple[StoredTrack, bytes]:
        """A key with an empty state, and the bytes of its state, readable or not."""
        fields = ["revision", "state", "outbox", "position", "stale"]
        with redis_errors():
            raw: Any = await self._client.hmget(self._keys.track(key), fields)
        revision, state, outbox, position, stale = raw
        tracked = StoredTrack(
            key=key,
            revision=int(revision or 0),
            state=State(),
            outbox=tuple(_OUTBOX.decode(outbox)) if outbox else (),
            position=position_of(position),
            called_stale=tuple(map(datetime.fromisoformat, (stale or b"").decode().split())),
        )
        return tracked, state or b""

    async def save(
        self,
        tracked: StoredTrack,
        *,
        state: State,
        outbox: Sequence[bytes],
        changes: Sequence[StanceChange] = (),
        position: Position | None = None,
    ) -> StoredTrack | None:
        """Write state, outbox and index in one step; None where the key changed after loading.

        The outbox replaces the loaded one, which must have been published before. `changes` are
        those that the outbox publishes; they join the recent changes. Raises Unavailable where
        Redis has lost its life.
        """
        saved = replace(
            tracked, state=state, outbox=tuple(outbox), position=position or tracked.position
        )
        return await self._written(saved, changes=changes)

    async def pass_by(self, tracked: StoredTrack, position: Position) -> bool:
        """Note an observation that changed nothing; False where the key changed after loading."""
        with redis_errors():
            revision = await self._pass_by(
                keys=[self._keys.track(tracked.key), self._life.key],
                args=[tracked.revision, self._life.mark, _packed_position(position)],
            )
        return await self._is_written(int(revision))

    async def call_stale(
        self, tracked: StoredTrack, *, vote: datetime, outbox: Sequence[bytes], change: StanceChange
    ) -> StoredTrack | None:
        """Note that `stale` is published for a vote; None where the key changed after loading.

        The key stays on the list of those that are due, until it is retired.
        """
        called = (*tracked.called_stale, vote)
        saved = replace(tracked, outbox=tuple(outbox), called_stale=called)
        return await self._written(saved, changes=[change], stale=vote)

    async def due(self, partition: int, *, before: datetime, limit: int) -> Sequence[str]:
        """Keys of a partition whose newest vote is not after `before`, the oldest first."""
        with redis_errors():
            keys: Any = await self._client.zrangebyscore(
                self._keys.votes(partition), "-inf", milliseconds(before), start=0, num=limit
            )
        return [key.decode() for key in keys]

    async def retire(self, tracked: StoredTrack, *, partition: int) -> None:
        """Take a key off the list of those that are due, unless it changed after loading."""
        with redis_errors():
            await self._retire(
                keys=[self._keys.track(tracked.key), self._keys.votes(partition)],
                args=[tracked.revision, tracked.key],
            )

    async def forget(self, tracked: StoredTrack) -> bool:
        """Remove a key and what lists show of it; False where it changed after loading."""
        story_id, _, actor_id = tracked.key.partition("|")
        position = tracked.position
        keys = [
            self._keys.track(tracked.key),
            self._keys.actors(story_id),
            self._keys.shown(story_id),
            self._keys.stories_of(actor_id),
            self._keys.history(tracked.key),
            self._life.key,
            self._keys.votes(position.partition if position else 0),
        ]
        arguments: list[Any] = [tracked.revision, self._life.mark, tracked.key, story_id, actor_id]
        with redis_errors():
            answer = int(await self._forget(keys=keys, args=arguments))
        return await self._is_written(answer)

    async def clear_outbox(self, tracked: StoredTrack) -> StoredTrack:
        """Forget what was published, unless the key has changed meanwhile."""
        with redis_errors():
            await self._clear(keys=[self._keys.track(tracked.key)], args=[tracked.revision])
        return replace(tracked, outbox=())

    async def _written(
        self, saved: StoredTrack, *, changes: Sequence[StanceChange], stale: datetime | None = None
    ) -> StoredTrack | None:
        state, position = saved.state, saved.position
        story_id = state.named.story.id if state.named else ""
        actor_id = state.named.actor.id if state.named else ""
        keys = [
            self._keys.track(saved.key),
            self._keys.stories(),
            self._keys.actors(story_id),
            self._keys.shown(story_id),
            self._keys.labels(),
            self._keys.changes(),
            self._keys.stories_of(actor_id),
            self._keys.history(saved.key),
            self._life.key,
            self._keys.votes(position.partition if position else 0),
        ]
        head = [
            saved.revision,
            to_bytes(state),
            msgspec.msgpack.encode(saved.outbox) if saved.outbox else b"",
            *_indexed(state),
            *self._keep,
            self._life.mark,
            _packed_position(position),
            saved.key,
            *_vote(state, keep=stale is not None or position is None),
            stale.isoformat() if stale else "",
        ]
        with redis_errors():
            revision = int(await self._save(keys=keys, args=[*head, *map(to_json, changes)]))
        return replace(saved, revision=revision) if await self._is_written(revision) else None

    async def _is_written(self, answer: int) -> bool:
        """Whether a script wrote; in another life than the known one that is taken up first."""
        if answer < 0:
            await self._life.follow()
        return answer > 0


def _indexed(state: State) -> tuple[str | bytes | int, ...]:
    """Story, actor, event time, label and what is shown; an empty story where nobody is named."""
    named = state.named
    if named is None:
        return ("", "", 0, "", "")
    shown = shown_of(state)
    at = milliseconds(named.at)
    return (named.story.id, named.actor.id, at, named.story.label, to_json(shown) if shown else "")


def _vote(state: State, *, keep: bool) -> tuple[str, str | int]:
    """The newest vote under the stance that holds, and its milliseconds; `keep` changes nothing."""
    vote = state.now.voted_at if state.now.held else None
    if keep:
        return ("", "")
    return (vote.isoformat(), milliseconds(vote)) if vote else ("", 0)


def _packed_position(position: Position | None) -> str:
    return f"{position.partition}:{position.offset}" if position else ""


def position_of(raw: bytes | None) -> Position | None:
    """The position of stored bytes; None where there are none."""
    if not raw:
        return None
    partition, _, offset = raw.decode().partition(":")
    return Position(int(partition), int(offset))
