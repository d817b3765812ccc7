"""Wires one worker together and runs it from start to SIGTERM.

At a signal the record in hand stays uncommitted unless it ends by itself within the moment that
Faust takes to leave its group; whoever gets its partition reads it again. A crash of Faust, which
gives up when its consumer is broken beyond a reconnect, ends the process with exit code 1, for a
supervisor to start it anew.
"""

import asyncio
import contextlib
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import faust
import structlog
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from stancewire.errors import Unavailable
from stancewire.plumbing import schemas
from stancewire.plumbing.clock import Clock, SystemClock
from stancewire.plumbing.health import serving_health
from stancewire.plumbing.kafka import Topics, apply_topics, diff_topics
from stancewire.plumbing.redis import redis_client
from stancewire.plumbing.settings import Settings
from stancewire.plumbing.telemetry import configure_logging, metrics_registry
from stancewire.stores.acts import Acts
from stancewire.stores.life import Life
from stancewire.workers.beginning import has_committed, join_life
from stancewire.workers.faust_app import FaustPublisher, consume, faust_app
from stancewire.workers.guard import FIRST_PAUSE_S, LONGEST_PAUSE_S, Guard, Handler, Readiness
from stancewire.workers.heeding import read_acts
from stancewire.workers.metrics import WorkerMetrics
from stancewire.workers.partitions import Partitions
from stancewire.workers.records import Publisher
from stancewire.workers.threads import Threads, leave, leave_after
from stancewire.workers.watching import ask_kafka, ask_redis, watch

