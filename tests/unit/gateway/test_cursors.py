"""Cursors come back as they went, and nothing else passes for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.gateway import cursors
from stancewire.gateway.problems import Problem
from stancewire.stores.track_index import Place

IDS = st.text(min_size=1, max_size=50).filter(lambda text: text.isprintable())


@given(st.integers(-(10**14), 10**14), IDS)
def test_a_place_comes_back(milliseconds: int, name: str) -> None:
    place = Place(milliseconds, name)
    assert cursors.to_place(cursors.of_place(place)) == place


@given(st.integers(0, 2**63), st.integers(0, 2**63))
def test_a_position_comes_back(one: int, two: int) -> None:
    position = f"{one}-{two}"
    assert cursors.to_position(cursors.of_position(position)) == position


@pytest.mark.parametrize("read", [cursors.to_place, cursors.to_position])
@given(st.text(max_size=60).filter(lambda text: text[:1] not in ("c", "Y")))
def test_any_other_text_is_refused_as_such(read, text: str) -> None:
    with pytest.raises(Problem) as refused:
        read(text)
    assert refused.value.status == 422


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(Problem):
        cursors.to_position(cursors.of_place(Place(1, "talks")))
    with pytest.raises(Problem):
        cursors.to_place(cursors.of_position("1-0"))


@pytest.mark.parametrize("position", ["1", "-", "a-b", f"{2**64}-0", "1-2-3", "1-", "٣-٣"])
def test_what_redis_would_not_take_is_no_position(position: str) -> None:
    assert not cursors.is_position(position)


def test_no_cursor_is_the_beginning() -> None:
    assert cursors.to_place(None) is None
    assert cursors.to_position(None) is None
