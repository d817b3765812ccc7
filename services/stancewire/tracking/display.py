"""What is shown beside the stance: how the votes of late are spread, with honest intervals.

The votes, each halved in weight every half-life, are the counts of a Dirichlet distribution with
one pseudo-vote per stance. The share of a stance then has the marginal Beta(a, n - a), and of two
stances the share of one among both has Beta(a, b). (A. Gelman et al., "Bayesian Data Analysis",
3rd ed. 2013, section 3.4; the incomplete beta function by the modified Lentz continued fraction,
NIST Digital Library of Mathematical Functions 8.17.22 and 3.10.)
"""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from stancewire.events import VOTING_STANCES, Stance, Value
from stancewire.tracking.votes import Ballot

LEVEL = 0.9
"""Probability that an interval holds the share."""
_PRIOR = 1.0
_TINY = 1e-300


class Share(Value, frozen=True, kw_only=True):
    """The share of a stance among the votes."""

    mean: float
    low: float
    high: float


class Distribution(Value, frozen=True, kw_only=True):
    """How the votes are spread at some time."""

    shares: dict[Stance, Share]
    votes: float
    """Effective number: each vote counts as much as its age leaves of it."""
    challenger: Stance | None
    """The strongest stance beside the current one; None where no vote is for another."""
    exceeds: float
    """P(share of the challenger > share of the current stance)."""


def distribution(
    ballots: Iterable[Ballot], *, current: Stance | None, as_of: datetime, half_life: timedelta
) -> Distribution:
    """The decayed distribution at `as_of`; votes after that time do not count."""
    weights = _weights(ballots, as_of=as_of, half_life=half_life)
    counts = _counts(weights)
    others = [s for s in VOTING_STANCES if s != current and weights[s] > 0.0]
    challenger = max(others, key=lambda s: counts[s], default=None) if current else None
    return Distribution(
        shares=_shares(counts),
        votes=sum(weights.values()),
        challenger=challenger,
        exceeds=1.0 - beta_cdf(0.5, counts[challenger], counts[current])
        if challenger and current
        else 0.0,
    )


def shares(
    ballots: Iterable[Ballot], *, as_of: datetime, half_life: timedelta
) -> tuple[dict[Stance, Share], float]:
    """The shares at `as_of` and the effective number of votes behind them."""
    weights = _weights(ballots, as_of=as_of, half_life=half_life)
    return _shares(_counts(weights)), sum(weights.values())


def _weights(
    ballots: Iterable[Ballot], *, as_of: datetime, half_life: timedelta
) -> dict[Stance, float]:
    weights = dict.fromkeys(VOTING_STANCES, 0.0)
    for ballot in ballots:
        if not ballot.carries and ballot.at <= as_of:
            weights[ballot.stance] += 0.5 ** ((as_of - ballot.at) / half_life)
    return weights


def _counts(weights: Mapping[Stance, float]) -> dict[Stance, float]:
    return {stance: weight + _PRIOR for stance, weight in weights.items()}


def _shares(counts: Mapping[Stance, float]) -> dict[Stance, Share]:
    total = sum(counts.values())
    return {
        stance: Share(
            mean=count / total,
            low=beta_quantile((1 - LEVEL) / 2, count, total - count),
            high=beta_quantile((1 + LEVEL) / 2, count, total - count),
        )
        for stance, count in counts.items()
    }


def beta_cdf(x: float, a: float, b: float) -> float:
    """P(X <= x) for X ~ Beta(a, b), the regularised incomplete beta function; error below 1e-12.

    >>> round(beta_cdf(0.5, 2.0, 3.0), 4)
    0.6875
    """
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    log_front = (
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1.0) / (a + b + 2.0):
        return math.exp(log_front) * _fraction(x, a, b) / a
    return 1.0 - math.exp(log_front) * _fraction(1.0 - x, b, a) / b


def beta_quantile(p: float, a: float, b: float) -> float:
    """The x with P(X <= x) = p for X ~ Beta(a, b), to 1e-9.

    By Newton's method from the mean, with a bisection wherever it would leave the bracket.
    """
    low, high, x = 0.0, 1.0, a / (a + b)
    log_scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    while high - low > 1e-9:
        excess = beta_cdf(x, a, b) - p
        low, high = (low, x) if excess > 0.0 else (x, high)
        density = math.exp(log_scale + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x))
        tried = x - excess / density if density > _TINY else low
        if abs(tried - x) < 1e-10 and low <= tried <= high:
            return tried
        x = tried if low < tried < high else (low + high) / 2.0
    return (low + high) / 2.0


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    c, d = 1.0, _inverse(1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, 1000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = _inverse(1.0 + even * d), _nonzero(1.0 + even / c)
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = _inverse(1.0 + odd * d), _nonzero(1.0 + odd / c)
        value *= d * c
        if abs(d * c - 1.0) < 1e-14:
            break
    return value


def _inverse(value: float) -> float:
    return 1.0 / _nonzero(value)


def _nonzero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
