"""The distribution shown beside the stance, against exact sums and a simulation."""

import doctest
import math
import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.events import VOTING_STANCES, Stance
from stancewire.tracking import display, view
from stancewire.tracking.display import beta_cdf, beta_quantile, distribution
from stancewire.tracking.votes import ballots
from track_builders import START, articles, config, days, run


@given(
    st.integers(min_value=1, max_value=60),
    st.integers(min_value=1, max_value=60),
    st.floats(min_value=0.0, max_value=1.0),
)
def test_for_whole_counts_the_beta_is_a_binomial_tail(a: int, b: int, x: float) -> None:
    n = a + b - 1
    tail = math.fsum(math.comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
    assert beta_cdf(x, float(a), float(b)) == pytest.approx(tail, abs=1e-11)


@given(
    st.floats(min_value=0.01, max_value=0.99),
    st.floats(min_value=1.0, max_value=300.0),
    st.floats(min_value=1.0, max_value=300.0),
)
def test_the_quantile_undoes_the_distribution(p: float, a: float, b: float) -> None:
    assert beta_cdf(beta_quantile(p, a, b), a, b) == pytest.approx(p, abs=1e-6)


def test_a_vote_counts_half_after_a_half_life_and_nothing_before_it_was_cast() -> None:
    state, _ = run(articles("hw", every=14 * 24), config=config())
    cast = ballots(state.items, model="1", config=config())

    def at(day: float) -> tuple[float, float]:
        shown = distribution(
            cast, current=Stance.HOPEFUL, as_of=START + days(day), half_life=days(14)
        )
        return shown.votes, shown.shares[Stance.WARNING].mean

    assert at(0) == pytest.approx((1.0, 1 / 4))
    assert at(14) == pytest.approx((1.5, 2 / 4.5))
    assert at(28) == pytest.approx((0.75, 1.5 / 3.75))


def test_the_probability_that_the_challenger_leads_is_that_of_a_simulation() -> None:
    state, _ = run(articles("hhhhwwwww", every=0), config=config(h=99.0))
    shown = view(state, as_of=START, config=config(h=99.0)).distribution
    chance = random.Random(7)
    draws = [
        chance.gammavariate(6, 1) > chance.gammavariate(5, 1)  # the parts of a Dirichlet
        for _ in range(40_000)
    ]
    assert shown.challenger == Stance.WARNING
    assert shown.exceeds == pytest.approx(sum(draws) / len(draws), abs=0.01)


def test_an_interval_holds_the_mean_and_narrows_with_votes() -> None:
    widths = []
    for count in (1, 5, 25):
        state, _ = run(articles("h" * count, every=0), config=config())
        shown = view(state, as_of=START, config=config()).distribution
        for share in shown.shares.values():
            assert 0.0 < share.low < share.mean < share.high < 1.0
        widths.append(shown.shares[Stance.HOPEFUL].high - shown.shares[Stance.HOPEFUL].low)
    assert widths == sorted(widths, reverse=True)
    assert math.isclose(sum(s.mean for s in shown.shares.values()), 1.0)


def test_without_votes_nothing_challenges() -> None:
    shown = distribution((), current=None, as_of=START, half_life=timedelta(days=14))
    assert (shown.votes, shown.challenger, shown.exceeds) == (0.0, None, 0.0)
    assert {shown.shares[stance].mean for stance in VOTING_STANCES} == {1 / 3}


def test_the_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(display).failed == 0
