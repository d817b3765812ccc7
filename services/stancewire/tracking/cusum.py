"""Categorical CUSUM: tells when a stream of noisy labels has left the stance it had.

For each stance j other than the current one, the statistic adds up how much more likely each
observed label x is if the truth is j, and never falls below zero:

    S_j = max(0, S_j + ln(L[j, x] / L[current, x])),    L[j, x] = P(observed x | actor's stance j)

Two things stand between an actor's stance and a label: not every statement takes the actor's
stance, and the reader errs. L is the product of both: a share `off_stance` of the statements takes
either other stance, and the reader's confusion matrix says what is read off a statement. Leaving
the first out makes every aside look like a change: h would have to be almost twice as large to make
up for it (`docs/detector-calibration.md`).

An alarm at S_j >= h says that the stance has become j. h trades false alarms for delay. The last
moment at which S_j was zero is the maximum-likelihood estimate of the change point. (E. S. Page,
"Continuous inspection schemes", Biometrika 41, 1954; A. Tartakovsky, I. Nikiforov, M. Basseville,
"Sequential Analysis", 2014, chapter 8.)

>>> matrix = [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]]
>>> reader = Likelihoods({"en": matrix}, off_stance=0.0)
>>> hopeful, skeptical, warning = range(3)
>>> sums = (0.0, 0.0, 0.0)
>>> for observed in (hopeful, warning, warning, skeptical, warning):
...     sums = advance(sums, reader.evidence("en", current=hopeful, observed=observed))
...     print([round(s, 2) for s in sums])
[0.0, 0.0, 0.0]
[0.0, 0.0, 2.08]
[0.0, 0.0, 4.16]
[0.0, 2.08, 4.16]
[0.0, 2.08, 6.24]
"""

import math
from collections.abc import Mapping, Sequence

from stancewire.errors import ConfigurationError
from stancewire.events import VOTING_STANCES

Matrix = Sequence[Sequence[float]]
"""3 x 3 in the order of `VOTING_STANCES`; the row is the true stance, the column the observed."""
Sums = tuple[float, float, float]

OFF_STANCE = 0.22
"""Share of statements that do not take their actor's stance, as the simulation assumes."""

_SIZE = len(VOTING_STANCES)
_EVEN = (_SIZE - 1) / _SIZE
_TOLERANCE = 1e-3


class Likelihoods:
    """How likely each stance is read off a statement of an actor with each stance, per language.

    `confusion` maps a language to P(read | said) among votes; it must be free of zeros, since a
    finite sample never proves that a mistake cannot happen: see `smoothed`. A language that is not
    in it gets the mean of those that are. `off_stance` is the share of statements that do not take
    their actor's stance.
    Raises ConfigurationError where a matrix is none, or the share is not from 0 to below 2/3.
    """

    def __init__(self, confusion: Mapping[str, Matrix], *, off_stance: float = OFF_STANCE) -> None:
        if not 0.0 <= off_stance < _EVEN:
            raise ConfigurationError(
                f"off_stance is {off_stance}; from {_EVEN:.2f} on, what actors say tells nothing"
            )
        if not confusion:
            raise ConfigurationError("the reader's confusion names no language; give at least one")
        for language, matrix in confusion.items():
            _check(language, matrix)
        heard = {language: heard_as(matrix, off_stance) for language, matrix in confusion.items()}
        mean = tuple(
            tuple(sum(m[j][x] for m in heard.values()) / len(heard) for x in range(_SIZE))
            for j in range(_SIZE)
        )
        self._other = _log_ratios(mean)
        self._tables = {language: _log_ratios(matrix) for language, matrix in heard.items()}

    def evidence(self, language: str, *, current: int, observed: int) -> Sums:
        """ln(L[j, observed] / L[current, observed]) for each stance j; 0 for the current one."""
        return self._tables.get(language, self._other)[current][observed]


def smoothed(counts: Matrix) -> tuple[tuple[float, ...], ...]:
    """P(observed | true) from counts [true][observed], each count plus one (Laplace's rule).

    >>> [[round(p, 2) for p in row] for row in smoothed([[7, 0, 0], [0, 7, 0], [1, 0, 6]])]
    [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.2, 0.1, 0.7]]
    """
    return tuple(tuple((n + 1.0) / (sum(row) + len(row)) for n in row) for row in counts)


def heard_as(confusion: Matrix, off_stance: float) -> tuple[tuple[float, ...], ...]:
    """P(observed x | actor's stance j): what the actor says, then what the reader makes of it.

    >>> rows = heard_as([[0.9, 0.05, 0.05], [0.1, 0.8, 0.1], [0.0, 0.2, 0.8]], 0.2)
    >>> [round(p, 3) for p in rows[0]]
    [0.73, 0.14, 0.13]
    """
    aside = off_stance / (_SIZE - 1)
    said = [[1.0 - off_stance if k == j else aside for k in range(_SIZE)] for j in range(_SIZE)]
    return tuple(
        tuple(sum(said[j][k] * confusion[k][x] for k in range(_SIZE)) for x in range(_SIZE))
        for j in range(_SIZE)
    )


def advance(sums: Sums, evidence: Sums) -> Sums:
    """One step of the statistic."""
    return (
        max(0.0, sums[0] + evidence[0]),
        max(0.0, sums[1] + evidence[1]),
        max(0.0, sums[2] + evidence[2]),
    )


def _log_ratios(matrix: Matrix) -> tuple[tuple[Sums, ...], ...]:
    """[current][observed] -> the three log likelihood ratios."""
    logs = [[math.log(p) for p in row] for row in matrix]
    return tuple(
        tuple(
            (logs[0][x] - logs[c][x], logs[1][x] - logs[c][x], logs[2][x] - logs[c][x])
            for x in range(_SIZE)
        )
        for c in range(_SIZE)
    )


def _check(language: str, matrix: Matrix) -> None:
    shape_is_right = len(matrix) == _SIZE and all(len(row) == _SIZE for row in matrix)
    if not shape_is_right or not all(
        all(0.0 < p <= 1.0 for p in row) and abs(sum(row) - 1.0) < _TOLERANCE for row in matrix
    ):
        raise ConfigurationError(
            f"the reader's confusion for {language!r} is no {_SIZE}x{_SIZE} table of probabilities"
            " above 0 whose rows sum to 1; smooth the counts with one added to each"
        )
