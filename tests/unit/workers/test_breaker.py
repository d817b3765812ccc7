"""The guard's breaker: what trips it is the share among the newest records, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from stancewire.plumbing.sections import GuardSettings
from stancewire.workers.breaker import Breaker


def breaker(*, window: int = 10, share: float = 0.5, minimum: int = 4) -> Breaker:
    return Breaker(GuardSettings(window=window, share=share, minimum=minimum))


def noted(ends: str, **limits: float) -> Breaker:
    """`x` a dead letter, anything else a record that ended well."""
    one = breaker(**limits)  # type: ignore[arg-type]
    for end in ends:
        one.note(is_dead=end == "x")
    return one


def test_below_the_minimum_nothing_is_judged() -> None:
    assert noted("xxx").reason is None
    assert noted("xxxx").reason is not None


def test_a_share_at_the_limit_is_borne_and_one_above_it_is_not() -> None:
    assert noted(".x.x.x").reason is None
    assert noted(".x.xx").reason is not None


def test_what_left_the_window_is_forgotten() -> None:
    assert noted("xxxxx" + "." * 5 + ".....xxxxx", minimum=10).reason is None
    assert noted("xxxxx" + "." * 5 + "....xxxxxx", minimum=10).reason is not None


def test_a_share_of_one_never_stops() -> None:
    assert noted("x" * 100, share=1).reason is None


def test_the_reason_says_what_was_seen_and_how_to_mend_it_and_stays() -> None:
    one = noted("xxxx")
    reason = one.reason
    assert reason is not None
    for part in ("4 of the last 4", "guard.share = 0.5", "dlq list", "restart", "dlq replay"):
        assert part in reason
    for _ in range(50):
        one.note(is_dead=False)
    assert one.reason == reason


@given(
    ends=st.text("x.", max_size=60),
    window=st.integers(1, 20),
    share=st.floats(0, 1),
    minimum=st.integers(1, 20),
)
def test_it_trips_as_a_plain_count_over_the_window_says(
    ends: str, window: int, share: float, minimum: int
) -> None:
    minimum = min(minimum, window)
    expected = any(
        ends[i - 1] == "x" and len(recent) >= minimum and recent.count("x") / len(recent) > share
        for i in range(1, len(ends) + 1)
        if (recent := ends[max(0, i - window) : i])
    )
    one = noted(ends, window=window, share=share, minimum=minimum)
    assert (one.reason is not None) == expected
    recent = ends[-window:]
    assert one.share == (recent.count("x") / len(recent) if recent else 0)
