"""The tracker's states in Redis, each with an outbox of what it still has to publish.

State, outbox and index are written in one step, and only if the key has not changed since it was
loaded. So a change that is in the state is also in the outbox until Kafka has acknowledged it, and
two trackers that hold the same key for a moment, while partitions move, cannot overwrite each
other. The outbox lies with its key: a record that was not committed to Kafka's offsets comes again,
its key is loaded, and what waits there goes out first, in the order of its sequence.

Every call raises Unavailable where Redis does not answer; calling again is safe.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from redis.asyncio import Redis

from stancewire.events import StanceChange, to_json
from stancewire.stores.shown import milliseconds, shown_of
from stancewire.stores.track_keys import TrackKeys
from stancewire.stores.tracks_lua import CLEAR, SAVE
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


class Tracks:
    """The store; what it writes for lists and the live page is read by `TrackIndex`.

    `keep_changes` is about how many of the newest changes the live page can still ask for,
    `keep_history` how many of one actor in one story.
    """

    def __init__(
        self,
        client: Redis,
        *,
        namespace: str,
        keep_changes: int = 10_000,
        keep_history: int = 100,
    ) -> None:
        self._client = client
        self._keys = TrackKeys(namespace)
        self._keep = (keep_changes, keep_history)
        self._save = client.register_script(SAVE)
        self._clear = client.register_script(CLEAR)

    async def load(self, key: str) -> StoredTrack:
        """What is stored under a tracking key; an empty state where nothing is.

        Raises ConfigurationError where the bytes are of another format.
        """
        with redis_errors():
            raw: Any = await self._client.hmget(
                self._keys.track(key), ["revision", "state", "outbox"]
            )
        revision, state, outbox = raw
        return StoredTrack(
            key=key,
            revision=int(revision or 0),
            state=from_bytes(state) if state else State(),
            outbox=tuple(_OUTBOX.decode(outbox)) if outbox else (),
        )

    async def save(
        self,
        tracked: StoredTrack,
        *,
        state: State,
        outbox: Sequence[bytes],
        changes: Sequence[StanceChange] = (),
    ) -> StoredTrack | None:
        """Write state, outbox and index in one step; None where the key changed after loading.

        The outbox replaces the loaded one, which must have been published before. `changes` are
        those that the outbox publishes; they join the recent changes.
        """
        packed = msgspec.msgpack.encode(list(outbox)) if outbox else b""
        story_id = state.named.story.id if state.named else ""
        actor_id = state.named.actor.id if state.named else ""
        keys = [
            self._keys.track(tracked.key),
            self._keys.stories(),
            self._keys.actors(story_id),
            self._keys.shown(story_id),
            self._keys.labels(),
            self._keys.changes(),
            self._keys.stories_of(actor_id),
            self._keys.history(tracked.key),
        ]
        head = [tracked.revision, to_bytes(state), packed, *_indexed(state), *self._keep]
        with redis_errors():
            revision = await self._save(keys=keys, args=[*head, *map(to_json, changes)])
        if not revision:
            return None
        return StoredTrack(
            key=tracked.key, revision=int(revision), state=state, outbox=tuple(outbox)
        )

    async def clear_outbox(self, tracked: StoredTrack) -> StoredTrack:
        """Forget what was published, unless the key has changed meanwhile."""
        with redis_errors():
            await self._clear(keys=[self._keys.track(tracked.key)], args=[tracked.revision])
        return replace(tracked, outbox=())


def _indexed(state: State) -> tuple[str | bytes | int, ...]:
    """Story, actor, event time, label and what is shown; an empty story where nobody is named."""
    named = state.named
    if named is None:
        return ("", "", 0, "", "")
    shown = shown_of(state)
    at = milliseconds(named.at)
    return (named.story.id, named.actor.id, at, named.story.label, to_json(shown) if shown else "")
