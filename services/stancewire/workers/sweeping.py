"""Publishes that a stance is stale: the one thing that a tracker says because time has passed.

Each tracker looks after the partitions that it owns. It takes the keys whose newest vote is old
enough, writes the `stale` event into the key's outbox together with a note for which vote it is,
publishes the outbox, and only then takes the key off the list: after a crash at any point whoever
owns the partition next finishes it. Should two trackers hold a partition for a moment, one of them
writes first, and the other finds the note. The event's bytes are the same whoever makes it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Generic, Protocol

import structlog

from stancewire.errors import StancewireError
from stancewire.plumbing.clock import Clock
from stancewire.tracking import sweep
from stancewire.workers.tracking_flow import TrackedT, TrackingFlow

PAGE = 100


class Partitions(Protocol):
    """Which partitions this process owns."""

    def of(self, topic: str) -> Collection[int]:
        """The partitions of a topic, as of the last rebalance."""
        ...


class Sweeper(Generic[TrackedT]):
    """Looks for stale stances from time to time, in turns with the flow that takes observations."""

    def __init__(
        self, flow: TrackingFlow[TrackedT], *, topic: str, partitions: Partitions, clock: Clock
    ) -> None:
        self._flow = flow
        self._topic = topic
        self._partitions = partitions
        self._clock = clock
        self._log = structlog.get_logger(__name__)

    async def sweep(self) -> int:
        """Publish what is stale now in the partitions owned; how many events they were.

        Raises Unavailable; what was not published then is published the next time.
        """
        published = 0
        for partition in sorted(self._partitions.of(self._topic)):
            published += await self._sweep_partition(partition)
        return published

    async def watch(
        self, *, every_s: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Sweep every `every_s` seconds, until cancelled."""
        while True:
            await sleep(every_s)
            try:
                await self.sweep()
            except StancewireError as error:
                self._log.warning("stale stances wait", reason=str(error))

    async def _sweep_partition(self, partition: int) -> int:
        published, before = 0, self._clock.now() - self._flow.config.stale_after
        while keys := await self._flow.store.due(partition, before=before, limit=PAGE):
            for key in keys:
                if partition not in self._partitions.of(self._topic):
                    return published
                published += await self._take(key, partition)
        return published

    async def _take(self, key: str, partition: int) -> int:
        """Publish that a key is stale, if it is and was not said yet, and take it off the list."""
        flow, store = self._flow, self._flow.store
        async with flow.turn:
            while True:
                tracked = await flow.drained(await store.load(key))
                change = sweep(tracked.state, as_of=self._clock.now(), config=flow.config)
                vote = tracked.state.now.voted_at
                if change is None or vote is None or vote in tracked.called_stale:
                    await store.retire(tracked, partition=partition)
                    return 0
                outbox = flow.packed([change], traceparent=None)
                saved = await store.call_stale(tracked, vote=vote, outbox=outbox, change=change)
                if saved is not None:
                    await store.retire(await flow.drained(saved), partition=partition)
                    return 1
