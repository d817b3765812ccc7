"""A whole Stancewire on this machine: its own servers where none is configured, and its services.

Shared by `up` and `demo`.
"""

import asyncio
import contextlib
import sys
import time
from collections.abc import Iterator, Mapping, Sequence

from stancewire.plumbing.embedded import embedded_kafka, embedded_redis
from stancewire.plumbing.local_server import free_port
from stancewire.plumbing.probes import is_ready
from stancewire.plumbing.settings import Settings, variable
from stancewire.plumbing.supervise import Service

KINDS = ("reader", "tracker")
"""The commands of the services, in the order in which an article passes them."""

_EMBEDDED_SESSION_S = 6.0
_POLL_SECONDS = 0.1
_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not bound
_HTTP_PORT = variable("telemetry", "http_port")


@contextlib.contextmanager
def own_servers(settings: Settings) -> Iterator[Settings]:
    """The settings with a broker and a Redis that can be used: ours where none is configured.

    Ours end with the block. Raises ConfigurationError and Unavailable as `embedded_kafka` does.
    """
    with contextlib.ExitStack() as stack:
        if not settings.kafka.is_configured:
            address = stack.enter_context(embedded_kafka())
            settings = settings.replace(
                kafka={
                    # The embedded broker keeps a joining group waiting for half of its session.
                    "session_timeout_s": _EMBEDDED_SESSION_S,
                    **settings.kafka.model_dump(exclude_unset=True),
                    "bootstrap_servers": address,
                    "replication_factor": 1,
                }
            )
        if not settings.redis.is_configured:
            url = stack.enter_context(embedded_redis())
            settings = settings.replace(redis={"url": url})
        yield settings


def plan_services(settings: Settings, counts: Mapping[str, int]) -> list[Service]:
    """The processes to run: of each kind as many as `counts` says, one where it says nothing.

    They load their settings themselves; what was decided here goes into their environment.
    """
    names = [
        (kind, f"{kind}-{number}") for kind in KINDS for number in range(1, counts.get(kind, 1) + 1)
    ]
    return [
        Service(
            name=name,
            command=[sys.executable, "-P", "-m", "stancewire", kind],
            environment=_environment(settings, place=place),
        )
        for place, (kind, name) in enumerate(names)
    ]


def address_of(service: Service, settings: Settings) -> tuple[str, int]:
    """Host and port at which a planned service serves `/readyz` and `/metrics`."""
    host = settings.telemetry.http_host
    return ("127.0.0.1" if host in _EVERYWHERE else host), int(service.environment[_HTTP_PORT])


async def until_ready(services: Sequence[Service], settings: Settings) -> float:
    """Wait, without a limit of its own, until every service says it is ready; seconds it took."""
    started = time.monotonic()
    for service in services:
        # Another process cannot set an event of ours: ask it again and again.
        while not await asyncio.to_thread(  # noqa: ASYNC110
            is_ready, *address_of(service, settings)
        ):
            await asyncio.sleep(_POLL_SECONDS)
    return time.monotonic() - started


def _environment(settings: Settings, *, place: int) -> dict[str, str]:
    telemetry = settings.telemetry
    port = telemetry.http_port + place if telemetry.http_port else free_port()
    environment = {
        variable("kafka", "bootstrap_servers"): settings.kafka.bootstrap_servers,
        variable("kafka", "session_timeout_s"): str(settings.kafka.session_timeout_s),
        variable("redis", "url"): settings.redis.url.get_secret_value(),
        _HTTP_PORT: str(port),
    }
    if telemetry.log_format == "auto" and sys.stdout.isatty():
        environment[variable("telemetry", "log_format")] = "console"
    return environment
