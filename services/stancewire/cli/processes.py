"""A whole Stancewire on this machine: its own servers where none is configured, and its services.

Shared by `up` and `demo`.
"""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence

from stancewire.alerting.loading import load_rules
from stancewire.plumbing.embedded import embedded_kafka, embedded_redis
from stancewire.plumbing.local_server import free_port, is_free
from stancewire.plumbing.probes import is_ready
from stancewire.plumbing.settings import Settings, variable
from stancewire.plumbing.supervise import Service

KINDS = ("reader", "tracker", "alerter", "gateway")
"""The commands of the services, in the order in which an article passes them."""

_EMBEDDED_SESSION_S = 6.0
_POLL_SECONDS = 0.1
_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not bound
_HTTP_PORT = variable("telemetry", "http_port")
_GATEWAY_PORT = variable("gateway", "port")


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
            settings = _opened(settings.replace(redis={"url": url}))
        yield settings


def plan_services(settings: Settings, counts: Mapping[str, int]) -> list[Service]:
    """The processes to run: of each kind as many as `counts` says, one where it says nothing.

    An alerter is run only where there are rules for it.
    They load their settings themselves; what was decided here goes into their environment.
    """
    names = [
        (kind, f"{kind}-{number}")
        for kind in KINDS
        if kind != "alerter" or settings.alerter.rules_file is not None
        for number in range(1, counts.get(kind, 1) + 1)
    ]
    gateway_port = _gateway_port(settings)
    return [
        Service(
            name=name,
            command=[sys.executable, "-P", "-m", "stancewire", kind],
            environment={
                **_environment(settings, place=place),
                _GATEWAY_PORT: str(gateway_port),
            },
        )
        for place, (kind, name) in enumerate(names)
    ]


def check_rules(settings: Settings) -> None:
    """Raise ConfigurationError where there are alert rules and an alerter would refuse them."""
    if settings.alerter.rules_file is not None:
        load_rules(settings.alerter.rules_file, environ=os.environ)


def address_of(service: Service, settings: Settings) -> tuple[str, int]:
    """Host and port at which a planned service serves `/readyz` and `/metrics`."""
    host = settings.telemetry.http_host
    return ("127.0.0.1" if host in _EVERYWHERE else host), int(service.environment[_HTTP_PORT])


def page_of(services: Sequence[Service], settings: Settings) -> str:
    """Where a planned gateway serves the HTTP interface: `http://host:port`."""
    host, port = settings.gateway.host, services[0].environment[_GATEWAY_PORT]
    shown = "127.0.0.1" if host in _EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


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


def _opened(settings: Settings) -> Settings:
    """Without keys, unless the operator wants them: a Redis of ours has none that could be known.

    Only this machine can reach it; where others could, keys are asked for all the same.
    """
    gateway = settings.gateway
    if "access" in gateway.model_fields_set or not gateway.is_loopback:
        return settings
    return settings.replace(gateway={"access": "open"})


def _gateway_port(settings: Settings) -> int:
    """The port of the settings; another one where it is only the default and is taken."""
    gateway = settings.gateway
    if gateway.port and ("port" in gateway.model_fields_set or is_free(gateway.host, gateway.port)):
        return gateway.port
    return free_port()


def _environment(settings: Settings, *, place: int) -> dict[str, str]:
    telemetry = settings.telemetry
    port = telemetry.http_port + place if telemetry.http_port else free_port()
    environment = {
        variable("kafka", "bootstrap_servers"): settings.kafka.bootstrap_servers,
        variable("kafka", "session_timeout_s"): str(settings.kafka.session_timeout_s),
        variable("redis", "url"): settings.redis.url.get_secret_value(),
        variable("gateway", "access"): settings.gateway.access,
        _HTTP_PORT: str(port),
    }
    if telemetry.log_format == "auto" and sys.stdout.isatty():
        environment[variable("telemetry", "log_format")] = "console"
    return environment
