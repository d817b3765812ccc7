import asyncio
import subprocess
import sys
import threading
import time

import pytest

from stancewire.workers.threads import Threads

BUSY = """
import sys, threading, time
from stancewire.workers import threads
{0}
"""


def run(code: str) -> tuple[int, float]:
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", BUSY.format(code)], timeout=60, check=False)
    return done.returncode, time.monotonic() - begun


async def test_the_loop_goes_on_while_work_blocks() -> None:
    threads, release = Threads(), threading.Event()
    waiting = asyncio.ensure_future(threads.run(release.wait, 30))
    await asyncio.sleep(0)
    assert not waiting.done()
    release.set()
    assert await waiting is True
    threads.abandon()


async def test_errors_come_back() -> None:
    threads = Threads()
    with pytest.raises(ZeroDivisionError):
        await threads.run(lambda: 1 / 0)
    threads.abandon()


def test_a_process_leaves_though_a_thread_is_still_at_work() -> None:
    code = "threading.Thread(target=time.sleep, args=[50]).start(); sys.exit(threads.leave(3))"
    status, seconds = run(code)
    assert status == 3
    assert seconds < 45


def test_a_process_without_threads_leaves_in_order() -> None:
    assert run("sys.exit(threads.leave(4))")[0] == 4


def test_a_process_that_does_not_end_is_ended() -> None:
    status, seconds = run("threads.leave_after(0.1, 5); time.sleep(50)")
    assert status == 5
    assert seconds < 45
