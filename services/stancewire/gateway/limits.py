"""How many requests a caller may make: a token bucket each, in bounded memory.

Each gateway counts for itself. (A. S. Tanenbaum, D. J. Wetherall, "Computer Networks", 5th ed.
2011, section 5.4.2.)
"""

from collections import OrderedDict
from collections.abc import Callable

KEPT_CALLERS = 10_000
"""Buckets that are kept; whoever has not called for longest is forgotten, and has a full one."""


class RateLimiter:
    """`per_minute` requests in the long run, as many at once.

    >>> limiter = RateLimiter(per_minute=2, clock=lambda: 0.0)
    >>> [limiter.wait_s("a") for _ in range(3)]
    [0.0, 0.0, 30.0]
    """

    def __init__(self, *, per_minute: int, clock: Callable[[], float]) -> None:
        self._burst = float(per_minute)
        self._per_second = per_minute / 60.0
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, caller: str) -> float:
        """Take one request; 0 where it may go on, else the seconds until one may."""
        now = self._clock()
        left, then = self._buckets.pop(caller, (self._burst, now))
        left = min(self._burst, left + (now - then) * self._per_second)
        wait = 0.0 if left >= 1.0 else (1.0 - left) / self._per_second
        self._buckets[caller] = (left - 1.0 if wait == 0.0 else left, now)
        if len(self._buckets) > KEPT_CALLERS:
            self._buckets.popitem(last=False)
        return wait
