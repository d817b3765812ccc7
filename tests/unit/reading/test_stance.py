import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.events import Stance
from stancewire.reading.stance import STANCES, Calibration, actor_features, stance_reading

PLAIN = Calibration(1.0, np.vstack([np.eye(4), np.zeros((8, 4))]), np.zeros(4))


@given(st.lists(st.floats(1e-6, 1), min_size=4, max_size=4))
def test_scores_sum_to_one_exactly_in_steps_of_a_ten_thousandth(weights):
    p = np.array(weights) / sum(weights)
    reading = stance_reading(p)
    assert sum(round(v * 10_000) for v in reading.scores.values()) == 10_000
    assert reading.confidence == max(reading.scores.values())
    assert np.abs([reading.scores[s] - x for s, x in zip(STANCES, p, strict=True)]).max() < 2e-4


def test_a_higher_temperature_is_less_sure():
    logits = np.array([[3.0, 0, 0, 0]], dtype=np.float32)
    sure, unsure = (Calibration(t, PLAIN.weights, PLAIN.bias).statement(logits) for t in (1.0, 2.0))
    assert sure[0, 0] > unsure[0, 0] > 0.25


def test_an_actor_goes_with_what_most_of_its_statements_say():
    statements = np.array([[0.1, 0.8, 0.05, 0.05], [0.2, 0.7, 0.05, 0.05], [0.9, 0.05, 0.0, 0.05]])
    assert stance_reading(PLAIN.actor(statements)).label is Stance.SKEPTICAL


def test_features_do_not_depend_on_the_order_of_statements():
    rows = np.random.default_rng(0).dirichlet(np.ones(4), size=5)
    assert actor_features(rows) == pytest.approx(actor_features(rows[::-1]))
