import itertools

import pytest

from stancewire.cli.benching.rounds import Contender, Spread, take_turns


class Course:
    """A clock that only work moves on, and what has run."""

    def __init__(self) -> None:
        self.now = 0.0
        self.ran: list[str] = []

    def contender(self, name: str, seconds: list[float], amount: float = 1) -> Contender:
        durations = itertools.cycle(seconds)

        def work() -> None:
            self.ran.append(name)
            self.now += next(durations)

        return Contender(name, work, amount)

    def clock(self) -> float:
        return self.now


def test_contenders_take_turns_forwards_and_backwards_after_a_warming_up() -> None:
    course = Course()
    done: list[None] = []
    take_turns(
        [course.contender("a", [1]), course.contender("b", [1])],
        rounds=2,
        clock=course.clock,
        done=lambda: done.append(None),
    )
    assert course.ran == ["a", "b", "a", "b", "b", "a"]
    assert len(done) == len(course.ran)


def test_rates_are_amounts_by_time_without_the_warming_up() -> None:
    course = Course()
    slow_at_first = course.contender("a", [100, 2, 4, 1], amount=8)
    rates = take_turns([slow_at_first], rounds=3, clock=course.clock)
    assert rates.by_name["a"] == [4, 2, 8]
    assert rates.spread("a") == Spread(4, 2, 8)
    assert rates.spread("a").times(10) == Spread(40, 20, 80)
    assert "a" in rates
    assert "b" not in rates


def test_a_ratio_is_taken_round_by_round() -> None:
    """A machine that is ten times as slow for a round slows both, and their ratio not at all."""
    course = Course()
    fast = course.contender("fast", [1, 1, 10, 1])
    slow = course.contender("slow", [3, 3, 30, 3])
    rates = take_turns([fast, slow], rounds=3, clock=course.clock)
    assert rates.spread("fast") == Spread(1, 0.1, 1)
    ratio = rates.ratio("fast", "slow")
    assert [ratio.median, ratio.low, ratio.high] == pytest.approx([3, 3, 3])
