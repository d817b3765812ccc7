"""Run several services as child processes: show what they write, start them again, end them all.

Each runs under a keeper (see `keeper.py`), so that none outlives us even when we are killed.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stancewire.plumbing.keeper import keeper_command

BAD_CONFIGURATION = 2
"""Exit code by which a service says that starting it again cannot help."""
_KILLED = 128 + signal.SIGKILL
_ENDED_AS_ASKED = (0, 128 + signal.SIGTERM)
_MARGIN_SECONDS = 0.5
_LONGEST_LINE = 1024 * 1024
_LAST_OUTPUT_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Service:
    """One process to keep running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to our own environment."""


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """How long to wait before a service that ended is started again, in seconds."""

    first: float = 0.5
    longest: float = 30.0
    steady: float = 60.0
    """One that ran so long counts as recovered."""

    def delay(self, failures: int) -> float:
        """The pause after so many failures in a row: doubled each time, up to the longest.

        >>> [Backoff().delay(failures) for failures in (1, 2, 3, 10)]
        [0.5, 1.0, 2.0, 30.0]
        """
        return min(self.longest, self.first * 2.0 ** min(failures - 1, 60))


class Supervisor:
    """Keeps services running until it is told to stop.

    `write` gets every line that a service writes, as `name | line`, and what is to be said about
    the service itself, as `name ! text`.
    `grace` is how long the services have to end, in seconds; after it they are killed.
    """

    def __init__(
        self,
        *,
        write: Callable[[str], None],
        backoff: Backoff | None = None,
        grace: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._write = write
        self._backoff = backoff or Backoff()
        self._grace = grace
        self._clock = clock
        self._stop = asyncio.Event()
        self._width = 0

    def stop(self) -> None:
        """End all services; `run` returns once they have ended."""
        self._stop.set()

    async def run(self, services: Sequence[Service]) -> int:
        """Run the services until `stop` is called or one says that its configuration is bad.

        Returns 0 when all ended as asked, 2 on bad configuration, else 1. Cancelling it ends the
        services too. Raises OSError where a process cannot be started at all.
        """
        self._width = max((len(service.name) for service in services), default=0)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._keep_running(service)) for service in services]
        codes = {task.result() for task in tasks}
        if BAD_CONFIGURATION in codes:
            return BAD_CONFIGURATION
        return 0 if codes <= {0} else 1

    async def _keep_running(self, service: Service) -> int:
        failures = 0
        while not self._stop.is_set():
            started = self._clock()
            code = await self._run_once(service)
            if self._stop.is_set():
                return self._judge(service, code)
            if code == BAD_CONFIGURATION:
                self._say(service, "cannot run with this configuration; ending everything")
                self._stop.set()
                return code
            lived = self._clock() - started
            failures = 1 if lived >= self._backoff.steady else failures + 1
            delay = self._backoff.delay(failures)
            self._say(
                service, f"ended with code {code} after {lived:.1f} s; starts again in {delay:g} s"
            )
            await self._pause(delay)
        return 0

    def _judge(self, service: Service, code: int) -> int:
        """The service's part in our own exit code, after we asked it to end."""
        if code in _ENDED_AS_ASKED:
            return 0
        how = "had to be killed" if code == _KILLED else f"ended with code {code}"
        self._say(service, f"{how} when asked to end")
        return code

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    async def _run_once(self, service: Service) -> int:
        """Start the service, show its output, and return its exit code once it has ended.

        Its temporary files go to a directory that its keeper removes, however it ended.
        """
        scratch = Path(tempfile.mkdtemp(prefix=f"stancewire-{service.name}-"))
        grace = self._grace - _MARGIN_SECONDS
        keeper = await asyncio.create_subprocess_exec(
            *keeper_command(service.command, grace=grace, remove=scratch),
            stdin=PIPE,
            stdout=PIPE,
            stderr=STDOUT,
            env={**os.environ, "TMPDIR": str(scratch), **service.environment},
            start_new_session=True,
            limit=_LONGEST_LINE,
        )
        output = asyncio.create_task(self._show_output(service, keeper))
        ending = asyncio.create_task(keeper.wait())
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({ending, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            code = await self._end(keeper)
            await asyncio.wait({output}, timeout=_LAST_OUTPUT_SECONDS)
            output.cancel()
            shutil.rmtree(scratch, ignore_errors=True)
        return code

    async def _end(self, keeper: Process) -> int:
        """End the keeper, and by it the service; kill both where the keeper fails to."""
        if keeper.returncode is None:
            keeper.terminate()
        try:
            code = await asyncio.wait_for(keeper.wait(), self._grace)
        except TimeoutError:
            code = -signal.SIGKILL
        if code < 0:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(keeper.pid, signal.SIGKILL)
            await keeper.wait()
        if keeper.stdin is not None:
            keeper.stdin.close()
        return 128 - code if code < 0 else code

    async def _show_output(self, service: Service, keeper: Process) -> None:
        if keeper.stdout is None:
            return
        while True:
            try:
                line = await keeper.stdout.readline()
            except ValueError:
                self._say(service, f"(left out a line of more than {_LONGEST_LINE} bytes)")
                continue
            if not line:
                return
            self._write(f"{service.name:<{self._width}} | {line.decode(errors='replace').rstrip()}")

    def _say(self, service: Service, text: str) -> None:
        self._write(f"{service.name:<{self._width}} ! {text}")
