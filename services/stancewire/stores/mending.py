"""The tracker's store, for a rebuild: every key whole, to compare and to put right.

Every call raises Unavailable where Redis does not answer.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from stancewire.stores.position import Position
from stancewire.stores.tracks import Tracks, position_of
from stancewire.stores.unavailable import redis_errors

_PAGE = 1000


class MendableTracks(Tracks):
    """The tracks of a namespace, live or fresh."""

    async def positions(self) -> AsyncIterator[tuple[str, Position | None]]:
        """Every key with the newest observation that it took, in no order; some may come twice."""
        prefix = self._keys.track("")
        cursor = 0
        while True:
            with redis_errors():
                answer: Any = await self._client.scan(cursor, match=f"{prefix}*", count=_PAGE)
                cursor, names = answer
                pipeline = self._client.pipeline(transaction=False)
                for name in names:
                    pipeline.hget(name, "position")
                found: Any = await pipeline.execute()
            for name, position in zip(names, found, strict=True):
                yield name.decode().removeprefix(prefix), position_of(position)
            if not cursor:
                return

    async def put_back_told(
        self, key: str, *, history: Sequence[bytes], called_stale: Sequence[datetime]
    ) -> None:
        """Restore what was published of a key that Redis has lost: its changes, oldest first."""
        name = self._keys.history(key)
        async with self._client.pipeline(transaction=True) as pipeline:
            pipeline.delete(name)
            pipeline.rpush(name, *history)
            if called_stale:
                votes = "".join(f"{vote.isoformat()} " for vote in called_stale)
                pipeline.hset(self._keys.track(key), "stale", votes)
            with redis_errors():
                await pipeline.execute()

    async def put_back_recent(self, changes: Sequence[bytes]) -> None:
        """Restore the recent changes, oldest first, where there are none."""
        with redis_errors():
            if not await self._client.xlen(self._keys.changes()):
                for change in changes[-self._keep[0] :]:
                    await self._client.xadd(self._keys.changes(), {"change": change})

    async def drop(self) -> None:
        """Remove the whole namespace: for one that a rebuild or an upgrade has folded into."""
        cursor = 0
        while True:
            with redis_errors():
                answer: Any = await self._client.scan(
                    cursor, match=f"{self._keys.root}:*", count=_PAGE
                )
                cursor, names = answer
                if names:
                    await self._client.unlink(*names)
            if not cursor:
                return
