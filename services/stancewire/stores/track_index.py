"""Reads what the tracker keeps for lists and the live page; writes nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from redis.asyncio import Redis

from stancewire.events import ActorRef, StanceChange, StanceSince, Value
from stancewire.stores.track_keys import TrackKeys
from stancewire.stores.unavailable import redis_errors

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CHANGE = msgspec.json.Decoder(StanceChange)


class Shown(Value, frozen=True, kw_only=True):
    """What a list shows of an actor in a story, as of the newest write."""

    actor: ActorRef
    held: StanceSince | None
    """The stance that holds; None until one is established."""
    published_at: datetime
    """Publication of the newest article in which the actor speaks."""


class StoryLine(Value, frozen=True, kw_only=True):
    """What a list shows of a story."""

    id: str
    label: str
    published_at: datetime
    """Publication of its newest article, to the millisecond."""


_SHOWN = msgspec.json.Decoder(Shown)


class TrackIndex:
    """Stories, their actors and recent changes. Every call raises Unavailable."""

    def __init__(self, client: Redis, *, namespace: str) -> None:
        self._client = client
        self._keys = TrackKeys(namespace)

    async def stories(self, *, limit: int, offset: int = 0) -> tuple[StoryLine, ...]:
        """Stories with an actor, the one with the newest article first."""
        with redis_errors():
            rows: Any = await self._client.zrange(
                self._keys.stories(), offset, offset + limit - 1, desc=True, withscores=True
            )
            labels = await self._fields(self._keys.labels(), [row[0] for row in rows])
        return tuple(
            StoryLine(
                id=story_id.decode(),
                label=(label or b"").decode(),
                published_at=_EPOCH + timedelta(milliseconds=score),
            )
            for (story_id, score), label in zip(rows, labels, strict=True)
        )

    async def actors(self, story_id: str, *, limit: int, offset: int = 0) -> tuple[Shown, ...]:
        """Actors of a story, the one who spoke last first; empty for an unknown story."""
        with redis_errors():
            ids: Any = await self._client.zrange(
                self._keys.actors(story_id), offset, offset + limit - 1, desc=True
            )
            shown = await self._fields(self._keys.shown(story_id), ids)
        return tuple(_SHOWN.decode(raw) for raw in shown if raw is not None)

    async def changes(
        self, *, after: str = "0-0", limit: int = 100
    ) -> tuple[tuple[str, StanceChange], ...]:
        """Changes recorded after a position, oldest first, each with its position.

        Positions are stream ids of Redis; "0-0" is before the oldest that is kept.
        """
        with redis_errors():
            rows: Any = await self._client.xrange(
                self._keys.changes(), min=f"({after}", count=limit
            )
        return tuple((position.decode(), _decoded(fields)) for position, fields in rows)

    async def recent_changes(self, *, limit: int = 20) -> tuple[tuple[str, StanceChange], ...]:
        """The newest changes, newest first, each with its position."""
        with redis_errors():
            rows: Any = await self._client.xrevrange(self._keys.changes(), count=limit)
        return tuple((position.decode(), _decoded(fields)) for position, fields in rows)

    async def oldest_position(self) -> str | None:
        """Position of the oldest change that is kept: what lies before it must be fetched anew."""
        with redis_errors():
            rows: Any = await self._client.xrange(self._keys.changes(), count=1)
        return rows[0][0].decode() if rows else None

    async def _fields(self, name: str, fields: Sequence[bytes]) -> Sequence[bytes | None]:
        if not fields:
            return ()
        found: Any = await self._client.hmget(name, list(fields))
        return found  # type: ignore[no-any-return]


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _decoded(fields: dict[bytes, bytes]) -> StanceChange:
    return _CHANGE.decode(fields[b"change"])
