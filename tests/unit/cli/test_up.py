"""`up` as a process of its own, with stand-ins for the services: start, mend, end, exit code."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from patience import wait_for

STAND_IN = """
import http.server, os, signal, socket, sys

class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass

def leave(*_):
    host, port = os.environ["STANCEWIRE_KAFKA__BOOTSTRAP_SERVERS"].split(":")
    with socket.socket() as probe:
        reached = probe.connect_ex((host, int(port))) == 0
    print("goodbye, broker reached:", reached, flush=True)
    sys.exit(int(os.environ.get("STAND_IN_EXIT", "0")))

signal.signal(signal.SIGTERM, leave)
print("pid", os.getpid(), flush=True)
port = int(os.environ["STANCEWIRE_TELEMETRY__HTTP_PORT"])
http.server.HTTPServer(("127.0.0.1", port), Ready).serve_forever()
"""

UP = """
import sys
from dataclasses import replace
from stancewire.cli import up

plan = up.plan_services
up.plan_services = lambda *given: [
    replace(service, command=[sys.executable, sys.argv[1]]) for service in plan(*given)
]
up.up(sys.argv[2:])
"""


class Up:
    """A running `up`, and what it has written so far."""

    def __init__(self, directory: Path, *options: str, **environment: str) -> None:
        stand_in = directory / "stand_in.py"
        stand_in.write_text(STAND_IN)
        self.scratch = directory / "scratch"
        self.scratch.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-c", UP, str(stand_in), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=directory,
            env={**os.environ, "TMPDIR": str(self.scratch), **environment},
            start_new_session=True,
        )
        self.text = ""
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.text += line

    def see(self, pattern: str, *, times: int = 1) -> list[str]:
        def found() -> list[str]:
            matches = re.findall(pattern, self.text, re.MULTILINE)
            return matches if len(matches) >= times else []

        try:
            return wait_for(found, what=pattern)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text}") from None

    def wait(self) -> int:
        code = self.process.wait(30)
        self._reading.join(30)
        return code

    def close(self) -> None:
        self.process.kill()
        self.wait()
        self.process.stdout.close()


@pytest.fixture
def start(tmp_path):
    started = []

    def start(*options: str, **environment: str) -> Up:
        started.append(Up(tmp_path, *options, **environment))
        return started[-1]

    yield start
    for up in started:
        up.close()


def is_running(pid: int) -> bool:
    listed = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(listed.stdout.strip()) and not listed.stdout.strip().startswith("Z")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_all_says_so_and_ends_all_in_time(start, number):
    up = start("--readers", "2")
    pids = [int(pid) for pid in up.see(r"\| pid (\d+)$", times=4)]
    up.see(r"all services are ready")
    assert {"reader-1", "reader-2", "tracker-1"} <= set(re.findall(r"^([\w-]+) +\|", up.text, re.M))
    assert up.see(r"stancewire tail changes")
    began = time.monotonic()
    os.killpg(up.process.pid, number)
    assert up.wait() == 0
    assert time.monotonic() - began < 5
    assert up.text.count("goodbye, broker reached: True") == 4, "the servers ended too early"
    assert not any(is_running(pid) for pid in pids)
    assert not list(up.scratch.iterdir())


def test_a_killed_service_comes_back(start):
    up = start()
    up.see(r"all services are ready")
    (first,) = up.see(r"^tracker-1 \| pid (\d+)$")
    os.kill(int(first), signal.SIGKILL)
    up.see(r"^tracker-1 ! ended with code 137")
    _, second = up.see(r"^tracker-1 \| pid (\d+)$", times=2)
    assert is_running(int(second))
    up.process.send_signal(signal.SIGINT)
    assert up.wait() == 0


def test_bad_configuration_of_a_service_ends_all_with_code_2(start):
    up = start(STAND_IN_EXIT="2")
    pid, *_ = up.see(r"\| pid (\d+)$", times=2)
    os.kill(int(pid), signal.SIGTERM)
    assert up.wait() == 2


def test_nothing_is_left_when_it_is_killed(start):
    up = start()
    pids = [int(pid) for pid in up.see(r"\| pid (\d+)$", times=3)]
    up.process.kill()
    wait_for(lambda: not any(is_running(pid) for pid in pids), what="the services end")
    wait_for(lambda: not list(up.scratch.iterdir()), what="the servers' directories are removed")
