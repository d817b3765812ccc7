"""Looks whether Kafka and Redis are there, so that readiness is honest while nothing comes."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from redis.asyncio import Redis

from stancewire.errors import StancewireError, Unavailable
from stancewire.plumbing.kafka_clients import client_options
from stancewire.plumbing.sections import KafkaSettings
from stancewire.stores.unavailable import redis_errors
from stancewire.workers.guard import Readiness

EVERY_S = 2.0
"""Between one look and the next; `/readyz` answers from what the last look found."""
PATIENCE_S = 5.0
"""What does not answer in that time is away."""

_log = structlog.get_logger(__name__)


async def watch(
    what: str,
    ask: Callable[[], Awaitable[None]],
    readiness: Readiness,
    *,
    every_s: float = EVERY_S,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Keep `readiness` true to whether `ask` returns or raises a StancewireError, until cancelled.

    It is logged when that changes, not at each look.
    """
    is_away = False
    while True:
        try:
            await ask()
        except StancewireError as error:
            readiness.lost(what, str(error))
            if not is_away:
                _log.error("away", what=what, reason=str(error))
            is_away = True
        else:
            readiness.found(what)
            if is_away:
                _log.info("back", what=what)
            is_away = False
        await sleep(every_s)


async def ask_redis(client: Redis, *, patience_s: float = PATIENCE_S) -> None:
    """Return once Redis has answered a PING; raises Unavailable."""
    try:
        async with asyncio.timeout(patience_s):
            with redis_errors():
                await client.ping()
    except TimeoutError as error:
        raise Unavailable(
            f"Redis has not answered for {patience_s:g} s; check that it runs and is not stuck"
        ) from error


async def ask_kafka(kafka: KafkaSettings, *, patience_s: float = PATIENCE_S) -> None:
    """Return once one of the brokers has taken a connection and named the cluster's nodes.

    Raises Unavailable, or ConfigurationError where a certificate file cannot be used.
    """
    client = AIOKafkaClient(**client_options(kafka))
    try:
        async with asyncio.timeout(patience_s):
            await client.bootstrap()
    except (KafkaError, OSError) as error:  # OSError: the time-out among others
        why = str(error) or f"nothing came in {patience_s:g} s"
        raise Unavailable(
            f"Kafka does not answer at {kafka.bootstrap_servers}; check that it runs and that"
            f" kafka.bootstrap_servers and kafka.security_protocol are right: {why}"
        ) from error
    finally:
        await client.close()
