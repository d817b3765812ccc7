import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from stancewire.reading.labels import BEGIN, INSIDE, OUTSIDE, decode_bio, spans_of


def valid(tags):
    return all(not (t == INSIDE and (i == 0 or tags[i - 1] == OUTSIDE)) for i, t in enumerate(tags))


@given(
    arrays(
        np.float32, st.tuples(st.integers(1, 6), st.just(3)), elements=st.floats(-9, 9, width=16)
    )
)
def test_viterbi_finds_the_best_of_all_valid_paths(logits):
    def weight(tags):
        return sum(float(logits[i, t]) for i, t in enumerate(tags))

    paths = (p for p in itertools.product(range(3), repeat=len(logits)) if valid(p))
    best = max(paths, key=weight)
    found = decode_bio(logits)
    tags = [OUTSIDE] * len(logits)
    for a, b in found:
        tags[a:b] = [BEGIN] + [INSIDE] * (b - a - 1)
    assert abs(weight(tags) - weight(best)) < 1e-3


def test_two_statements_side_by_side_stay_two():
    assert spans_of([0, 1, 2, 1, 2, 2, 0, 1]) == [(1, 3), (3, 6), (7, 8)]


def test_nothing_in_nothing_out():
    assert decode_bio(np.zeros((0, 3), dtype=np.float32)) == []
