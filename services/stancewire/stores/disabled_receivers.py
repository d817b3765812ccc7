"""Receivers that have asked never to be called again."""

from typing import Any

from redis.asyncio import Redis

from stancewire.stores.unavailable import redis_errors


class DisabledReceivers:
    """The store. Every call raises Unavailable.

    A mark tells a receiver's address from another one: one that gets a new address is not disabled.
    """

    def __init__(self, client: Redis, *, namespace: str) -> None:
        self._client = client
        self._name = f"{{{namespace}}}:alerter:disabled"

    async def add(self, receiver: str, *, mark: str, reason: str) -> None:
        """Note that a receiver wants nothing more."""
        with redis_errors():
            await self._client.hset(self._name, receiver, f"{mark} {reason}")

    async def remove(self, receiver: str) -> bool:
        """Deliver to it again; whether it was disabled."""
        with redis_errors():
            return bool(await self._client.hdel(self._name, receiver))

    async def reason(self, receiver: str, *, mark: str) -> str | None:
        """Why nothing is delivered to a receiver of that mark; None where it is."""
        known, reason = (await self.all()).get(receiver, ("", ""))
        return reason if known and known == mark else None

    async def all(self) -> dict[str, tuple[str, str]]:
        """Mark and reason of each."""
        with redis_errors():
            found: Any = await self._client.hgetall(self._name)
        parts = {name.decode(): text.decode().partition(" ") for name, text in found.items()}
        return {name: (mark, reason) for name, (mark, _, reason) in parts.items()}
