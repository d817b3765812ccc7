"""Redis clients made from the settings, and waiting for Redis."""

import asyncio
import time
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import AuthenticationError, RedisError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from stancewire.errors import ConfigurationError, Unavailable
from stancewire.plumbing.sections import RedisSettings

_PAUSE_S = 0.1


def redis_client(redis: RedisSettings) -> Redis:
    """A client with a connection pool; it connects at the first call. Close it with `aclose()`.

    Replies are bytes. A call that finds no connection is tried again `redis.retries` times with
    growing pauses; then it raises the `redis` package's ConnectionError or TimeoutError.
    Raises ConfigurationError where the URL cannot be understood.
    """
    url = redis.url.get_secret_value()
    tls: dict[str, Any] = {"ssl_ca_certs": str(redis.ssl_ca_file)} if redis.ssl_ca_file else {}
    try:
        return Redis.from_url(
            url,
            socket_timeout=redis.timeout_s,
            socket_connect_timeout=redis.timeout_s,
            retry=Retry(ExponentialWithJitterBackoff(cap=1.0, base=0.05), redis.retries),
            retry_on_error=[RedisConnectionError, RedisTimeoutError],
            health_check_interval=30,
            **tls,
        )
    except ValueError as error:
        raise ConfigurationError(
            f"redis.url {shown_url(redis)} cannot be understood: {error}"
        ) from error


async def wait_for_redis(redis: RedisSettings, *, deadline_s: float) -> None:
    """Return once Redis answers.

    Raises Unavailable after `deadline_s` seconds without an answer, ConfigurationError where Redis
    refuses the credentials.
    """
    end = time.monotonic() + deadline_s
    async with aclosing(redis_client(redis)) as client:
        while True:
            try:
                await client.ping()
            except AuthenticationError as error:
                raise ConfigurationError(
                    f"Redis at {shown_url(redis)} refuses the login in redis.url: {error}"
                ) from error
            except (RedisError, OSError) as error:
                if time.monotonic() + _PAUSE_S > end:
                    raise Unavailable(
                        f"Redis does not answer at {shown_url(redis)}; check that it runs and that"
                        f" redis.url is right: {error}"
                    ) from error
                await asyncio.sleep(_PAUSE_S)
            else:
                return


def shown_url(redis: RedisSettings) -> str:
    """The URL without user, password and query, fit for logs."""
    parts = urlsplit(redis.url.get_secret_value())
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
