import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.vectors import DIMENSIONS, cosine, from_base64, quantise, to_base64


@given(seed=st.integers(0, 2**32 - 1), length=st.floats(1e-3, 1e3))
def test_a_quantised_vector_points_where_it_did_whatever_its_length(
    seed: int, length: float
) -> None:
    vector = np.random.default_rng(seed).normal(size=DIMENSIONS)
    unit = vector / np.linalg.norm(vector)
    kept = quantise((unit * length).astype(np.float32))
    assert float(unit @ kept) / float(np.linalg.norm(kept.astype(float))) > 0.998


@given(seed=st.integers(0, 2**32 - 1))
def test_base64_gives_the_vector_back(seed: int) -> None:
    vector = quantise(np.random.default_rng(seed).normal(size=DIMENSIONS).astype(np.float32))
    assert np.array_equal(from_base64(to_base64(vector)), vector)


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros(DIMENSIONS, dtype=np.float32),
        np.ones(DIMENSIONS - 1, dtype=np.float32),
        np.full(DIMENSIONS, np.nan, dtype=np.float32),
        np.full(DIMENSIONS, np.inf, dtype=np.float32),
    ],
)
def test_what_has_no_direction_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="384 finite numbers"):
        quantise(bad)


@pytest.mark.parametrize("text", ["not base64!", "AAAA"])
def test_text_that_is_no_vector_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"base64|bytes"):
        from_base64(text)


def test_cosine_of_nothing_is_zero() -> None:
    nothing = np.zeros(DIMENSIONS, dtype=np.int32)
    assert cosine(nothing, nothing) == 0.0
