"""The live page in a real browser: a gateway that can be ended and started again, and a reader."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, Page
from redis.asyncio import Redis

from gateway_world import GatewayWorld
from patience import until
from ports import stable_port
from stancewire.events import Observation, StanceChange
from stancewire.gateway.server import Server, listening, server

WAIT_MS = 60_000
"""How long a busy machine may take for what is instant on an idle one."""


class PageWorld:
    """A gateway at one address, whatever it is ended and started; use it in an `async with`."""

    def __init__(self, client: Redis, **settings: object) -> None:
        self._client, self._settings = client, {"port": stable_port(), **settings}
        self.world = GatewayWorld(client, **self._settings)
        self._running: Server | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._settings['port']}"

    async def track(self, *observations: Observation) -> list[StanceChange]:
        """Take observations in as a tracker does, whether the gateway runs or not."""
        return await self.world.track(*observations)

    async def start(self) -> None:
        hub, chosen = self.world.parts.hub, self.world.parts.settings
        self._running = running = server(self.world.app, chosen)
        with listening(chosen) as opened:
            socket = opened.dup()
        self._tasks = [
            asyncio.create_task(running.serve(sockets=[socket])),
            asyncio.create_task(hub.run()),
        ]
        await until(lambda: running.started and not hub.problems(), what="the gateway serves")

    async def stop(self) -> None:
        if self._running is None:
            return
        self.world.parts.hub.end()
        self._running.stop()
        await self._tasks[0]
        self._tasks[1].cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._running = None
        # A hub that has ended begins no second time: another gateway, on the same data.
        self.world = GatewayWorld(self._client, namespace=self.world.namespace, **self._settings)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()


@dataclass
class Reader:
    """Somebody with a browser; what went wrong in it is in `faults`."""

    context: BrowserContext
    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    async def visit(self, path: str = "/") -> Page:
        """Open a page and wait until it is live."""
        await self.page.goto(self.address + path)
        await self.page.locator("#live[data-state=live]").wait_for()
        return self.page

    async def texts(self, selector: str) -> list[str]:
        """What a reader sees of each element, in one line each."""
        found = await self.page.locator(selector).all_inner_texts()
        return [re.sub(r"\s+", " ", text).strip() for text in found]


Readers = Callable[..., AbstractAsyncContextManager[Reader]]
"""`reading` of one gateway, which takes the options of the browser."""


@asynccontextmanager
async def reading(
    browser: Browser, address: str, *, width: int = 1280, height: int = 900, **options: Any
) -> AsyncIterator[Reader]:
    """A fresh browser profile, whose page must end without a fault of its own."""
    size = {"width": width, "height": height}
    given = {"locale": "en-GB", "timezone_id": "Europe/Berlin", "color_scheme": "light", **options}
    context = await browser.new_context(viewport=size, reduced_motion="reduce", **given)
    context.set_default_timeout(WAIT_MS)
    reader = Reader(context, await context.new_page(), address)
    reader.page.on("pageerror", lambda error: reader.faults.append(f"error: {error}"))
    reader.page.on("dialog", lambda dialog: reader.faults.append(f"dialog: {dialog.message}"))
    reader.page.on("console", lambda line: _heed(reader, line.type, line.text))
    try:
        yield reader
    finally:
        await context.close()
    assert reader.faults == []


def _heed(reader: Reader, kind: str, text: str) -> None:
    """Note what the browser complains of; a gateway that is away is part of the tests."""
    if kind in ("error", "warning") and "net::ERR" not in text and "status of 4" not in text:
        reader.faults.append(f"{kind}: {text}")
