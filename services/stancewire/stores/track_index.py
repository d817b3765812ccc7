"""Reads what the tracker keeps for lists and the live page; writes nothing.

Lists are paged by place, not by number: each page begins after the place of the last entry of the
one before. So an entry that does not change meanwhile comes exactly once, whatever is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from redis.asyncio import Redis

from stancewire.events import Moment, StanceChange, Value, tracking_key
from stancewire.stores.shown import Shown, milliseconds, moment_of, shown_of
from stancewire.stores.track_keys import TrackKeys
from stancewire.stores.unavailable import redis_errors
from stancewire.tracking import State, from_bytes

_CHANGE = msgspec.json.Decoder(StanceChange)
_SHOWN = msgspec.json.Decoder(Shown)


class Place(NamedTuple):
    """Where an entry stands in a list that is ordered by event time, the newest first."""

    milliseconds: int
    id: str


class StoryLine(Value, frozen=True, kw_only=True):
    """What a list shows of a story."""

    id: str
    label: str
    published_at: Moment
    """Publication of its newest article, to the millisecond."""

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(milliseconds(self.published_at), self.id)


@dataclass(frozen=True, kw_only=True)
class ShownTrack:
    """One actor in one story, whole."""

    key: str
    revision: int
    """Counts the writes of state and changes."""
    state: State
    history: tuple[StanceChange, ...]
    """The changes, oldest first."""


Position = str
"""Where a change stands among the recent ones: a stream id of Redis; "0-0" is before all."""


class TrackIndex:
    """Stories, their actors and recent changes. Every call raises Unavailable."""

    def __init__(self, client: Redis, *, namespace: str) -> None:
        self._client = client
        self._keys = TrackKeys(namespace)

    async def stories(self, *, limit: int, after: Place | None = None) -> tuple[StoryLine, ...]:
        """Stories with an actor, the one with the newest article first."""
        return await self._lines(self._keys.stories(), limit=limit, after=after)

    async def story(self, story_id: str) -> StoryLine | None:
        """One story; None where it has no actor."""
        with redis_errors():
            score: Any = await self._client.zscore(self._keys.stories(), story_id)
            label: Any = await self._client.hget(self._keys.labels(), story_id)
        return None if score is None else _line(story_id.encode(), score, label)

    async def stories_of(
        self, actor_id: str, *, limit: int, after: Place | None = None
    ) -> tuple[tuple[StoryLine, Shown], ...]:
        """The stories in which an actor speaks, with what is shown of it there.

        `published_at` is that of the newest article in which the actor speaks.
        """
        lines = await self._lines(self._keys.stories_of(actor_id), limit=limit, after=after)
        with redis_errors():
            pipeline = self._client.pipeline(transaction=False)
            for line in lines:
                pipeline.hget(self._keys.shown(line.id), actor_id)
            found: Any = await pipeline.execute()
        return tuple(
            (line, _SHOWN.decode(raw))
            for line, raw in zip(lines, found, strict=True)
            if raw is not None
        )

    async def actors(
        self, story_id: str, *, limit: int, after: Place | None = None
    ) -> tuple[Shown, ...]:
        """Actors of a story, the one who spoke last first; empty for an unknown story."""
        with redis_errors():
            rows = await self._ranked(self._keys.actors(story_id), limit=limit, after=after)
            ids = [row[0] for row in rows]
            shown = await self._fields(self._keys.shown(story_id), ids)
        return tuple(_SHOWN.decode(raw) for raw in shown if raw is not None)

    async def actors_of_all(self, story_ids: Sequence[str]) -> tuple[tuple[Shown, ...], ...]:
        """All actors of each story, in the order of `actors`."""
        with redis_errors():
            pipeline = self._client.pipeline(transaction=False)
            for story_id in story_ids:
                pipeline.hvals(self._keys.shown(story_id))
            found: Any = await pipeline.execute()
        return tuple(
            tuple(sorted(map(_SHOWN.decode, values), key=place_of, reverse=True))
            for values in found
        )

    async def tracks(
        self, story_id: str, actor_ids: Sequence[str]
    ) -> tuple["ShownTrack | None", ...]:
        """State and changes of actors in a story; None where nothing is shown of one.

        Raises ConfigurationError where the bytes of a state are of another format.
        """
        with redis_errors():
            pipeline = self._client.pipeline(transaction=True)
            for actor_id in actor_ids:
                key = tracking_key(story_id, actor_id)
                pipeline.hmget(self._keys.track(key), ["revision", "state"])
                pipeline.lrange(self._keys.history(key), 0, -1)
            found: Any = await pipeline.execute()
        rows = zip(actor_ids, found[::2], found[1::2], strict=True)
        return tuple(_track(tracking_key(story_id, actor), *row) for actor, *row in rows)

    async def changes(
        self, *, after: Position = "0-0", limit: int = 100
    ) -> tuple[tuple[Position, StanceChange], ...]:
        """Changes recorded after a position, oldest first, each with its position."""
        with redis_errors():
            rows: Any = await self._client.xrange(
                self._keys.changes(), min=f"({after}", count=limit
            )
        return _changes(rows)

    async def recent_changes(
        self, *, limit: int = 20, before: Position | None = None
    ) -> tuple[tuple[Position, StanceChange], ...]:
        """The newest changes recorded before a position, newest first, each with its position."""
        end = f"({before}" if before else "+"
        with redis_errors():
            rows: Any = await self._client.xrevrange(self._keys.changes(), max=end, count=limit)
        return _changes(rows)

    async def oldest_position(self) -> Position | None:
        """Position of the oldest change that is kept: what lies before it must be fetched anew."""
        with redis_errors():
            rows: Any = await self._client.xrange(self._keys.changes(), count=1)
        return rows[0][0].decode() if rows else None

    async def newest_position(self) -> Position:
        """Position of the newest change; "0-0" where none is kept."""
        with redis_errors():
            rows: Any = await self._client.xrevrange(self._keys.changes(), count=1)
        return rows[0][0].decode() if rows else "0-0"

    async def wait_for_changes(
        self, *, after: Position, limit: int, wait_s: float
    ) -> tuple[tuple[Position, StanceChange], ...]:
        """As `changes`; where there is none yet, waits for the first one, up to `wait_s` seconds.

        `wait_s` must be below the client's timeout.
        """
        name = self._keys.changes()
        with redis_errors():
            found: Any = await self._client.xread(
                {name: after}, count=limit, block=max(1, int(wait_s * 1000))
            )
        return _changes(found[0][1]) if found else ()

    async def _lines(self, name: str, *, limit: int, after: Place | None) -> tuple[StoryLine, ...]:
        with redis_errors():
            rows = await self._ranked(name, limit=limit, after=after)
            labels = await self._fields(self._keys.labels(), [row[0] for row in rows])
        return tuple(
            _line(story_id, score, label)
            for (story_id, score), label in zip(rows, labels, strict=True)
        )

    async def _ranked(
        self, name: str, *, limit: int, after: Place | None
    ) -> list[tuple[bytes, float]]:
        """Members of a sorted set with their scores, the highest first, from after a place on."""
        highest = "+inf" if after is None else after.milliseconds
        found: list[tuple[bytes, float]] = []
        start = 0
        while len(found) < limit:
            rows: Any = await self._client.zrevrangebyscore(
                name, highest, "-inf", start=start, num=limit, withscores=True
            )
            found += [row for row in rows if after is None or _is_after(row, after)]
            start += len(rows)
            if len(rows) < limit:
                break
        return found[:limit]

    async def _fields(self, name: str, fields: Sequence[bytes]) -> Sequence[bytes | None]:
        if not fields:
            return ()
        found: Any = await self._client.hmget(name, list(fields))
        return found  # type: ignore[no-any-return]


def place_of(shown: Shown) -> Place:
    """Where an actor stands in the list of its story."""
    return Place(milliseconds(shown.published_at), shown.actor.id)


def _is_after(row: tuple[bytes, float], place: Place) -> bool:
    """Among equal event times Redis puts the greater id first, by its bytes."""
    member, score = row
    return score < place.milliseconds or member < place.id.encode()


def _line(story_id: bytes, score: float, label: bytes | None) -> StoryLine:
    return StoryLine(
        id=story_id.decode(), label=(label or b"").decode(), published_at=moment_of(score)
    )


def _track(key: str, stored: list[bytes | None], told: list[bytes]) -> ShownTrack | None:
    revision, raw = stored
    if revision is None or raw is None:
        return None
    state = from_bytes(raw)
    if shown_of(state) is None:
        return None
    history = tuple(map(_CHANGE.decode, told))
    return ShownTrack(key=key, revision=int(revision), state=state, history=history)


def _changes(rows: Any) -> tuple[tuple[Position, StanceChange], ...]:
    return tuple(
        (position.decode(), _CHANGE.decode(fields[b"change"])) for position, fields in rows
    )
