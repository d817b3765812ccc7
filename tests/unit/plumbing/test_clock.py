from datetime import UTC, datetime, timedelta, timezone

import pytest

from stancewire.plumbing.clock import ManualClock, SystemClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_manual_clock_moves_only_when_told() -> None:
    clock = ManualClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(timedelta(minutes=5))
    assert clock.now() == datetime(2026, 3, 1, 12, 5, tzinfo=UTC)


def test_a_manual_clock_tells_utc_whatever_zone_it_was_set_in() -> None:
    berlin = timezone(timedelta(hours=1))
    clock = ManualClock(datetime(2026, 3, 1, 13, tzinfo=berlin))
    assert clock.now().tzinfo is UTC
    assert clock.now() == NOON


def test_a_manual_clock_refuses_what_is_no_time() -> None:
    with pytest.raises(ValueError, match="time zone"):
        ManualClock(datetime(2026, 3, 1))
    with pytest.raises(ValueError, match="go back"):
        ManualClock(NOON).advance(timedelta(seconds=-1))


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
