"""The small HTTP server by which an orchestrator and Prometheus watch a service.

`/healthz` answers as long as the process is alive, `/readyz` says whether it can do its work and
why not, `/metrics` is Prometheus's text format.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from stancewire.errors import ConfigurationError
from stancewire.plumbing.sections import TelemetrySettings

Problems = Callable[[], Mapping[str, str]]
"""What keeps the service from its work just now, each with the reason; empty when ready.

Called in the event loop at each request: it must not block or raise.
"""


@asynccontextmanager
async def serving_health(
    telemetry: TelemetrySettings, *, registry: CollectorRegistry, problems: Problems
) -> AsyncIterator[str]:
    """Serve as long as the block lasts; yields the address, `http://host:port`.

    Raises ConfigurationError where the port cannot be had.
    """
    runner = web.AppRunner(_application(registry, problems), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, telemetry.http_host, telemetry.http_port)
        try:
            await site.start()
        except OSError as error:
            raise ConfigurationError(
                f"telemetry.http_host {telemetry.http_host} with telemetry.http_port"
                f" {telemetry.http_port} cannot be listened on; choose a port that is free,"
                f" or 0 for any: {error.strerror}"
            ) from error
        host, port = runner.addresses[0][:2]
        yield f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def _application(registry: CollectorRegistry, problems: Problems) -> web.Application:
    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_: web.Request) -> web.Response:
        found = dict(problems())
        answer = {"ready": not found, "problems": found}
        return web.json_response(answer, status=503 if found else 200)

    async def metrics(request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return web.Response(body=encode(registry), headers={"content-type": content_type})

    application = web.Application()
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    application.router.add_get("/metrics", metrics)
    return application
