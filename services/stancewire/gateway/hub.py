"""New changes on their way to everybody who listens.

One task reads them from Redis, whatever the number of listeners, and hands the same bytes to each.
A listener has a bounded queue; one that does not take what comes is given up, and has to come back
with the position that it has seen.
"""

import asyncio
from dataclasses import dataclass, field

import msgspec
import structlog

from stancewire.errors import Unavailable
from stancewire.events import StanceChange, Value
from stancewire.stores.track_index import Position, TrackIndex

QUEUE = 256
"""Changes that wait for one listener at most."""
FLOOD = 200
"""More changes at once than this: Redis was away or folded anew, and a client better fetches."""
_WAIT_S = 2.0
_PAUSE_S = 1.0

_log = structlog.get_logger(__name__)


class Where(Value, frozen=True, kw_only=True):
    """The data of the events `hello` and `stale`."""

    position: Position
    """All changes after it will come."""
    reason: str | None = None
    """Of `stale`: why changes are left out."""


@dataclass(frozen=True, kw_only=True)
class News:
    """What to tell listeners: a change, or, where there is none, to fetch anew."""

    position: Position
    change: StanceChange | None
    frame: bytes


@dataclass(eq=False, kw_only=True)
class Listener:
    """Takes what comes after `position`."""

    position: Position
    queue: "asyncio.Queue[News | None]" = field(default_factory=asyncio.Queue)
    """None comes last, when the hub ends."""
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the listener is given up for being slow."""


class Hub:
    """Reads changes once and hands them to all listeners. Lives in one event loop."""

    def __init__(self, index: TrackIndex, *, queue: int = QUEUE) -> None:
        self._index = index
        self._queue = queue
        self._listeners: set[Listener] = set()
        self._position: Position | None = None
        self._ended = False
        self._away: str | None = "Redis was not asked yet"

    def __len__(self) -> int:
        return len(self._listeners)

    def join(self) -> Listener:
        """Listen from now on. Raises Unavailable where Redis has not told yet what "now" is."""
        if self._position is None or self._ended:
            raise Unavailable("the stream cannot be opened just now; try again in a moment")
        listener = Listener(position=self._position)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Listen no more."""
        self._listeners.discard(listener)

    def end(self) -> None:
        """Tell all listeners that nothing comes any more."""
        self._ended = True
        for listener in self._listeners:
            listener.queue.put_nowait(None)

    def problems(self) -> dict[str, str]:
        """Why the gateway is not ready; empty where it is."""
        problems = {"redis": self._away} if self._away else {}
        return problems | ({"stop": "the service is stopping"} if self._ended else {})

    async def run(self) -> None:
        """Read and hand on until cancelled; waits while Redis is away."""
        while True:
            try:
                await self._read()
            except Unavailable as error:
                self._away = str(error)
                _log.warning("waiting for Redis", reason=str(error), pause_s=_PAUSE_S)
                await asyncio.sleep(_PAUSE_S)

    async def _read(self) -> None:
        if self._position is None:
            self._position = await self._index.newest_position()
        self._away = None
        found = await self._index.wait_for_changes(
            after=self._position, limit=FLOOD + 1, wait_s=_WAIT_S
        )
        if len(found) > FLOOD:
            newest = await self._index.newest_position()
            self._tell(stale(newest, "more changes came at once than a stream carries"))
            return
        for position, change in found:
            self._tell(news(position, change))

    def _tell(self, news: News) -> None:
        self._position = news.position
        for listener in list(self._listeners):
            if listener.queue.qsize() < self._queue:
                listener.queue.put_nowait(news)
            else:
                self._listeners.discard(listener)
                listener.lost.set()


def news(position: Position, change: StanceChange) -> News:
    """A change as it is told."""
    data = msgspec.json.encode(change)
    return News(position=position, change=change, frame=_frame("change", position, data))


def stale(position: Position, reason: str) -> News:
    """That changes are left out before `position`."""
    data = msgspec.json.encode(Where(position=position, reason=reason))
    return News(position=position, change=None, frame=_frame("stale", position, data))


def hello(position: Position) -> bytes:
    """The first event of a stream: it is live, and begins here."""
    data = msgspec.json.encode(Where(position=position))
    return b"retry: 2000\n" + _frame("hello", position, data)


def keep_alive(position: Position) -> bytes:
    """A comment that keeps proxies from closing, and the position, which starts no event."""
    return f": still here\nid: {position}\n\n".encode()


def _frame(event: str, position: Position, data: bytes) -> bytes:
    """A server-sent event (WHATWG HTML, 9.2). JSON has no line break in it."""
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (position.encode(), event.encode(), data)
