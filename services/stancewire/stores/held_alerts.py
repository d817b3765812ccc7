"""The open alerts that their receiver must hear of again and again, as long as they are open."""

from collections.abc import Sequence
from typing import Any

import msgspec
from redis.asyncio import Redis

from stancewire.alerting.values import Notice
from stancewire.stores.unavailable import redis_errors


class HeldAlerts:
    """The store. Every call raises Unavailable; calling again is safe."""

    def __init__(self, client: Redis, *, namespace: str) -> None:
        self._client = client
        self._prefix = f"{{{namespace}}}:alerter"

    async def note(self, receiver: str, notices: Sequence[Notice]) -> None:
        """Take what the receiver has been told: hold what is open, let go of what is resolved."""
        if not notices:
            return
        with redis_errors():
            pipeline = self._client.pipeline(transaction=True)
            for notice in notices:
                if notice.status == "resolved":
                    pipeline.hdel(self._held(receiver), notice.key)
                else:
                    pipeline.hset(self._held(receiver), notice.key, msgspec.msgpack.encode(notice))
            await pipeline.execute()

    async def of(self, receiver: str) -> Sequence[Notice]:
        """What is open at a receiver."""
        with redis_errors():
            found: Any = await self._client.hvals(self._held(receiver))
        return [msgspec.msgpack.decode(raw, type=Notice) for raw in found]

    async def take_turn(self, receiver: str, *, for_s: float) -> bool:
        """Whether this process is to tell the receiver now; nobody else is, for so long."""
        with redis_errors():
            taken: Any = await self._client.set(
                f"{self._prefix}:turn:{receiver}", b"1", nx=True, px=max(1, int(for_s * 1000))
            )
        return bool(taken)

    def _held(self, receiver: str) -> str:
        return f"{self._prefix}:held:{receiver}"
