"""The token bucket."""

from hypothesis import given
from hypothesis import strategies as st

from stancewire.gateway import limits
from stancewire.gateway.limits import RateLimiter


@given(
    per_minute=st.integers(1, 50),
    pauses=st.lists(st.floats(0, 30, allow_subnormal=False), min_size=1, max_size=200),
)
def test_nobody_gets_more_than_the_burst_and_the_rate(per_minute: int, pauses: list[float]) -> None:
    now = 0.0
    limiter = RateLimiter(per_minute=per_minute, clock=lambda: now)
    let_in = 0
    for pause in pauses:
        now += pause
        let_in += limiter.wait_s("a") == 0.0
    assert let_in <= per_minute + now * per_minute / 60 + 1e-6


@given(per_minute=st.integers(1, 600), calls=st.integers(1, 1000))
def test_who_waits_as_told_is_let_in(per_minute: int, calls: int) -> None:
    now = 0.0
    limiter = RateLimiter(per_minute=per_minute, clock=lambda: now)
    for _ in range(calls):
        wait = limiter.wait_s("a")
        if wait:
            now += wait + 1e-6
            assert limiter.wait_s("a") == 0.0


def test_only_so_many_callers_are_remembered(monkeypatch) -> None:
    monkeypatch.setattr(limits, "KEPT_CALLERS", 3)
    limiter = RateLimiter(per_minute=1, clock=lambda: 0.0)
    assert [limiter.wait_s(name) for name in "abcd"] == [0.0] * 4
    assert limiter.wait_s("d") == 60.0
    assert limiter.wait_s("a") == 0.0, "forgotten, so begun anew"
    assert len(limiter._buckets) == 3
