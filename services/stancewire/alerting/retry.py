"""Deliver with retry: when a delivery that failed is tried again."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

LONGEST_WAIT_S = 24 * 60 * 60
"""The most that a receiver's `retry-after` is heeded for."""
_SPREAD = 0.1


def next_try(
    *,
    tries: int,
    schedule_s: Sequence[float],
    now: datetime,
    id: str,
    retry_after_s: float | None = None,
) -> datetime | None:
    """When to try again after `tries` tries have failed; None after the last.

    Waits are spread by up to a tenth, by the delivery's id, so that all that failed together does
    not come back together. A receiver that asks for more time gets it.
    """
    if tries > len(schedule_s):
        return None
    wait = schedule_s[tries - 1] * (1 + _SPREAD * _fraction(f"{id} {tries}"))
    if retry_after_s is not None:
        wait = max(wait, min(retry_after_s, LONGEST_WAIT_S))
    return now + timedelta(seconds=wait)


def _fraction(text: str) -> float:
    """A number in [0, 1) that is the same for the same text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48
