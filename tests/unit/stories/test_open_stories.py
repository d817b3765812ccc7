from hypothesis import given
from hypothesis import strategies as st

from stancewire.stories.open_stories import OpenStories
from story_builders import NOON, days, story, vector_at

NAMES = st.sampled_from(["a", "b", "c", "d"])
STEPS = st.lists(
    st.one_of(
        st.tuples(NAMES),
        st.tuples(NAMES, st.floats(0, 89), st.frozensets(st.sampled_from(["x", "y", "z"]))),
    ),
    max_size=30,
)


@given(STEPS)
def test_changes_one_by_one_leave_the_same_as_a_fresh_start(
    steps: list[tuple[str] | tuple[str, float, frozenset[str]]],
) -> None:
    followed, kept = OpenStories(), {}
    for step in steps:
        if len(step) == 1:
            followed.forget(step[0])
            kept.pop(step[0], None)
        else:
            name, degrees, terms = step
            kept[name] = story(name, degrees=degrees, terms=terms)
            followed.put(kept[name])
    fresh = OpenStories(kept)
    assert dict(followed) == dict(fresh) == kept
    for limit in (1, 4):
        near = [
            {each.id for each in among.nearest(vector_at(0), at=NOON, window_days=7, limit=limit)}
            for among in (followed, fresh)
        ]
        assert near[0] == near[1]
    for term in ("x", "y", "z"):
        assert followed.having(term) == sum(term in each.terms for each in kept.values())
    for name in kept:
        assert followed.terms_length(name) == fresh.terms_length(name)


def test_more_stories_than_are_asked_for_are_the_nearest() -> None:
    among = OpenStories({f"s{n}": story(f"s{n}", degrees=n) for n in range(89)})
    near = among.nearest(vector_at(0), at=NOON, window_days=7, limit=5)
    assert {each.id for each in near} == {f"s{n}" for n in range(5)}


def test_equally_near_stories_are_all_taken_whatever_their_rows() -> None:
    among = OpenStories({f"s{n}": story(f"s{n}", degrees=10) for n in range(9)})
    assert len(among.nearest(vector_at(0), at=NOON, window_days=7, limit=3)) == 9


def test_a_closed_story_is_never_near() -> None:
    among = OpenStories({"old": story("old", at=NOON - days(8)), "new": story("new")})
    near = among.nearest(vector_at(0), at=NOON, window_days=7)
    assert [each.id for each in near] == ["new"]


def test_arranged_stories_are_not_arranged_again() -> None:
    among = OpenStories({"a": story("a")})
    assert OpenStories.of(among) is among
