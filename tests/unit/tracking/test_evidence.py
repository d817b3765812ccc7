"""The log keeps the newest version of each article, within its bounds."""

import base64
from datetime import timedelta, timezone

from msgspec.structs import replace

from stancewire.events import Observation
from stancewire.tracking.evidence import MAX_QUOTES, MAX_TEXT, item_of
from stancewire.tracking.settle import KEPT_FOLDED
from track_builders import START, articles, config, observation, run

QUOTE = "We see a real chance to break the ice between both countries"


def uris(observations: list[Observation], **changes: object) -> list[str]:
    state, _ = run(observations, config=config(**changes))
    return [item.uri for item in state.items]


def test_the_log_is_in_event_time() -> None:
    log = [observation("b", hours=2), observation("c", hours=1), observation("a", hours=2)]
    assert uris(log) == ["urn:c", "urn:a", "urn:b"]


def test_only_so_many_articles_stay() -> None:
    assert uris(articles("h" * 5), max_items=3) == ["urn:a2", "urn:a3", "urn:a4"]


def test_articles_too_far_behind_the_newest_leave() -> None:
    log = [observation("old"), observation("new", hours=24 * 181)]
    assert uris(log) == ["urn:new"]
    assert uris(log[::-1]) == ["urn:new"]


def test_what_is_older_than_the_folded_past_is_not_taken() -> None:
    before = observation("early", hours=-1)
    corrected = observation("a0", "w", version=2)
    log = [*articles("h" * 5), before, corrected]
    assert uris(log, max_items=3) == ["urn:a2", "urn:a3", "urn:a4"]


def test_a_correction_that_moves_an_article_into_the_past_takes_it_out() -> None:
    moved = observation("a4", version=2, hours=-5)
    back = observation("a4", version=1, hours=4)
    assert uris([*articles("h" * 5), moved, back], max_items=3) == ["urn:a2", "urn:a3"]


def test_a_copy_of_a_folded_statement_is_still_a_copy() -> None:
    log = [observation(f"c{i}", "w", hours=i, texts=[QUOTE]) for i in range(9)]
    state, events = run(log, config=config(max_items=2))
    assert events == []
    assert state.base.tallies[2].votes == 1
    assert len(state.base.tallies[2].owners) == 7


def test_the_folded_statements_are_bounded() -> None:
    state, _ = run(articles("h" * (KEPT_FOLDED + 20)), config=config(max_items=5))
    assert len(state.folded) == KEPT_FOLDED


def test_tombstones_go_with_the_past_that_they_guard() -> None:
    gone = observation("a0", withdrawn=True)
    state, _ = run([*articles("hh"), gone], config=config(max_items=3))
    assert [tombstone.uri for tombstone in state.tombstones] == ["urn:a0"]
    state, _ = run(articles("hhhh", start=5, prefix="b"), config=config(max_items=3), state=state)
    assert state.tombstones == ()


def test_settled_changes_can_no_longer_be_retracted() -> None:
    state, events = run(articles("hhh" + "h" * 5), config=config(max_items=4))
    assert [event.type for event in events] == ["established"]
    assert (state.ledger, state.settled_id) == ((), events[0].change_id)
    gone = [observation(f"a{i}", hours=i, withdrawn=True) for i in range(8)]
    state, events = run(gone, config=config(max_items=4), state=state)
    assert events == []
    assert state.base.held is not None


def test_names_are_those_of_the_newest_article() -> None:
    newest = observation("b", hours=9)
    log = [newest, *articles("hh")]
    state, _ = run(log, config=config())
    assert state.named is not None
    assert state.named.uri == "urn:b"


def test_long_texts_and_long_lists_are_cut() -> None:
    item = item_of(observation("a", texts=[f"{i} " + "x" * 3000 for i in range(40)]))
    assert len(item.quotes) == MAX_QUOTES
    assert {len(quote.text) for quote in item.quotes} == {MAX_TEXT}


def test_an_embedding_is_kept_as_bytes_and_a_broken_one_is_done_without() -> None:
    vector = bytes(range(256)) + bytes(128)
    (whole,) = observation("a").statements
    for text, kept in ((base64.b64encode(vector).decode(), vector), ("no base64!", None)):
        statement = replace(whole, embedding=text)
        item = item_of(observation("a", statements=(statement,)))
        assert item.quotes[0].embedding == kept


def test_a_time_with_another_offset_is_the_same_time() -> None:
    there = START.astimezone(timezone(timedelta(hours=5)))
    article = observation("a").article
    moved = observation("a", article=replace(article, published_at=there))
    assert item_of(moved) == item_of(observation("a"))
    assert item_of(moved).at.utcoffset() == timedelta(0)
