"""Runs the gateway from start to SIGTERM."""

import asyncio
import signal
import time

import structlog
from redis.asyncio import Redis

from stancewire.gateway.app import make_app
from stancewire.gateway.cache import TimelineCache
from stancewire.gateway.hub import Hub
from stancewire.gateway.limits import RateLimiter
from stancewire.gateway.metrics import GatewayMetrics
from stancewire.gateway.parts import Parts
from stancewire.gateway.publisher import KafkaArticles
from stancewire.gateway.server import Server, address_of, listening, server
from stancewire.plumbing import schemas
from stancewire.plumbing.clock import SystemClock
from stancewire.plumbing.health import serving_health
from stancewire.plumbing.redis import redis_client
from stancewire.plumbing.settings import Settings
from stancewire.plumbing.telemetry import configure_logging, metrics_registry
from stancewire.stores.api_keys import ApiKeys
from stancewire.stores.repeats import Repeats
from stancewire.stores.track_index import TrackIndex
from stancewire.tracking import DetectorConfig
from stancewire.workers.threads import leave, leave_after
from stancewire.workers.tracker import configured_detector

NAME = "gateway"
END_WITHIN_S = 4.5
"""After so long the process ends, however busy the machine is."""

_log = structlog.get_logger(__name__)


def main(settings: Settings) -> int:
    """Serve until SIGTERM; the exit code. Raises ConfigurationError."""
    configure_logging(settings.telemetry, service=NAME)
    schemas.load()
    return leave(asyncio.run(_serve(settings)))


async def _serve(settings: Settings) -> int:
    detector = await asyncio.to_thread(configured_detector, settings)
    client = redis_client(settings.redis)
    publisher = KafkaArticles(settings.kafka)
    try:
        async with asyncio.TaskGroup() as beside:
            await _run(settings, detector, client, publisher, beside)
    finally:
        await publisher.close()
        await client.aclose()
    return 0


async def _run(
    settings: Settings,
    detector: DetectorConfig,
    client: Redis,
    publisher: KafkaArticles,
    beside: asyncio.TaskGroup,
) -> None:
    registry = metrics_registry(NAME)
    index = TrackIndex(client, namespace=settings.redis.namespace)
    hub = Hub(index)
    parts = Parts(
        settings=settings.gateway,
        max_body_bytes=settings.intake.max_body_bytes,
        index=index,
        keys=ApiKeys(client, namespace=settings.redis.namespace),
        repeats=Repeats(client, namespace=settings.redis.namespace),
        hub=hub,
        publisher=publisher,
        detector=detector,
        timelines=TimelineCache(),
        limiter=RateLimiter(per_minute=settings.gateway.requests_per_minute, clock=time.monotonic),
        metrics=GatewayMetrics(registry),
        clock=SystemClock(),
    )
    app = make_app(parts, registry=registry, problems_now=hub.problems)
    reading = beside.create_task(hub.run())
    health = serving_health(settings.telemetry, registry=registry, problems=hub.problems)
    with listening(settings.gateway) as socket:
        running = server(app, settings.gateway)
        _stop_on_signals(running, hub)
        async with health as address:
            _log.info("starting", health=address, serves=address_of(socket))
            await running.serve(sockets=[socket])
    reading.cancel()


def _stop_on_signals(running: Server, hub: Hub) -> None:
    def asked() -> None:
        hub.end()
        running.stop()
        leave_after(END_WITHIN_S, 0)

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked)
