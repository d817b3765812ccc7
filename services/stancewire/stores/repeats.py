"""Idempotency keys: what was answered to a request that a caller may send a second time."""

import hashlib
from enum import Enum
from typing import Any

from redis.asyncio import Redis

from stancewire.stores.unavailable import redis_errors

KEPT_S = 24 * 60 * 60
"""How long an answer is remembered, in seconds."""
CLAIMED_S = 120
"""How long a request may take; one that died meanwhile may then be sent again."""

_CLAIM = """
-- KEYS: the request    ARGV: digest of its body, seconds
-- Answers nothing where the request is new and now claimed, else the digest and the answer so far.
local known = redis.call('HMGET', KEYS[1], 'digest', 'answer')
if known[1] then return known end
redis.call('HSET', KEYS[1], 'digest', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return nil
"""


class Claim(Enum):
    """What became of a claim."""

    NEW = "new"
    RUNNING = "running"
    OTHER = "other"
    """The key was used for another body."""


class Repeats:
    """Answers by caller and idempotency key. Every call raises Unavailable."""

    def __init__(self, client: Redis, *, namespace: str) -> None:
        self._client = client
        self._namespace = namespace
        self._claim = client.register_script(_CLAIM)

    async def claim(self, caller: str, key: str, *, body: bytes) -> Claim | bytes:
        """Begin a request; the answer of the first one where this repeats it."""
        digest = hashlib.sha256(body).hexdigest()
        with redis_errors():
            known: Any = await self._claim(keys=[self._name(caller, key)], args=[digest, CLAIMED_S])
        if known is None:
            return Claim.NEW
        seen, given = known
        if seen.decode() != digest:
            return Claim.OTHER
        return Claim.RUNNING if given is None else bytes(given)

    async def settle(self, caller: str, key: str, given: bytes) -> None:
        """Remember what was answered."""
        name = self._name(caller, key)
        with redis_errors():
            pipeline = self._client.pipeline(transaction=True)
            pipeline.hset(name, "answer", given)
            pipeline.expire(name, KEPT_S)
            await pipeline.execute()

    async def forget(self, caller: str, key: str) -> None:
        """The request failed and may be sent again."""
        with redis_errors():
            await self._client.delete(self._name(caller, key))

    def _name(self, caller: str, key: str) -> str:
        # Hashed, since both come from outside and may be of any length.
        digest = hashlib.sha256(f"{caller}\x1f{key}".encode()).hexdigest()
        return f"{{{self._namespace}}}:gateway:repeat:{digest}"
