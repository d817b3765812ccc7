"""A server process that can be stopped, killed and started again, and never outlives the tests."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from patience import wait_for
from stancewire.plumbing.keeper import keeper_command

LOG_LINES = 40


class HeldProcess:
    """One command, started as often as wanted, with its output in one log file."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        answers: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._command = command
        self._log = log
        self._answers = answers
        self._environment = {**os.environ, **(environment or {})}
        self._keeper: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._keeper is not None and self._keeper.poll() is None

    def start(self) -> None:
        """Start it; return at once."""
        if self.is_running:
            return
        with self._log.open("ab") as log:
            self._keeper = subprocess.Popen(
                keeper_command(self._command, grace=30.0),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )

    def wait_until_it_answers(self, *, seconds: float = 150.0) -> None:
        """Return once it answers; AssertionError with its last log lines where it does not."""

        def answers_or_ended() -> bool:
            if not self.is_running:
                raise AssertionError(f"{self.name} ended while starting:\n{self.last_lines()}")
            try:
                return self._answers()
            except OSError:
                return False

        try:
            wait_for(answers_or_ended, what=f"{self.name} answers", seconds=seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.last_lines()}") from error

    def stop(self) -> None:
        """End it in order (SIGTERM) and wait."""
        self._end(lambda keeper: keeper.terminate())

    def kill(self) -> None:
        """End it at once, as a crash would (SIGKILL to the server and its keeper)."""
        self._end(lambda keeper: os.killpg(keeper.pid, signal.SIGKILL))

    def last_lines(self) -> str:
        """The end of its log."""
        lines = self._log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES:])

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        if keeper.poll() is None:
            how(keeper)
            keeper.wait(60)
        keeper.stdin.close()
