from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.events import Article
from stancewire.stories.assign import (
    AssignmentRule,
    Choice,
    choose_story,
    external_story_id,
    label_of,
    new_story_id,
)
from stancewire.stories.running import RunningStory
from story_builders import BY_VECTOR, NOON, article, days, story, vector_at

RULE = AssignmentRule(threshold=0.86, window=days(7))


def choose(
    *running: RunningStory,
    of: Article | None = None,
    degrees: float = 0.0,
    earlier: str | None = None,
    at: datetime = NOON,
    terms: frozenset[str] = frozenset(),
    rule: AssignmentRule = RULE,
) -> Choice:
    return choose_story(
        of or article(),
        vector_at(degrees, axis=2),
        {story.id: story for story in running},
        terms=terms,
        rule=rule,
        version=1,
        received_at=at,
        earlier=earlier,
    )


def test_it_joins_the_nearest_story() -> None:
    choice = choose(story("near", degrees=10), story("nearer", degrees=5))
    assert (choice.story.id, choice.is_new) == ("nearer", False)
    assert choice.score is not None
    assert choice.score > RULE.threshold


def test_equally_near_stories_are_told_apart_by_id_in_any_order() -> None:
    twins = [story("b", degrees=5), story("a", degrees=5)]
    assert choose(*twins).story.id == choose(*reversed(twins)).story.id == "a"


def test_what_is_near_to_nothing_opens_a_story_named_after_its_headline() -> None:
    choice = choose(story("far", degrees=85))
    assert choice.is_new
    assert choice.story.id == new_story_id(article_uri="urn:a", version=1)
    assert choice.story.label == "Leaders meet in Geneva"
    assert choice.story.articles == 0


def test_opening_again_after_a_crash_gives_the_same_story() -> None:
    first = choose().story
    joined = first.joined_by(vector_at(0), published_at=NOON, received_at=NOON)
    assert choose(joined).story.id == first.id


def test_the_window_closes_a_story_before_and_after() -> None:
    for apart in (7.1, -7.1):
        assert choose(story("old", at=NOON + days(apart)), rule=BY_VECTOR).is_new
        assert not choose(story("old", at=NOON + days(apart * 0.9)), rule=BY_VECTOR).is_new


def test_time_between_counts_against_a_story() -> None:
    at_once, later = choose(story()), choose(story(at=NOON - days(2)))
    assert at_once.score is not None
    assert later.score is None or later.score < at_once.score


def test_a_rare_name_in_common_tells_two_stories_apart() -> None:
    near = story("near", degrees=30)
    named = story("named", degrees=40, terms={"kessmer"})
    assert choose(near, named).story.id == "near"
    assert choose(near, named, terms=frozenset({"kessmer"})).story.id == "named"


def test_a_story_without_articles_attracts_none() -> None:
    assert choose(story("empty", articles=0)).is_new


def test_an_id_in_the_article_wins_over_the_nearest_story() -> None:
    named = article(story="medtop:1|2/3", story_label="Summit")
    choice = choose(story("near"), of=named)
    assert choice.is_new
    assert choice.story.id == external_story_id("medtop:1|2/3")
    assert choice.story.external == "medtop:1|2/3"
    assert choice.story.label == "Summit"
    assert not set("|/") & set(choice.story.id)


def test_articles_that_name_the_same_story_share_it_and_its_first_label() -> None:
    first = choose(of=article(story="x", story_label="First")).story
    again = choose(first, of=article("urn:b", story="x", story_label="Second"))
    assert (again.story.id, again.story.label, again.is_new) == (first.id, "First", False)


def test_a_new_version_stays_where_it_was_while_it_fits() -> None:
    choice = choose(story("was", degrees=15), story("nearer", degrees=1), earlier="was")
    assert choice.story.id == "was"


def test_a_new_version_that_no_longer_fits_moves() -> None:
    choice = choose(story("was", degrees=85), story("near", degrees=1), earlier="was")
    assert choice.story.id == "near"


def test_a_rewritten_article_keeps_the_story_it_stands_in_alone() -> None:
    assert choose(story("own", degrees=85, articles=1), earlier="own").story.id == "own"
    assert choose(story("shared", degrees=85, articles=2), earlier="shared").is_new


@given(angles=st.lists(st.floats(0, 89), max_size=6))
def test_the_choice_does_not_depend_on_the_order_of_the_stories(angles: list[float]) -> None:
    running = [story(f"s{number}", degrees=angle) for number, angle in enumerate(angles)]
    assert choose(*running).story.id == choose(*reversed(running)).story.id


@given(st.permutations([0.0, 5.0, 10.0, 20.0]), st.integers(0, 3))
def test_a_centroid_is_the_same_in_any_order_and_forgets_what_left(
    angles: list[float], leaves: int
) -> None:
    begun = story("s", articles=0)
    for angle in angles:
        begun = begun.joined_by(vector_at(angle), published_at=NOON, received_at=NOON)
    left = begun.left_by(vector_at(angles[leaves]))
    rebuilt = story("s", articles=0)
    for angle in sorted(a for a in angles if a != angles[leaves]):
        rebuilt = rebuilt.joined_by(vector_at(angle), published_at=NOON, received_at=NOON)
    assert left.total.tolist() == rebuilt.total.tolist()
    assert left.articles == rebuilt.articles == 3


@pytest.mark.parametrize(
    ("title", "body", "label"),
    [
        ("  Two\n words ", "", "Two words"),
        ("", "Only a body.", "Only a body."),
        ("", "", "urn:a"),
        ("word " * 60, "", ("word " * 24).strip() + " …"),
    ],
)
def test_labels_fit_on_a_line(title: str, body: str, label: str) -> None:
    assert label_of(article(title=title, body=body)) == label
