"""An erased article leaves no trace in a state, and the rest is as if it had been withdrawn."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stancewire.events import Observation
from stancewire.tracking import State, to_bytes
from stancewire.tracking.erasure import FINAL_VERSION, WHOLE_ACTOR, token_of
from track_builders import START, articles, config, observation, own_words, run

STEPS = config(max_items=200)
SHORT = config(max_items=6)


def erasure(name: str, *, hours: float = 0.0) -> Observation:
    return observation(name, hours=hours, version=FINAL_VERSION, withdrawn=True)


def names_of(observations: Sequence[Observation]) -> list[str]:
    return [each.article.uri.removeprefix("urn:") for each in observations]


def hours_of(each: Observation) -> float:
    return (each.article.published_at - START) / timedelta(hours=1)


def assert_gone(state: State, name: str) -> None:
    raw = to_bytes(state)
    for trace in (f"urn:{name}", f"Title of {name}", own_words(name)):
        assert not holds(raw, trace.encode())


def holds(raw: bytes, text: bytes) -> bool:
    """Whether a text stands alone in MessagePack bytes: `urn:a1` is not in `urn:a10`."""
    lengths = [bytes([0xA0 | len(text)])] if len(text) < 32 else []
    return any(length + text in raw for length in [*lengths, b"\xd9" + bytes([len(text)])])


def test_the_search_would_find_what_is_there() -> None:
    state, _ = run(articles("hhh"), config=STEPS)
    for trace in ("urn:a1", "Title of a1", own_words("a1")):
        assert holds(to_bytes(state), trace.encode())


@pytest.mark.parametrize("limits", [STEPS, SHORT], ids=["in the log", "folded away"])
@pytest.mark.parametrize("name", [f"a{number}" for number in range(12)])
def test_nothing_of_an_erased_article_is_left(name: str, limits: object) -> None:
    log = articles("hhhhwwwwwwhh")
    [at] = [hours_of(each) for each in log if each.article.uri == f"urn:{name}"]
    state, _ = run([*log, erasure(name, hours=at)], config=limits)
    assert_gone(state, name)


def test_it_takes_back_what_it_had_caused() -> None:
    log = articles("hhh")
    state, events = run([*log, erasure("a1", hours=1)], config=STEPS)
    assert [event.type for event in events] == ["established", "retracted"]
    assert events[-1].current is None
    assert state.ledger == ()


def test_it_never_comes_back_whatever_its_version() -> None:
    state, _ = run([*articles("hhh"), erasure("a1", hours=1)], config=STEPS)
    for version in (1, 2, FINAL_VERSION - 1):
        again, events = run(
            [observation("a1", "w", hours=1, version=version)], config=STEPS, state=state
        )
        assert again is state
        assert events == []


def test_a_repeat_of_the_erasure_changes_nothing() -> None:
    once, _ = run([*articles("hhhhwww"), erasure("a1", hours=1)], config=SHORT)
    twice, events = run([erasure("a1", hours=1)], config=SHORT, state=once)
    assert twice is once
    assert events == []


def test_an_erased_actor_leaves_an_empty_state() -> None:
    whole = observation("x", version=FINAL_VERSION, withdrawn=True)
    whole = replace(whole, article=replace(whole.article, uri=WHOLE_ACTOR))
    state, _ = run([*articles("hhhh"), whole], config=STEPS)
    assert state == State()


@given(
    labels=st.text("hswn", min_size=3, max_size=14),
    erased=st.integers(0, 13),
    later=st.text("hsw", max_size=6),
)
def test_in_the_log_it_equals_a_withdrawal(labels: str, erased: int, later: str) -> None:
    log = articles(labels)
    one = log[erased % len(log)]
    name, at = names_of([one])[0], hours_of(one)
    after = articles(later, prefix="b", start=len(log))
    gone, events = run([*log, erasure(name, hours=at), *after], config=STEPS)
    plain, expected = run(
        [*log, observation(name, hours=at, version=9, withdrawn=True), *after], config=STEPS
    )
    assert [(e.change_id, e.type, e.current) for e in events] == [
        (e.change_id, e.type, e.current) for e in expected
    ]
    assert (gone.items, gone.ledger, gone.base) == (plain.items, plain.ledger, plain.base)
    assert {t.uri for t in gone.tombstones} == {token_of(one.article.uri)}
    assert_gone(gone, name)


@given(labels=st.text("hsw", min_size=8, max_size=20), erased=st.integers(0, 19))
def test_folded_away_it_alters_nothing_that_was_published(labels: str, erased: int) -> None:
    log = articles(labels)
    state, _ = run(log, config=SHORT)
    folded = [each for each in log if each.article.uri not in {i.uri for i in state.items}]
    one = folded[erased % len(folded)]
    name = names_of([one])[0]
    gone, events = run([erasure(name, hours=hours_of(one))], config=SHORT, state=state)
    assert events == []
    assert gone.items == state.items
    assert_gone(gone, name)
    more = articles("hw", prefix="c", start=30)
    _, from_gone = run(more, config=SHORT, state=gone)
    _, from_before = run(more, config=SHORT, state=state)
    assert [(e.type, e.current) for e in from_gone] == [(e.type, e.current) for e in from_before]
