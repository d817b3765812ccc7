"""Waiting for other processes, in one place: poll with a deadline, never a bare pause."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(look: Callable[[], T], *, what: str, seconds: float = 30.0, every: float = 0.02) -> T:
    """The first true value of `look`; AssertionError naming `what` when the time is over."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() >= deadline:
            raise AssertionError(f"waited {seconds:g} s in vain: {what}")
        time.sleep(every)
    return found


async def until(look: Callable[[], object], *, what: str, seconds: float = 30.0) -> None:
    """Return once `look` is true; AssertionError naming `what` when the time is over."""
    deadline = time.monotonic() + seconds
    # A server's own state sets no event of ours: look again and again.
    while not look():
        if time.monotonic() >= deadline:
            raise AssertionError(f"waited {seconds:g} s in vain: {what}")
        await asyncio.sleep(0.01)
