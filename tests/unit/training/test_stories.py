import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.stories.likeness import Weights
from stancewire.stories.terms import terms_of
from stancewire.vectors import quantise
from stancewire_training.stories.agreement import agreement
from stancewire_training.stories.fitting import fitted, worth
from stancewire_training.stories.methods import Batches, Nearest, Streaming, agglomerated
from stancewire_training.stories.stream import Labelled
from story_builders import NOON, article

LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12)


def one(number: int, story: str) -> Labelled:
    vector = quantise(np.random.default_rng(len(story)).normal(size=384).astype(np.float32))
    return Labelled(
        article=article(
            f"urn:{number}",
            published_at=NOON + timedelta(hours=number),
            language=("de", "en")[number % 2],
        ),
        vector=vector,
        plain=vector,
        terms=terms_of(story),
        story=story,
        subject=story,
    )


def test_agreement_of_an_example_counted_by_hand() -> None:
    found = agreement("aaab", "xxyy")
    assert found.precision == pytest.approx((1 + 1 + 0.5 + 0.5) / 4)
    assert found.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert found.pairwise_f1 == pytest.approx(2 * 1 / (3 + 2))
    assert found.fragmentation == pytest.approx(1.5)


@given(LABELS)
def test_b_cubed_equals_its_definition_article_by_article(labels: list[tuple[int, int]]) -> None:
    truth, found = zip(*labels, strict=True)
    rows = range(len(labels))
    precision, recall = 0.0, 0.0
    for row in rows:
        both = sum(truth[row] == truth[other] and found[row] == found[other] for other in rows)
        precision += both / found.count(found[row]) / len(labels)
        recall += both / truth.count(truth[row]) / len(labels)
    measured = agreement(truth, found)
    assert measured.precision == pytest.approx(precision)
    assert measured.recall == pytest.approx(recall)


@given(LABELS)
def test_a_clustering_agrees_with_itself_wholly(labels: list[tuple[int, int]]) -> None:
    measured = agreement(labels, labels)
    assert (measured.b_cubed_f1, measured.pairwise_f1, measured.fragmentation) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    "method",
    [
        Nearest(threshold=0.5, decay_per_day=0.005, centred=True),
        Nearest(threshold=0.5, decay_per_day=0.005, centred=False),
        Batches(link=0.5),
        Streaming(),
    ],
    ids=str,
)
def test_every_method_parts_what_has_nothing_in_common(method: Nearest | Batches) -> None:
    stream = [one(n, name) for n, name in enumerate(["Kessmer", "Passau", "Kessmer", "Passau"])]
    found = method(stream)
    assert found[0] == found[2] != found[1] == found[3]


def test_rows_join_by_mean_link_until_none_is_near_enough() -> None:
    links = np.array([[1.0, 0.9, 0.1], [0.9, 1.0, 0.5], [0.1, 0.5, 1.0]])
    assert agglomerated(links, 0.4) == [[0, 1], [2]]
    assert agglomerated(links, 0.3) == [[0, 1, 2]]


def test_fitting_leaves_weights_that_join_everything_behind() -> None:
    names = ["Kessmer", "Kessmer", "Passau", "Passau", "Kessmer", "Kessmer"]
    stream = [one(number, name) for number, name in enumerate(names)]
    poor = Weights(start=1.0)
    found = fitted(stream, poor, rounds=20, seed=1)
    assert worth(stream, found) > worth(stream, poor)
    assert found == fitted(stream, poor, rounds=20, seed=1)
    for name in ("meaning", "terms", "names", "pause", "age", "size"):
        assert math.copysign(1, getattr(found, name)) == math.copysign(1, getattr(poor, name))
