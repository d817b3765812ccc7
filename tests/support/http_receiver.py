"""An HTTP server of the test's own that remembers what it was sent and answers as it is told."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

from aiohttp import web

LOOPBACK = (ip_network("127.0.0.0/8"),)


@dataclass
class Received:
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class HttpReceiver:
    """Answers with the next of `statuses`, at the end again and again with the last."""

    statuses: list[int] = field(default_factory=lambda: [200])
    headers: dict[str, str] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    url: str = ""
    released: asyncio.Event | None = None
    """Where set, no answer is given before this is."""

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.received.append(Received(request.path, request.headers, body))
        if self.released is not None:
            await self.released.wait()
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return web.Response(status=status, headers=self.headers, text="as told")


@asynccontextmanager
async def http_receiver(*statuses: int, **headers: str) -> AsyncIterator[HttpReceiver]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    receiver = HttpReceiver(list(statuses) or [200], named)
    application = web.Application()
    application.router.add_route("*", "/{any:.*}", receiver.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        receiver.url = f"http://{host}:{port}"
        yield receiver
    finally:
        await runner.cleanup()
