"""Mute: when something may go out, given the quiet hours of its rule."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from stancewire.alerting.rules import DAYS, QuietHours

_LONGEST_CHAIN = 16
"""Quiet hours that follow on one another are passed at most so often."""


def audible_at(at: datetime, quiet: Sequence[QuietHours]) -> datetime:
    """The first moment from `at` on that is in no quiet hours; in UTC.

    Hours that touch or overlap are passed one after the other; where they leave no gap at all, the
    end of the last one that was tried counts, so that nothing is kept for good.
    """
    for _ in range(_LONGEST_CHAIN):
        ends = [end for hours in quiet if (end := _ends(hours, at)) is not None]
        if not ends:
            break
        at = max(ends)
    return at.astimezone(UTC)


def _ends(hours: QuietHours, at: datetime) -> datetime | None:
    """When the quiet hours end in which `at` lies; None where it lies in none."""
    today = at.astimezone(hours.zone).date()
    for day in (today - timedelta(days=1), today):
        if DAYS[day.weekday()] in hours.days:
            begin, end = _span(hours, day)
            if begin <= at < end:
                return end
    return None


def _span(hours: QuietHours, day: date) -> tuple[datetime, datetime]:
    """Begin and end in UTC, so that a night in which the clock is changed has its true length."""
    last = day + timedelta(days=1) if hours.end <= hours.start else day
    begin = datetime.combine(day, hours.start, tzinfo=hours.zone)
    return begin.astimezone(UTC), datetime.combine(last, hours.end, hours.zone).astimezone(UTC)
