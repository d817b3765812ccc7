"""Run one server program on a free loopback port for as long as a `with` block lasts."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from stancewire.errors import Unavailable
from stancewire.plumbing.keeper import keeper_command

HOST = "127.0.0.1"
_ATTEMPTS = 3
_POLL_SECONDS = 0.02
_STOP_SECONDS = 10.0
_LOG_LINES = 15


@dataclass(frozen=True, kw_only=True)
class LocalServer:
    """How to start one kind of server, and how to know that it is ours that answers."""

    name: str
    command: Callable[[int, Path], Sequence[str]]
    """From a port and a directory of its own to the argument list."""
    is_ours: Callable[[int, Path], bool]
    """Whether the server of that port and directory answers; OSError while nobody does."""


def is_free(host: str, port: int) -> bool:
    """Whether somebody could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family):
            return True
    except OSError:
        return False


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody holds at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(
    server: LocalServer, *, deadline: float, choose_port: Callable[[], int] = free_port
) -> Iterator[int]:
    """Start the server, yield the port at which it answers, end it and remove its directory.

    A port may be taken between choosing and binding it, so another one is tried. Blocks up to
    `deadline` seconds at the start and a few seconds at the end.

    Raises:
        Unavailable: it ended or did not answer; the message carries its last log lines.
    """
    until = time.monotonic() + deadline
    for attempts_left in reversed(range(_ATTEMPTS)):
        port = choose_port()
        directory = Path(tempfile.mkdtemp(prefix="stancewire-"))
        with tempfile.TemporaryFile() as log:
            keeper = _start(server, port, directory, log)
            try:
                if _answers(server, port, directory, keeper, until=until):
                    yield port
                    return
                ended = keeper.poll() is not None
            finally:
                _stop(keeper, directory)
            if not attempts_left or time.monotonic() >= until:
                raise Unavailable(_problem(server, port, log, ended=ended))


def _start(
    server: LocalServer, port: int, directory: Path, log: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start the server under a keeper, with nothing inherited but PATH and HOME.

    Variables meant for other programs (a schema registry, a telemetry endpoint) would configure it.
    """
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.Popen(  # noqa: S603 - an argument list of our own, no shell
        keeper_command(server.command(port, directory), remove=directory),
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=inherited | {"LC_ALL": "C"},
        start_new_session=True,
    )


def _answers(
    server: LocalServer,
    port: int,
    directory: Path,
    keeper: subprocess.Popen[bytes],
    *,
    until: float,
) -> bool:
    """Wait until this very server answers; False when it ended or the time is over."""
    while keeper.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError):
            if server.is_ours(port, directory):
                return True
        time.sleep(_POLL_SECONDS)
    return False


def _problem(server: LocalServer, port: int, log: IO[bytes], *, ended: bool) -> str:
    """Say what went wrong, with the last lines that the server wrote."""
    happened = "ended while starting" if ended else "did not answer in time"
    log.seek(0)
    written = log.read().decode(errors="replace").splitlines()[-_LOG_LINES:]
    lines = "\n".join(f"  {line}" for line in written) or "  (it wrote nothing)"
    return f"the embedded {server.name} on {HOST}:{port} {happened}; its last lines:\n{lines}"


def _stop(keeper: subprocess.Popen[bytes], directory: Path) -> None:
    """Let the keeper end the server; if it does not, end its whole session. Remove what is left."""
    if keeper.stdin is not None:
        keeper.stdin.close()
    try:
        keeper.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(keeper.pid, signal.SIGKILL)
        keeper.wait()
    shutil.rmtree(directory, ignore_errors=True)
