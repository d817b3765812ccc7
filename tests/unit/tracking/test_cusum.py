"""The statistic equals the textbook's definition, computed another way."""

import doctest
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.errors import ConfigurationError
from stancewire.tracking import Likelihoods, cusum, smoothed
from stancewire.tracking.cusum import advance, heard_as

COUNTS = st.lists(
    st.lists(st.integers(min_value=0, max_value=200), min_size=3, max_size=3),
    min_size=3,
    max_size=3,
)
LABELS = st.lists(st.integers(min_value=0, max_value=2), max_size=40)


def best_change_point(labels: list[int], matrix: list[list[float]], current: int, j: int) -> float:
    """max over k of the log likelihood ratio of the labels after k: what CUSUM computes at once."""
    ratios = [math.log(matrix[j][x]) - math.log(matrix[current][x]) for x in labels]
    return max(math.fsum(ratios[k:]) for k in range(len(ratios) + 1))


@given(COUNTS, LABELS, st.integers(min_value=0, max_value=2))
def test_the_statistic_is_the_likelihood_ratio_of_the_best_change_point(
    counts: list[list[int]], labels: list[int], current: int
) -> None:
    matrix = [list(row) for row in smoothed(counts)]
    reader = Likelihoods({"de": matrix}, off_stance=0.0)
    sums = (0.0, 0.0, 0.0)
    for observed in labels:
        sums = advance(sums, reader.evidence("de", current=current, observed=observed))
    expected = [best_change_point(labels, matrix, current, j) for j in range(3)]
    assert sums == pytest.approx(expected, abs=1e-9)
    assert sums[current] == 0.0


@given(COUNTS)
def test_smoothing_leaves_no_zero_and_rows_that_sum_to_one(counts: list[list[int]]) -> None:
    rows = smoothed(counts)
    assert all(math.isclose(sum(row), 1.0) and min(row) > 0.0 for row in rows)


def test_a_language_without_a_matrix_gets_the_mean() -> None:
    sure = [[0.9, 0.05, 0.05], [0.05, 0.9, 0.05], [0.05, 0.05, 0.9]]
    unsure = [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.25, 0.25, 0.5]]
    reader = Likelihoods({"de": sure, "en": unsure}, off_stance=0.0)
    assert reader.evidence("fr", current=0, observed=1)[1] == pytest.approx(math.log(0.7 / 0.15))
    assert reader.evidence("de", current=0, observed=1)[1] == pytest.approx(math.log(0.9 / 0.05))


@pytest.mark.parametrize(
    "matrix",
    [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.5, 0.5], [0.5, 0.5]],
        [[8.0, 1.0, 1.0], [1.0, 8.0, 1.0], [1.0, 1.0, 8.0]],
        [[0.8, 0.1, 0.0999]] * 2,
        [[math.nan, 0.5, 0.5]] * 3,
    ],
)
def test_a_matrix_that_is_none_is_refused_by_its_language(matrix: list[list[float]]) -> None:
    with pytest.raises(ConfigurationError, match=re.escape("'de'")):
        Likelihoods({"de": matrix})


@given(COUNTS, st.floats(min_value=0.0, max_value=0.6))
def test_what_is_heard_is_what_is_said_and_then_misread(
    counts: list[list[int]], off_stance: float
) -> None:
    matrix = smoothed(counts)
    heard = np.array(heard_as(matrix, off_stance))
    said = np.full((3, 3), off_stance / 2)
    np.fill_diagonal(said, 1.0 - off_stance)
    np.testing.assert_allclose(heard, said @ np.array(matrix))
    reader = Likelihoods({"de": matrix}, off_stance=off_stance)
    assert reader.evidence("de", current=0, observed=2) == pytest.approx(
        tuple(np.log(heard[:, 2] / heard[0, 2]))
    )


@pytest.mark.parametrize("share", [-0.1, 2 / 3, 1.0])
def test_actors_whose_words_tell_nothing_are_refused(share: float) -> None:
    with pytest.raises(ConfigurationError, match="off_stance"):
        Likelihoods({"de": smoothed([[1, 0, 0], [0, 1, 0], [0, 0, 1]])}, off_stance=share)


def test_no_language_at_all_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="at least one"):
        Likelihoods({})


def test_the_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(cusum).failed == 0
