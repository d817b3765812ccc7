"""When quiet hours let something out, over midnight and over a change of the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.alerting.quiet import audible_at
from stancewire.alerting.rules import QuietHours

NIGHT = QuietHours(start="22:00", end="07:00", time_zone="Europe/Berlin")
LUNCH = QuietHours(start="12:00", end="13:00", time_zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("at", "goes_at"),
    [
        ("2026-03-09T20:59:00+00:00", "2026-03-09T20:59:00+00:00"),
        ("2026-03-09T21:00:00+00:00", "2026-03-10T06:00:00+00:00"),
        ("2026-03-10T02:00:00+00:00", "2026-03-10T06:00:00+00:00"),
        ("2026-03-10T06:00:00+00:00", "2026-03-10T06:00:00+00:00"),
        # The clock goes forward in this night: 07:00 comes an hour earlier.
        ("2026-03-28T22:30:00+00:00", "2026-03-29T05:00:00+00:00"),
        # And back in this one.
        ("2026-10-24T21:00:00+00:00", "2026-10-25T06:00:00+00:00"),
    ],
)
def test_it_goes_out_when_the_night_is_over(at, goes_at):
    found = audible_at(datetime.fromisoformat(at), [NIGHT])
    assert found == datetime.fromisoformat(goes_at)


def test_hours_that_touch_are_passed_together():
    morning = QuietHours(start="07:00", end="09:30", time_zone="Europe/Berlin")
    at = datetime(2026, 3, 10, 2, tzinfo=UTC)
    assert audible_at(at, [morning, NIGHT]) == datetime(2026, 3, 10, 8, 30, tzinfo=UTC)


def test_days_are_those_on_which_the_hours_begin():
    weekend = QuietHours(start="20:00", end="08:00", time_zone="Europe/Berlin", days=("fri", "sat"))
    saturday_morning = datetime(2026, 3, 14, 3, tzinfo=UTC)
    monday_morning = datetime(2026, 3, 16, 3, tzinfo=UTC)
    assert audible_at(saturday_morning, [weekend]) == datetime(2026, 3, 14, 7, tzinfo=UTC)
    assert audible_at(monday_morning, [weekend]) == monday_morning


def test_a_whole_day_of_silence_does_not_keep_it_for_good():
    always = QuietHours(start="00:00", end="00:00", time_zone="UTC")
    at = datetime(2026, 3, 10, 2, tzinfo=UTC)
    assert audible_at(at, [always]) - at < timedelta(days=17)


@given(
    at=st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(
        lambda naive: naive.replace(tzinfo=UTC)
    )
)
def test_it_never_goes_out_early_or_in_quiet_hours(at):
    goes_at = audible_at(at, [NIGHT, LUNCH])
    assert goes_at >= at
    assert audible_at(goes_at, [NIGHT, LUNCH]) == goes_at
    local = goes_at.astimezone(NIGHT.zone)
    assert 7 <= local.hour < 22
    assert local.hour != 12
