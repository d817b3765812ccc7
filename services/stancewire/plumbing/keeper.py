"""Hold one child process so that it never outlives whoever asked for it.

`python -m stancewire.plumbing.keeper [--grace S] [--remove DIR] -- COMMAND…` runs COMMAND with the
keeper's own output. The asker keeps the write end of the keeper's standard input and never writes:
when it closes, because the asker ended or was killed, the keeper ends the command (SIGTERM, then
SIGKILL after the grace period) and removes DIR. A signal to the keeper does the same. The keeper's
exit code is the command's, 128 + n where signal n ended it.

Only the standard library, one thread, Linux and macOS.
"""

import argparse
import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

GRACE = 4.0
_END = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
_COMMAND_MISSING = 127


def keeper_command(
    command: Sequence[str], *, grace: float = GRACE, remove: Path | None = None
) -> list[str]:
    """The argument list that runs `command` under a keeper; start it with `stdin=PIPE`.

    `grace` is in seconds. Start it in a session of its own, so that Ctrl-C reaches the asker alone.
    It runs by its path, isolated and without site-packages: it starts fast and whatever the
    environment that is meant for the command.
    """
    options = ["--grace", str(grace)]
    if remove is not None:
        options += ["--remove", str(remove)]
    return [sys.executable, "-I", "-S", str(Path(__file__)), *options, "--", *command]


def main(arguments: Sequence[str]) -> int:
    """Run the command until it ends or the asker is gone; return its exit code."""
    options = _parse(arguments)
    wakeups = _listen_to_signals()
    try:
        return _hold(options.command, wakeups=wakeups, grace=options.grace)
    finally:
        if options.remove is not None:
            shutil.rmtree(options.remove, ignore_errors=True)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="keeper", description=__doc__)
    parser.add_argument("--grace", type=float, default=GRACE)
    parser.add_argument("--remove", type=Path)
    parser.add_argument("command", nargs="+")
    return parser.parse_args(arguments)


def _listen_to_signals() -> int:
    """Let every signal of interest arrive as a byte on a pipe; return the pipe's read end."""
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    for number in (*_END, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    return read_end


def _hold(command: Sequence[str], *, wakeups: int, grace: float) -> int:
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our asker's own
    except OSError as error:
        print(f"cannot start {command[0]}: {error.strerror}", file=sys.stderr, flush=True)
        return _COMMAND_MISSING
    _wait_for_an_end(child, wakeups)
    return _end(child, wakeups, grace=grace)


def _wait_for_an_end(child: subprocess.Popen[bytes], wakeups: int) -> None:
    """Return when the child has ended, the asker is gone or a signal asks for the end."""
    asker = 0
    while child.poll() is None:
        ready, _, _ = select.select([asker, wakeups], [], [])
        if asker in ready and not os.read(asker, 4096):
            return
        if wakeups in ready and _END & set(os.read(wakeups, 4096)):
            return


def _end(child: subprocess.Popen[bytes], wakeups: int, *, grace: float) -> int:
    if child.poll() is None:
        child.terminate()
    deadline = time.monotonic() + grace
    while child.poll() is None:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            child.kill()
            child.wait()
            break
        select.select([wakeups], [], [], remaining)
        with contextlib.suppress(BlockingIOError):
            os.read(wakeups, 4096)
    code = child.returncode
    return 128 - code if code < 0 else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
