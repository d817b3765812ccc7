"""Publishes embargoed articles anew when they are due."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

import structlog

from stancewire.errors import StancewireError
from stancewire.plumbing.clock import Clock
from stancewire.plumbing.envelope import Record
from stancewire.stores.recorded import Parked
from stancewire.workers.records import Outgoing, Publisher


class Parking(Protocol):
    """Where embargoed articles wait; `stores.assignments.Assignments` is one."""

    async def due(self, now: datetime, *, limit: int = 100) -> Sequence[tuple[str, Parked]]:
        """The articles that are due."""
        ...

    async def release(self, uri: str, parked: Parked) -> None:
        """Forget one, unless another version has taken its place."""
        ...


class Embargo:
    """Looks for due articles from time to time.

    Several readers may do so at once: an article that is published twice is read once, since its
    repeat is known by its content.
    """

    def __init__(self, parking: Parking, *, publisher: Publisher, topic: str, clock: Clock) -> None:
        self._parking = parking
        self._publisher = publisher
        self._topic = topic
        self._clock = clock
        self._log = structlog.get_logger(__name__)

    async def lift(self) -> int:
        """Publish every article that is due now; how many they were.

        Raises Unavailable; what was not released is published again the next time.
        """
        due = await self._parking.due(self._clock.now())
        for uri, parked in due:
            record = Record(key=parked.key, value=parked.value, headers=list(parked.headers))
            await self._publisher.publish([Outgoing(topic=self._topic, record=record)])
            await self._parking.release(uri, parked)
            self._log.info("embargo lifted", uri=uri, due=parked.due.isoformat())
        return len(due)

    async def watch(
        self, *, every_s: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Lift what is due every `every_s` seconds, until cancelled."""
        while True:
            try:
                await self.lift()
            except StancewireError as error:
                self._log.warning("embargoes wait", reason=str(error))
            await sleep(every_s)
