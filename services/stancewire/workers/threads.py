"""Blocking work beside the event loop, and leaving without waiting for it."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """A few threads for the model and for clients that block."""

    def __init__(self, number: int = 2) -> None:
        self._executor = ThreadPoolExecutor(number, thread_name_prefix="stancewire")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a thread; heartbeats go on meanwhile. Raises what it raises.

        When the caller is cancelled, the thread goes on unheeded: a thread cannot be stopped.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, lambda: work(*args, **kwargs))

    def abandon(self) -> None:
        """Take no more work and wait for none."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def leave(code: int) -> int:
    """`code`, for the process to exit with; ends it here and now where a thread is still at work.

    Python would wait for such a thread before it exits, and a model can take longer than the few
    seconds that an orchestrator grants. Nothing is lost by it: what the thread does is uncommitted.
    """
    main = threading.main_thread()
    if any(not t.daemon and t is not main and t.is_alive() for t in threading.enumerate()):
        _end(code)
    return code


def leave_after(seconds: float, code: int) -> None:
    """End the process with `code` after that time, whatever it is doing, unless it ended before."""
    deadline = threading.Timer(seconds, _end, [code])
    deadline.daemon = True
    deadline.start()


def _end(code: int) -> None:
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
