"""Services are kept running, heard, and ended, each by its own rule."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.plumbing.supervise import Backoff, Service, Supervisor

PATIENCE = 20.0
RUN = """import signal, sys, time
signal.signal(signal.SIGTERM, {})
print('up', flush=True)
time.sleep(60)
"""
POLITE = RUN.format("lambda *_: sys.exit(0)")
RUDE = RUN.format("lambda *_: sys.exit(7)")
STUBBORN = RUN.format("signal.SIG_IGN")


def python(name: str, program: str, **environment: str) -> Service:
    return Service(name=name, command=[sys.executable, "-c", program], environment=environment)


class Stage:
    """A supervisor whose lines can be waited for."""

    def __init__(self, **options) -> None:
        self.lines: list[str] = []
        self._changed = asyncio.Event()
        options.setdefault("backoff", Backoff(first=0.01))
        self.supervisor = Supervisor(write=self._write, **options)

    def _write(self, line: str) -> None:
        self.lines.append(line)
        self._changed.set()

    async def seen(self, pattern: str, *, times: int = 1) -> None:
        async with asyncio.timeout(PATIENCE):
            while sum(bool(re.search(pattern, line)) for line in self.lines) < times:
                self._changed.clear()
                await self._changed.wait()


async def test_what_services_write_is_shown_behind_their_names():
    stage = Stage()
    services = [
        python("short", "import sys; print('to output'); sys.stderr.write('to error'); " + POLITE),
        python("much-longer", POLITE),
    ]
    running = asyncio.create_task(stage.supervisor.run(services))
    await stage.seen(r"^short       \| to output$")
    await stage.seen(r"^short       \| to error")
    await stage.seen(r"^much-longer \| up$")
    stage.supervisor.stop()
    assert await running == 0


async def test_a_service_sees_our_environment_and_its_own(monkeypatch):
    monkeypatch.setenv("OF_ALL", "1")
    monkeypatch.setenv("OF_BOTH", "ours")
    program = "import os; print(os.environ['OF_ALL'], os.environ['OF_BOTH'], flush=True); "
    stage = Stage()
    running = asyncio.create_task(
        stage.supervisor.run([python("one", program + POLITE, OF_BOTH="its own")])
    )
    await stage.seen("1 its own")
    stage.supervisor.stop()
    assert await running == 0


async def test_a_service_that_ends_is_started_again_and_said_so():
    stage = Stage()
    running = asyncio.create_task(stage.supervisor.run([python("frail", "raise SystemExit(3)")]))
    await stage.seen(r"^frail ! ended with code 3 after .* starts again in 0\.01 s")
    await stage.seen(r"starts again in 0\.02 s")
    await stage.seen(r"starts again in 0\.04 s")
    stage.supervisor.stop()
    assert await running == 0


async def test_a_service_that_was_killed_comes_back(tmp_path):
    program = "import os; print('pid', os.getpid(), flush=True); " + POLITE
    stage = Stage()
    running = asyncio.create_task(stage.supervisor.run([python("one", program)]))
    await stage.seen("pid")
    os.kill(int(stage.lines[0].split()[-1]), signal.SIGKILL)
    await stage.seen(r"ended with code 137")
    await stage.seen("pid", times=2)
    stage.supervisor.stop()
    assert await running == 0


async def test_what_a_killed_service_left_among_temporary_files_is_removed(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    leaving = "import os, tempfile; print(tempfile.mkdtemp(), os.getpid(), flush=True); "
    stage = Stage()
    running = asyncio.create_task(stage.supervisor.run([python("one", leaving + POLITE)]))
    await stage.seen(r"^one \| up$")
    _, _, left, pid = stage.lines[0].split()
    place = tmp_path / Path(left).relative_to(tmp_path)
    assert place.is_dir()
    os.kill(int(pid), signal.SIGKILL)
    await stage.seen("ended with code 137")
    assert not place.exists()
    stage.supervisor.stop()
    assert await running == 0
    assert not list(tmp_path.iterdir())


async def test_the_pause_starts_over_after_a_steady_run():
    moments = iter(range(0, 10_000, 100))
    stage = Stage(clock=lambda: float(next(moments)), backoff=Backoff(first=0.01, steady=60))
    running = asyncio.create_task(stage.supervisor.run([python("frail", "raise SystemExit(1)")]))
    await stage.seen(r"after 100\.0 s; starts again in 0\.01 s", times=3)
    stage.supervisor.stop()
    await running


async def test_bad_configuration_ends_everything_with_code_2():
    stage = Stage()
    running = stage.supervisor.run([python("wrong", "raise SystemExit(2)"), python("one", POLITE)])
    assert await asyncio.wait_for(running, PATIENCE) == 2
    assert any("cannot run with this configuration" in line for line in stage.lines)


async def test_a_service_that_will_not_end_is_killed_and_named():
    stage = Stage(grace=0.8)
    running = asyncio.create_task(
        stage.supervisor.run([python("stubborn", STUBBORN), python("one", POLITE)])
    )
    await stage.seen("stubborn.*up")
    await stage.seen("one.*up")
    stage.supervisor.stop()
    assert await asyncio.wait_for(running, PATIENCE) == 1
    assert any(re.search(r"stubborn.*had to be killed", line) for line in stage.lines)


async def test_a_bad_end_is_our_bad_end():
    stage = Stage()
    running = asyncio.create_task(stage.supervisor.run([python("one", RUDE)]))
    await stage.seen("up")
    stage.supervisor.stop()
    assert await running == 1
    assert any("ended with code 7 when asked to end" in line for line in stage.lines)


async def test_cancelling_ends_the_services():
    program = "import os; print('pid', os.getpid(), flush=True); " + POLITE
    stage = Stage()
    running = asyncio.create_task(stage.supervisor.run([python("one", program)]))
    await stage.seen("up")
    pid = int(stage.lines[0].split()[-1])
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_an_overlong_line_is_left_out_and_the_next_one_shown():
    program = "print('x' * 3_000_000); print('after', flush=True); " + POLITE
    stage = Stage()
    running = asyncio.create_task(stage.supervisor.run([python("loud", program)]))
    await stage.seen(r"left out a line")
    await stage.seen(r"^loud \| after$")
    stage.supervisor.stop()
    assert await running == 0


def test_services_end_when_the_supervisor_is_killed():
    program = f"""
import asyncio, sys
from stancewire.plumbing.supervise import Service, Supervisor
service = Service(name="one", command=[sys.executable, "-c", {POLITE!r}])
asyncio.run(Supervisor(write=lambda line: print(line, flush=True)).run([service]))
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as supervisor:
        assert b"up" in supervisor.stdout.readline()
        (keeper,) = children_of(supervisor.pid)
        (service,) = children_of(keeper)
        supervisor.kill()
    deadline = time.monotonic() + PATIENCE
    while is_running(keeper) or is_running(service):
        assert time.monotonic() < deadline, "something outlived the supervisor"
        time.sleep(0.02)


def children_of(parent: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    pairs = [line.split() for line in listed.stdout.splitlines()]
    return [int(pid) for pid, its_parent in pairs if int(its_parent) == parent]


def is_running(pid: int) -> bool:
    listed = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(listed.stdout.strip()) and not listed.stdout.strip().startswith("Z")


@given(st.integers(1, 200), st.floats(0.01, 5), st.floats(5, 100))
def test_pauses_grow_and_stay_within_their_bounds(failures, first, longest):
    backoff = Backoff(first=first, longest=longest)
    assert first <= backoff.delay(failures) <= backoff.delay(failures + 1) <= longest
