"""One client's stream of changes: what it missed, then what comes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from stancewire.events import StanceChange
from stancewire.gateway.hub import Hub, Listener, News, hello, keep_alive, news, stale
from stancewire.gateway.metrics import GatewayMetrics
from stancewire.gateway.server import ABORT
from stancewire.stores.track_index import Position, TrackIndex

KEEP_ALIVE_S = 15.0
SLOW_S = 10.0
"""A client that takes nothing for so long is dropped."""
RESUMED = 500
"""Most changes that are sent after the fact; who missed more fetches anew."""

Wanted = Callable[[StanceChange], bool]


class EventStream(Response):
    """Streams until the client goes, is too slow, or the hub ends; then leaves the hub."""

    media_type = "text/event-stream"

    def __init__(
        self,
        listener: Listener,
        *,
        hub: Hub,
        missed: tuple[News, ...],
        wanted: Wanted,
        metrics: GatewayMetrics,
    ) -> None:
        self.status_code, self.background, self.body = 200, None, b""
        self.init_headers({"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._listener = listener
        self._hub = hub
        self._missed = missed
        self._wanted = wanted
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the stream (ASGI)."""
        self._metrics.streams.inc()
        tasks = [
            asyncio.ensure_future(act)
            for act in (self._pump(send), _gone(receive), self._listener.lost.wait())
        ]
        pumping, _, losing = tasks
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if losing.done() or (pumping.done() and isinstance(pumping.exception(), TimeoutError)):
                self._drop(scope)
        finally:
            self._hub.leave(self._listener)
            self._metrics.streams.dec()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _drop(self, scope: Scope) -> None:
        """End the connection without waiting for what the client has not taken."""
        self._metrics.dropped.inc()
        with suppress(KeyError):
            scope["extensions"][ABORT]()

    async def _pump(self, send: Send) -> None:
        """Send frame after frame; raises TimeoutError where the client takes none for too long."""
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        async for frame in self._frames():
            async with asyncio.timeout(SLOW_S):
                await send({"type": "http.response.body", "body": frame, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _frames(self) -> AsyncIterator[bytes]:
        position = self._listener.position
        for past in self._missed:
            if self._concerns(past):
                yield past.frame
        yield hello(position)
        while True:
            try:
                async with asyncio.timeout(KEEP_ALIVE_S):
                    each = await self._listener.queue.get()
            except TimeoutError:
                yield keep_alive(position)
                continue
            if each is None:
                return
            position = each.position
            if self._concerns(each):
                yield each.frame

    def _concerns(self, each: News) -> bool:
        return each.change is None or self._wanted(each.change)


async def missed(index: TrackIndex, *, seen: Position, until: Position) -> tuple[News, ...]:
    """What a client that has seen `seen` missed up to `until`; one `stale` where it is too much."""
    found = await index.changes(after=seen, limit=RESUMED + 1)
    oldest = await index.oldest_position()
    if seen == until:
        return ()
    if oldest is None or _order(seen) < _order(oldest) or _order(seen) > _order(until):
        return (stale(until, "changes since then are not kept any more"),)
    if len(found) > RESUMED:
        return (stale(until, f"more than {RESUMED} changes came since then"),)
    return tuple(
        news(position, change) for position, change in found if _order(position) <= _order(until)
    )


def _order(position: Position) -> tuple[int, ...]:
    return tuple(map(int, position.split("-")))


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
