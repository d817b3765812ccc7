"""Which life of a namespace this is: how a worker notices that Redis has lost everything.

A namespace gets the mark of its life once, when the first worker that has never committed an
offset comes. Every script that writes compares the mark. Where it is gone, Redis was emptied: a
worker that went on would fold new observations into nothing, publish what is wrong and give new
stories to old articles. So it waits, until `stancewire rebuild` has put back what the topics tell
and has begun another life.
"""

import uuid
from typing import Any

from redis.asyncio import Redis

from stancewire.errors import Unavailable
from stancewire.stores.unavailable import redis_errors


class Life:
    """The life that this process knows. Every call raises Unavailable where Redis is away."""

    def __init__(self, client: Redis, *, namespace: str) -> None:
        self._client = client
        self._namespace = namespace
        # The braces keep all keys on one node of a Redis cluster, as the scripts need it.
        self.key = f"{{{namespace}}}:life"
        self.mark = b""
        """What scripts compare; empty until a life was found or begun."""

    async def find(self) -> bool:
        """Take the mark that is there, if one is."""
        with redis_errors():
            mark: Any = await self._client.get(self.key)
        if mark is not None:
            self.mark = mark
        return mark is not None

    async def begin(self) -> None:
        """Begin the namespace's first life, or join the one that another worker has begun."""
        with redis_errors():
            await self._client.set(self.key, uuid.uuid4().hex, nx=True)
        await self.find()

    async def begin_anew(self) -> None:
        """Begin another life, in whose place every worker takes its next look at what is stored."""
        mark = uuid.uuid4().hex.encode()
        with redis_errors():
            await self._client.set(self.key, mark)
        self.mark = mark

    async def follow(self) -> None:
        """Take up another life after a script has refused a write.

        Raises Unavailable where there is none: nothing may be written until a rebuild.
        """
        if not await self.find():
            raise Unavailable(lost(self._namespace))


def lost(namespace: str) -> str:
    """What an operator must know and do when a namespace was emptied."""
    return (
        f"Redis has lost everything below {{{namespace}}}, though Kafka's offsets say that work was"
        " done; run `stancewire rebuild` to fold it anew from the topics"
    )
