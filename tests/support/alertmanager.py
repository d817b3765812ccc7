"""A real Prometheus Alertmanager (Debian's package prometheus-alertmanager)."""

import json
import shutil
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from held_process import HeldProcess
from ports import stable_port

_CONFIG = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"


class AlertmanagerServer:
    """Starts on entering, ends on leaving; keeps its port and data in between."""

    def __init__(self, directory: Path) -> None:
        program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
        if program is None:
            raise AssertionError("no Alertmanager on PATH: apt install prometheus-alertmanager")
        (directory / "config.yml").write_text(_CONFIG)
        port = stable_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = HeldProcess(
            f"Alertmanager on port {port}",
            [
                program,
                f"--config.file={directory / 'config.yml'}",
                f"--storage.path={directory}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            log=directory / "alertmanager.log",
            answers=lambda: urllib.request.urlopen(f"{self.url}/-/ready", timeout=2).status == 200,
        )

    def alerts(self) -> list[dict[str, Any]]:
        """What is open there now."""
        with urllib.request.urlopen(f"{self.url}/api/v2/alerts", timeout=5) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found

    def __enter__(self) -> Self:
        self.process.start()
        self.process.wait_until_it_answers()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.stop()
