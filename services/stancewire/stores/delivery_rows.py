"""How told, groups and deliveries lie in Redis, and reading and writing them in a transaction."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import WatchError

from stancewire.alerting.incidents import Told
from stancewire.alerting.values import Delivery, Group
from stancewire.stores.shown import milliseconds
from stancewire.stores.unavailable import redis_errors

TOLD_FOR_S = 180 * 24 * 60 * 60
"""How long it is remembered what was told of an actor in a story, since the newest change."""

_V = TypeVar("_V", Told, Delivery, Group)
_T = TypeVar("_T")


class DeliveryRows:
    """One transaction's view; `pipeline` watches what it reads until `begin`, then collects writes.

    `keep` is how long a delivery that is done can still be looked at.
    """

    def __init__(self, pipeline: Pipeline, *, prefix: str, keep: timedelta) -> None:
        self._pipeline = pipeline
        self._prefix = prefix
        self._keep = keep

    def begin(self) -> None:
        """From here on, writes."""
        self._pipeline.multi()  # type: ignore[no-untyped-call]

    async def commit(self) -> None:
        """Write everything at once. Raises WatchError where something that was read has changed."""
        await self._pipeline.execute()

    async def told(self, key: str) -> Told:
        """What is remembered under a tracking key."""
        return await self._read(f"told:{key}", Told) or Told()

    async def group(self, group_id: str) -> Group:
        """A group; an empty one where there is none."""
        return await self._read(f"group:{group_id}", Group) or Group()

    async def delivery(self, delivery_id: str) -> Delivery | None:
        """A delivery; None where there is none."""
        return await self._read(f"delivery:{delivery_id}", Delivery)

    async def due_at(self, receiver: str, delivery_id: str) -> float | None:
        """When a delivery is due, in milliseconds; None where it waits for nothing."""
        score: Any = await self._pipeline.zscore(self.name(f"due:{receiver}"), delivery_id)
        return None if score is None else float(score)

    def write_told(self, key: str, told: Told) -> None:
        """Remember `told`, from now on for TOLD_FOR_S."""
        self._write(f"told:{key}", told, ex=TOLD_FOR_S)

    def write_group(self, group_id: str, group: Group) -> None:
        """Keep a group."""
        self._write(f"group:{group_id}", group, ex=TOLD_FOR_S)

    def write_delivery(self, delivery: Delivery) -> None:
        """Keep a delivery; one that is done is forgotten by and by."""
        self._write(
            f"delivery:{delivery.id}", delivery, ex=None if delivery.is_open else self._keep
        )
        made = {delivery.id: milliseconds(delivery.created_at)}
        self._pipeline.zadd(self.name("log"), made, nx=True)

    def enqueue(self, delivery: Delivery, at: datetime) -> None:
        """Have a delivery tried then. Each receiver has a queue of its own."""
        self._pipeline.sadd(self.name("receivers"), delivery.receiver)
        self._pipeline.zadd(self.name(f"due:{delivery.receiver}"), {delivery.id: milliseconds(at)})

    def dequeue(self, receiver: str, delivery_id: str) -> None:
        """Have it tried no more."""
        self._pipeline.zrem(self.name(f"due:{receiver}"), delivery_id)

    def name(self, what: str) -> str:
        """The key of Redis for something."""
        return f"{self._prefix}:{what}"

    async def _read(self, what: str, kind: type[_V]) -> _V | None:
        await self._pipeline.watch(self.name(what))
        return decoded(await self._pipeline.get(self.name(what)), kind)

    def _write(self, what: str, value: Told | Group | Delivery, ex: int | timedelta | None) -> None:
        self._pipeline.set(self.name(what), msgspec.msgpack.encode(value), ex=ex)


async def in_one_step(
    client: Redis, act: Callable[[DeliveryRows], Awaitable[_T]], *, prefix: str, keep: timedelta
) -> _T:
    """Run a transaction until nobody else has touched what it rests on. Raises Unavailable."""
    with redis_errors():
        while True:
            async with client.pipeline(transaction=True) as pipeline:
                try:
                    return await act(DeliveryRows(pipeline, prefix=prefix, keep=keep))
                except WatchError:
                    continue


def decoded(raw: Any, kind: type[_V]) -> _V | None:
    """The value of stored bytes; None where there are none."""
    return None if raw is None else msgspec.msgpack.decode(raw, type=kind)
