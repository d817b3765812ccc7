"""One worker as a process of its own, to be watched, killed and started again."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patience import wait_for

WORKERS = Path(__file__).parent / "rule_workers.py"


class WorkerProcess:
    """Started at once; `environment` holds the settings. Its log lines are kept in `log`."""

    def __init__(self, name: str, environment: Mapping[str, str], log: Path) -> None:
        self.name, self._log = name, log
        own = {k: v for k, v in os.environ.items() if not k.startswith("STANCEWIRE_")}
        forms = {"STANCEWIRE_TELEMETRY__LOG_FORMAT": "json"}
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, str(WORKERS), name],
                env={**own, **forms, **environment},
                stderr=out,
                stdout=out,
            )

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What it logged so far."""
        found = []
        for line in self._log.read_text(errors="replace").splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                found.append({"event": line})
        return found

    def has_said(self, word: str) -> bool:
        """Whether a line holds this event."""
        return any(line.get("event") == word for line in self.lines)

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def problems(self) -> dict[str, str] | None:
        """What /readyz names; None while nobody answers there."""
        address = next((line["health"] for line in self.lines if "health" in line), None)
        if address is None:
            assert self.is_alive, f"{self.name} ended:\n{self._log.read_text()[-4000:]}"
            return None
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
                return json.load(answer)["problems"]
        except urllib.error.HTTPError as error:
            return json.load(error)["problems"]
        except OSError:
            return None

    def metrics(self) -> str:
        address = next(line["health"] for line in self.lines if "health" in line)
        with urllib.request.urlopen(f"{address}/metrics", timeout=15) as answer:
            return answer.read().decode()

    def wait_until_ready(self) -> None:
        wait_for(lambda: self.problems() == {}, what=f"{self.name} is ready", every=0.1)

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.wait()

    def terminate(self, *, within: float = 15.0) -> tuple[int, float]:
        """Ask it to end; its exit code and how many seconds it took."""
        asked = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(within)
        return code, time.monotonic() - asked
