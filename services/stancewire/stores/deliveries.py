"""What the alerter keeps in Redis: what it told of whom, and every delivery until it is done.

What follows from a change is written in one transaction, before the change's offset may be
committed: what was told, the groups and the deliveries that take the new notices. It is written
only if none of that has changed since it was read (WATCH), so that several alerters share the work
without a lock. A delivery is leased to whoever tries it. If that one dies, the lease runs out and
another one tries again, with the same id.

Every call raises Unavailable where Redis does not answer; calling again is safe.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from msgspec.structs import replace
from redis.asyncio import Redis

from stancewire.alerting.grouping import Collected, Placed, may_go
from stancewire.alerting.incidents import Told
from stancewire.alerting.rules import Rule
from stancewire.alerting.values import Attempt, Delivery, Group, State
from stancewire.stores.delivery_rows import DeliveryRows, decoded, in_one_step
from stancewire.stores.shown import milliseconds
from stancewire.stores.unavailable import redis_errors

KEPT_ATTEMPTS = 20

_T = TypeVar("_T")
Decide = Callable[[Told], tuple[Told, Sequence[Placed]]]
"""What is remembered after a change, and where its notices go. Called again where it must be."""
Collect = Callable[[Group, Delivery | None, Placed], Collected]


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What is written after a try."""

    state: State
    """`sending` where it is to be tried again, at `due_at`."""
    attempt: Attempt
    due_at: datetime
    rule: Rule | None
    """The delivery's rule, where it is still there: it says when the next of the group may go."""


class Deliveries:
    """The store. `keep_s`: how long a delivery that is done can still be looked at, in seconds."""

    def __init__(self, client: Redis, *, namespace: str, keep_s: float) -> None:
        self._client = client
        self._keep = timedelta(seconds=keep_s)
        # The braces keep all keys on one node of a Redis cluster, as transactions need it.
        self._prefix = f"{{{namespace}}}:alerter"

    async def record(self, key: str, decide: Decide, collect: Collect) -> Sequence[Delivery]:
        """Write what follows from a change under a tracking key; the deliveries that were touched.

        Empty where there is nothing to tell, as of a repeat.
        """

        async def act(rows: DeliveryRows) -> Sequence[Delivery]:
            before = await rows.told(key)
            after, placed = decide(before)
            if after is before:
                return ()
            table = _Table(rows)
            for place in placed:
                await table.take(place, collect)
            rows.begin()
            rows.write_told(key, after)
            table.write()
            await rows.commit()
            return list(table.deliveries.values())

        return await self._in_one_step(act)

    async def receivers(self) -> Sequence[str]:
        """Whoever ever had a delivery, also those that are in no rule file any more."""
        with redis_errors():
            found: Any = await self._client.smembers(self._name("receivers"))
        return sorted(name.decode() for name in found)

    async def claim(
        self, receiver: str, *, now: datetime, lease_s: float, limit: int
    ) -> Sequence[Delivery]:
        """Take deliveries that are due, the oldest first, for as long as the lease lasts."""
        with redis_errors():
            found: Any = await self._client.zrangebyscore(
                self._name(f"due:{receiver}"), "-inf", milliseconds(now), start=0, num=limit
            )
        until = now + timedelta(seconds=lease_s)
        claimed = [await self._claim(receiver, raw.decode(), now=now, until=until) for raw in found]
        return [one for one in claimed if one is not None]

    async def settle(self, delivery: Delivery, settlement: Settlement, *, now: datetime) -> None:
        """Write what became of a try, unless somebody else has tried it meanwhile."""

        async def act(rows: DeliveryRows) -> None:
            stored = await rows.delivery(delivery.id)
            if stored is None or (stored.state, stored.tries) != ("sending", delivery.tries):
                return
            settled = _settled(stored, settlement)
            group, following = await _next_of(rows, settled, now)
            rows.begin()
            rows.write_delivery(settled)
            if settled.is_open:
                rows.enqueue(settled, settled.due_at)
            else:
                rows.dequeue(settled.receiver, settled.id)
            if group is not None and settled.group is not None:
                rows.write_group(settled.group, group)
            if group is not None and following is not None:
                rows.enqueue(following, may_go(following, settlement.rule, group, now))
            await rows.commit()

        await self._in_one_step(act)

    async def find(self, delivery_id: str) -> Delivery | None:
        """A delivery by its id."""
        with redis_errors():
            return decoded(await self._client.get(self._name(f"delivery:{delivery_id}")), Delivery)

    async def newest(self, limit: int) -> Sequence[Delivery]:
        """The newest deliveries that are kept, the newest first."""
        with redis_errors():
            found: Any = await self._client.zrevrange(self._name("log"), 0, limit - 1)
            names = [self._name(f"delivery:{one.decode()}") for one in found]
            stored: Any = await self._client.mget(names) if names else []
        return [one for raw in stored if (one := decoded(raw, Delivery)) is not None]

    async def redeliver(self, delivery_id: str, *, now: datetime) -> Delivery | None:
        """Have a delivery that is done delivered again, with the same id; None for an open one."""

        async def act(rows: DeliveryRows) -> Delivery | None:
            delivery = await rows.delivery(delivery_id)
            if delivery is None or delivery.is_open:
                return None
            again = replace(delivery, state="waiting", group=None, tries=0, due_at=now)
            rows.begin()
            rows.write_delivery(again)
            rows.enqueue(again, now)
            await rows.commit()
            return again

        return await self._in_one_step(act)

    async def forget_old(self, *, now: datetime) -> None:
        """Take what has expired off the list."""
        with redis_errors():
            end = milliseconds(now - 2 * self._keep)
            await self._client.zremrangebyscore(self._name("log"), "-inf", end)

    async def _claim(
        self, receiver: str, delivery_id: str, *, now: datetime, until: datetime
    ) -> Delivery | None:
        async def act(rows: DeliveryRows) -> Delivery | None:
            delivery = await rows.delivery(delivery_id)
            due_at = await rows.due_at(receiver, delivery_id)
            if due_at is None or due_at > milliseconds(now):
                return None
            if delivery is None or not delivery.is_open:
                rows.begin()
                rows.dequeue(receiver, delivery_id)
                await rows.commit()
                return None
            taken = replace(delivery, state="sending", tries=delivery.tries + 1)
            group = await rows.group(delivery.group) if delivery.group else None
            rows.begin()
            rows.write_delivery(taken)
            if delivery.group and group is not None:
                waiting = tuple(one for one in group.waiting if one != delivery_id)
                rows.write_group(
                    delivery.group, replace(group, sending=delivery_id, waiting=waiting)
                )
            rows.enqueue(taken, until)
            await rows.commit()
            return taken

        return await self._in_one_step(act)

    async def _in_one_step(self, act: Callable[[DeliveryRows], Awaitable[_T]]) -> _T:
        return await in_one_step(self._client, act, prefix=self._prefix, keep=self._keep)

    def _name(self, what: str) -> str:
        return f"{self._prefix}:{what}"


