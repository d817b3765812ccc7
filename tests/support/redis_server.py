"""A real Redis (or Valkey) whose writes survive a crash, for tests that crash it."""

from pathlib import Path
from types import TracebackType
from typing import Self

from held_process import HeldProcess
from ports import stable_port
from stancewire.plumbing.embedded import find_redis
from stancewire.plumbing.probes import redis_directory

HOST = "127.0.0.1"


class RedisServer:
    """Starts on entering, ends on leaving; keeps its port and data in between.

    Every write is on disk before it is answered, unless `fsync` is another of Redis's policies.
    """

    def __init__(self, directory: Path, *, fsync: str = "always") -> None:
        home = directory / "redis"
        home.mkdir(parents=True)
        self._port = stable_port()
        place = ["--bind", HOST, "--port", str(self._port), "--dir", str(home)]
        keeping = ["--appendonly", "yes", "--appendfsync", fsync, "--save", ""]
        self.process = HeldProcess(
            f"Redis on port {self._port}",
            [str(find_redis()), *place, *keeping],
            log=home / "server.log",
            answers=lambda: str(home).encode() in redis_directory(HOST, self._port),
            environment={"LC_ALL": "C"},
        )

    @property
    def url(self) -> str:
        """A `redis://` URL."""
        return f"redis://{HOST}:{self._port}/0"

    def start(self) -> None:
        """Start it where it does not run, and return when it answers."""
        self.process.start()
        self.process.wait_until_it_answers()

    def stop(self) -> None:
        """End it in order."""
        self.process.stop()

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