STOP_WITHIN_S = 3.0
"""How long Faust has to leave its group and flush, once asked to stop."""
END_WITHIN_S = 4.5
"""After so long the process ends, however busy the machine is."""
_BROKER_PATIENCE_S = 5.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a worker's job is built from."""

    settings: Settings
    topics: Topics
    redis: Redis
    publisher: Publisher
    partitions: Partitions
    life: Life
    acts: Acts
    threads: Threads
    registry: CollectorRegistry
    clock: Clock


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a worker does: `handle` every record of `topic`, with `beside` running along."""

    topic: str
    handle: Handler
    model_version: str | None = None
    beside: Sequence[Callable[[], Awaitable[None]]] = ()


Build = Callable[[Parts], Awaitable[Job]]
"""Makes the job; it may load a model. Raises ConfigurationError where it cannot be done."""


def run_worker(settings: Settings, build: Build, *, name: str) -> int:
    """Run a worker until SIGTERM or SIGINT; its exit code. Raises ConfigurationError."""
    configure_logging(settings.telemetry, service=name)
    schemas.load()
    with tempfile.TemporaryDirectory(prefix=f"stancewire-{name}-") as directory:
        code = asyncio.run(_serve(settings, build, name=name, directory=Path(directory)))
    return leave(code)


async def _serve(settings: Settings, build: Build, *, name: str, directory: Path) -> int:
    registry, readiness, threads = metrics_registry(name), Readiness(), Threads()
    metrics, client = WorkerMetrics(registry), redis_client(settings.redis)
    health = serving_health(
        settings.telemetry, registry=registry, problems=lambda: readiness.problems
    )
    try:
        watches = [
            partial(watch, "redis", partial(ask_redis, client), readiness),
            partial(watch, "kafka", partial(ask_kafka, settings.kafka), readiness),
        ]
        async with _stop_on_signals() as stop, health as address, _beside(watches):
            _log.info("starting", health=address)
            app = faust_app(settings, name=name, directory=directory)
            partitions = Partitions()
            partitions.follow(app)
            life = Life(client, namespace=settings.redis.namespace)
            parts = Parts(
                settings=settings,
                topics=Topics(settings.kafka.topic_prefix),
                redis=client,
                publisher=FaustPublisher(app, metrics=metrics),
                partitions=partitions,
                life=life,
                acts=Acts(client, namespace=settings.redis.namespace, life=life),
                threads=threads,
                registry=registry,
                clock=SystemClock(),
            )
            job = await _unless(stop, _prepare(parts, build, readiness))
            if job is None:
                return 0
            _take_on(app, job, parts, metrics=metrics, readiness=readiness)
            return await _run(app, readiness=readiness, stop=stop, beside=job.beside)
    finally:
        threads.abandon()
        await client.aclose()


async def _prepare(parts: Parts, build: Build, readiness: Readiness) -> Job:
    await _patiently(partial(_ensure_topics, parts))
    settings = parts.settings
    await join_life(
        parts.life,
        namespace=settings.redis.namespace,
        has_worked=lambda: parts.threads.run(has_committed, settings.kafka),
        readiness=readiness,
    )
    await _patiently(partial(_learn_acts, parts))
    return await build(parts)


def _take_on(
    app: faust.App, job: Job, parts: Parts, *, metrics: WorkerMetrics, readiness: Readiness
) -> None:
    guard = Guard(
        job.handle,
        dead_letters=parts.topics.articles_dlq,
        publisher=parts.publisher,
        metrics=metrics,
        readiness=readiness,
        model_version=job.model_version,
        limits=parts.settings.guard,
    )
    consume(app, job.topic, guard.run, metrics=metrics)


async def _run(
    app: faust.App,
    *,
    readiness: Readiness,
    stop: asyncio.Event,
    beside: Sequence[Callable[[], Awaitable[None]]],
) -> int:
    _follow_partitions(app, readiness)
    running = asyncio.ensure_future(_start(app))
    try:
        async with _beside(beside):
            await app.wait(stop.wait())
        if app.crashed:
            _log.error("Faust gave up", exc_info=app.crash_reason)
        return 1 if app.crashed else 0
    finally:
        readiness.lost("stop", "the service is stopping")
        await _cancel([running])
        await _stop(app)


@contextlib.asynccontextmanager
async def _beside(acts: Sequence[Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    """Have `acts` run along until the block ends."""
    tasks = [asyncio.ensure_future(_kept_going(act)) for act in acts]
    try:
        yield
    finally:
        await _cancel(tasks)


async def _kept_going(act: Callable[[], Awaitable[None]]) -> None:
    """Run what runs beside the stream; start it again where an unforeseen error ends it."""
    while True:
        try:
            await act()
        except Exception as error:
            _log.error("unexpected error beside the stream", exc_info=error)
            await asyncio.sleep(LONGEST_PAUSE_S)
        else:
            return


async def _patiently(act: Callable[[], Awaitable[None]]) -> None:
    """Do `act`, however long what it needs is away."""
    pause = FIRST_PAUSE_S
    while True:
        try:
            return await act()
        except Unavailable as error:
            _log.warning("waiting for Kafka", reason=str(error), pause_s=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)


async def _ensure_topics(parts: Parts) -> None:
    """Create topics that are missing; leave them be where none is."""
    kafka = parts.settings.kafka
    found = await parts.threads.run(diff_topics, kafka, deadline_s=_BROKER_PATIENCE_S)
    if any(difference.setting == "topic" for difference in found):
        await parts.threads.run(apply_topics, kafka, deadline_s=_BROKER_PATIENCE_S)


async def _learn_acts(parts: Parts) -> None:
    """Know what people have decided, also where Redis has lost it."""
    parts.acts.learn(await parts.threads.run(read_acts, parts.settings.kafka, parts.topics.acts))
    await parts.acts.decided()


@contextlib.asynccontextmanager
async def _stop_on_signals() -> AsyncIterator[asyncio.Event]:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    caught = (signal.SIGTERM, signal.SIGINT)

    def asked() -> None:
        stop.set()
        # As good as a crash, which costs nothing; better than to be killed for being slow.
        leave_after(END_WITHIN_S, 0)

    for number in caught:
        loop.add_signal_handler(number, asked)
    try:
        yield stop
    finally:
        for number in caught:
            loop.remove_signal_handler(number)


async def _unless(stop: asyncio.Event, work: Awaitable[Job]) -> Job | None:
    """What `work` gives; None where `stop` is set first."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
    if working.done():
        await _cancel([stopping])
        return working.result()
    await _cancel([working])
    return None


def _follow_partitions(app: faust.App, readiness: Readiness) -> None:
    async def assigned(_app: faust.App, assigned: object, **_: object) -> None:
        readiness.found("start")

    app.on_partitions_assigned.connect(assigned, weak=False)


async def _start(app: faust.App) -> None:
    try:
        await app.start()
    except asyncio.CancelledError:
        raise
    except Exception as error:
        await app.crash(error)


async def _cancel(tasks: Sequence["asyncio.Future[Any]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _stop(app: faust.App) -> None:
    try:
        await asyncio.wait_for(app.stop(), STOP_WITHIN_S)
    except TimeoutError:
        _log.warning("Faust did not stop in time; what is unfinished stays uncommitted")
    except Exception as error:
        _log.warning("Faust did not stop cleanly", exc_info=error)
