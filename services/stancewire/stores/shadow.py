"""What another model makes of the retained articles, kept aside until an upgrade is applied.

Every call raises Unavailable where Redis does not answer.
"""

from collections.abc import AsyncIterator, Iterable
from typing import Any

import msgspec
from redis.asyncio import Redis

from stancewire.events import Observation, Value
from stancewire.stores.unavailable import redis_errors

_PAGE = 200


class ReadAgain(Value, frozen=True, kw_only=True):
    """One article as another model reads it."""

    uri: str
    standing: bytes
    """The reader's record of the version that was read again, as it was stored then."""
    observations: tuple[Observation, ...]


class Shadow:
    """The readings of one model version, in a namespace of their own."""

    def __init__(self, client: Redis, *, namespace: str, model_version: str) -> None:
        self._client = client
        self._name = f"{{{namespace}}}:upgrade:{model_version}"

    async def add(self, read: ReadAgain) -> None:
        """Keep a reading, in place of an earlier one of the article."""
        with redis_errors():
            await self._client.hset(self._name, read.uri, msgspec.msgpack.encode(read))

    async def find(self, uri: str) -> ReadAgain | None:
        """The reading of an article."""
        with redis_errors():
            raw: Any = await self._client.hget(self._name, uri)
        return None if raw is None else _decoded(raw)

    async def all(self) -> AsyncIterator[ReadAgain]:
        """Every reading once, in no order."""
        cursor, seen = 0, set[bytes]()
        while True:
            with redis_errors():
                answer: Any = await self._client.hscan(self._name, cursor, count=_PAGE)
            cursor, page = answer
            for uri, raw in page.items():
                if uri not in seen:
                    seen.add(uri)
                    yield _decoded(raw)
            if not cursor:
                return

    async def remove(self, uris: Iterable[str]) -> None:
        """Forget the readings of some articles."""
        gone = list(uris)
        if gone:
            with redis_errors():
                await self._client.hdel(self._name, *gone)


def _decoded(raw: bytes) -> ReadAgain:
    return msgspec.msgpack.decode(raw, type=ReadAgain)
