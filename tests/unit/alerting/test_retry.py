"""When a failed delivery is tried again."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from alert_builders import NOW
from stancewire.alerting.retry import LONGEST_WAIT_S, next_try

SCHEDULE = (5.0, 300.0)


def wait(**arguments: object) -> float:
    found = next_try(schedule_s=SCHEDULE, now=NOW, id="a", **arguments)  # type: ignore[arg-type]
    assert found is not None
    return (found - NOW) / timedelta(seconds=1)


@given(tries=st.integers(1, 2), name=st.text())
def test_waits_follow_the_schedule_spread_by_a_tenth(tries, name):
    found = next_try(tries=tries, schedule_s=SCHEDULE, now=NOW, id=name)
    seconds = (found - NOW).total_seconds()
    assert SCHEDULE[tries - 1] <= seconds <= SCHEDULE[tries - 1] * 1.1


def test_after_the_last_there_is_none():
    assert next_try(tries=3, schedule_s=SCHEDULE, now=NOW, id="a") is None
    assert next_try(tries=1, schedule_s=(), now=NOW, id="a") is None


def test_a_receiver_that_asks_for_more_time_gets_it_within_reason():
    assert wait(tries=1, retry_after_s=60.0) == 60.0
    assert wait(tries=2, retry_after_s=60.0) >= 300.0
    assert wait(tries=1, retry_after_s=1e9) == LONGEST_WAIT_S


def test_those_that_failed_together_come_back_apart():
    found = {next_try(tries=2, schedule_s=SCHEDULE, now=NOW, id=str(n)) for n in range(20)}
    assert len(found) == 20