class _Table:
    """The groups and deliveries that the notices of one change touch."""

    def __init__(self, rows: DeliveryRows) -> None:
        self._rows = rows
        self._groups: dict[str, Group] = {}
        self.deliveries: dict[str, Delivery] = {}
        self._is_due: dict[str, bool] = {}

    async def take(self, place: Placed, collect: Collect) -> None:
        """Put a notice into its group."""
        group = self._groups.get(place.group) or await self._rows.group(place.group)
        collecting = None
        if group.waiting:
            last = group.waiting[-1]
            collecting = self.deliveries.get(last) or await self._rows.delivery(last)
        collected = collect(group, collecting, place)
        self._groups[place.group] = collected.group
        self.deliveries[collected.delivery.id] = collected.delivery
        self._is_due[collected.delivery.id] = collected.is_due

    def write(self) -> None:
        """Write all of it."""
        for group_id, group in self._groups.items():
            self._rows.write_group(group_id, group)
        for delivery in self.deliveries.values():
            self._rows.write_delivery(delivery)
            if self._is_due[delivery.id]:
                self._rows.enqueue(delivery, delivery.due_at)
            elif not delivery.is_open:
                self._rows.dequeue(delivery.receiver, delivery.id)


def _settled(stored: Delivery, settlement: Settlement) -> Delivery:
    attempts = (*stored.attempts, settlement.attempt)[-KEPT_ATTEMPTS:]
    return replace(stored, state=settlement.state, attempts=attempts, due_at=settlement.due_at)


async def _next_of(
    rows: DeliveryRows, settled: Delivery, now: datetime
) -> tuple[Group | None, Delivery | None]:
    """The group of a delivery that is done, and the delivery whose turn it is."""
    if settled.is_open or settled.group is None:
        return None, None
    group = replace(await rows.group(settled.group), sending=None, flushed_at=now)
    return group, await rows.delivery(group.waiting[0]) if group.waiting else None
