"""API keys in Redis: only their hashes, so that whoever reads Redis cannot call in their name.

A key is `sw_ID_SECRET`. The secret has 256 random bits, so a plain hash is enough: there is nothing
to guess, and a slow hash would only help an attacker to keep the gateway busy.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, get_args

from redis.asyncio import Redis

from stancewire.events import Moment, Value
from stancewire.stores.unavailable import redis_errors

Scope = Literal["read", "publish", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

_SHAPE = re.compile(r"sw_([a-z2-7]{16})_([A-Za-z0-9_-]{43})")


class ApiKey(Value, frozen=True, kw_only=True):
    """What is known of a key; the key itself is shown once, when it is made."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: Moment

    def may(self, scope: Scope) -> bool:
        """Whether the key is good for that; `admin` is good for everything."""
        return scope in self.scopes or "admin" in self.scopes


class ApiKeys:
    """The store. Every call raises Unavailable where Redis is away."""

    def __init__(self, client: Redis, *, namespace: str) -> None:
        self._client = client
        self._namespace = namespace

    async def create(
        self, name: str, scopes: Iterable[Scope], *, created_at: datetime
    ) -> tuple[str, ApiKey]:
        """Make a key; the text to hand over, which is kept nowhere, and what is kept of it."""
        key_id = base64.b32encode(secrets.token_bytes(10)).decode().lower()
        secret = secrets.token_urlsafe(32)
        key = ApiKey(id=key_id, name=name, scopes=tuple(scopes), created_at=created_at)
        fields: dict[Any, Any] = {
            "hash": _hash(secret),
            "name": name,
            "scopes": " ".join(key.scopes),
            "created_at": created_at.isoformat(),
        }
        with redis_errors():
            pipeline = self._client.pipeline(transaction=True)
            pipeline.hset(self._name(key_id), mapping=fields)
            pipeline.sadd(self._ids(), key_id)
            await pipeline.execute()
        return f"sw_{key_id}_{secret}", key

    async def find(self, text: str) -> ApiKey | None:
        """The key that a caller shows; None for one that was never made or is revoked."""
        shape = _SHAPE.fullmatch(text)
        if shape is None:
            return None
        key_id, secret = shape.groups()
        with redis_errors():
            stored: Any = await self._client.hgetall(self._name(key_id))
        if not stored or not hmac.compare_digest(stored[b"hash"], _hash(secret).encode()):
            return None
        return _key(key_id, stored)

    async def list(self) -> tuple[ApiKey, ...]:
        """All keys, the oldest first."""
        with redis_errors():
            members: Any = await self._client.smembers(self._ids())
            ids = sorted(member.decode() for member in members)
            pipeline = self._client.pipeline(transaction=False)
            for each in ids:
                pipeline.hgetall(self._name(each))
            found: Any = await pipeline.execute()
        keys = [_key(each, stored) for each, stored in zip(ids, found, strict=True) if stored]
        return tuple(sorted(keys, key=lambda key: (key.created_at, key.id)))

    async def revoke(self, id: str) -> bool:
        """End a key, from the next request on; whether there was one of that id."""
        with redis_errors():
            pipeline = self._client.pipeline(transaction=True)
            pipeline.delete(self._name(id))
            pipeline.srem(self._ids(), id)
            deleted, _ = await pipeline.execute()
        return bool(deleted)

    def _ids(self) -> str:
        return f"{{{self._namespace}}}:gateway:keys"

    def _name(self, id: str) -> str:
        return f"{{{self._namespace}}}:gateway:key:{id}"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(id: str, stored: Mapping[bytes, bytes]) -> ApiKey:
    known = stored[b"scopes"].decode().split()
    return ApiKey(
        id=id,
        name=stored[b"name"].decode(),
        scopes=tuple(scope for scope in SCOPES if scope in known),
        created_at=datetime.fromisoformat(stored[b"created_at"].decode()),
    )
