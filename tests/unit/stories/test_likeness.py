import math

import pytest

from stancewire.stories.likeness import MOST_SHARED, Features, Weights, features, probability
from stancewire.stories.open_stories import OpenStories
from stancewire.stories.running import RunningStory
from story_builders import NOON, days, story, vector_at


def beside(
    one: RunningStory, *others: RunningStory, terms: frozenset[str] = frozenset()
) -> Features:
    among = OpenStories({each.id: each for each in (one, *others)})
    return features(vector_at(0), terms, NOON, one, among)


def test_each_feature_is_what_its_weight_says() -> None:
    found = beside(story(degrees=60, articles=3, at=NOON - days(2)))
    assert found.meaning == pytest.approx(0.5, abs=0.01)
    assert found.pause == found.age == pytest.approx(math.log(3))
    assert found.size == pytest.approx(math.log(3))
    assert found.terms == found.names == 0.0


def test_terms_that_are_all_shared_have_a_cosine_of_one() -> None:
    terms = frozenset({"kessme", "brandi"})
    assert beside(story(terms=terms), terms=terms).terms == pytest.approx(1.0)


def test_a_name_that_two_stories_have_proves_half_as_much() -> None:
    one, other = story("a", terms={"kessme"}), story("b", terms={"kessme"})
    alone = beside(one, terms=frozenset({"kessme"})).names
    assert beside(one, other, terms=frozenset({"kessme"})).names == pytest.approx(alone / 2)


def test_names_beyond_the_most_that_counts_prove_no_more() -> None:
    terms = frozenset(f"zzyx{n}" for n in range(20))
    assert beside(story(terms=terms), terms=terms).names == MOST_SHARED


def test_an_article_published_before_the_story_is_not_paused_but_aged() -> None:
    found = beside(story(at=NOON + days(2)))
    assert found.pause == 0.0
    assert found.age > 0.0


def test_the_probability_is_the_logistic_function_of_the_weighted_sum() -> None:
    found = Features(meaning=0.5, terms=0.2, names=1.0, pause=0.3, age=0.4, size=1.1)
    ones = Weights(meaning=1, terms=1, names=1, pause=-1, age=-1, size=-1, start=0)
    odds = 0.5 + 0.2 + 1.0 - 0.3 - 0.4 - 1.1
    assert probability(found, ones) == pytest.approx(1 / (1 + math.exp(-odds)))
