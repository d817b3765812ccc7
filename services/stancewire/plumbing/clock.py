"""Time as a parameter: code that needs the time of day asks a `Clock` that it was given."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time. Never blocks, never raises."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved, for tests."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("start must carry a time zone")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The time it was last moved to, aware, in UTC."""
        return self._now

    def advance(self, step: timedelta) -> None:
        """Move forward by `step`; a negative one raises ValueError."""
        if step < timedelta(0):
            raise ValueError("time does not go back")
        self._now += step
