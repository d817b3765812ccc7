"""One vote for each statement that was made, however often it was printed."""

import pytest

from stancewire.tracking import State, view
from stancewire.tracking.votes import Ballot, ballots
from track_builders import articles, config, observation, run

QUOTE = "We see a real chance to break the ice between both countries"
OTHER = "Nobody should expect the border to open before next summer"


def cast(state: State) -> list[Ballot]:
    return list(ballots(state.items, model="1", config=config()))


def carried(state: State) -> dict[str, tuple[str, ...]]:
    return {ballot.uri: ballot.carries for ballot in cast(state)}


def test_copies_carry_the_vote_of_the_first_one_in_event_time() -> None:
    state, _ = run(
        [
            observation("c", hours=3, texts=[f"“{QUOTE}”"]),
            observation("a", hours=1, texts=[QUOTE]),
            observation("b", hours=2, texts=[QUOTE.upper()]),
        ],
        config=config(),
    )
    assert carried(state) == {"urn:a": (), "urn:b": ("urn:a",), "urn:c": ("urn:a",)}


def test_one_new_statement_makes_a_vote() -> None:
    state, _ = run(
        [
            observation("a", hours=1, texts=[QUOTE]),
            observation("b", hours=2, texts=[QUOTE, OTHER]),
            observation("c", hours=3, texts=[OTHER, QUOTE]),
        ],
        config=config(),
    )
    assert carried(state) == {"urn:a": (), "urn:b": (), "urn:c": ("urn:a", "urn:b")}


def test_at_equal_times_the_uri_decides_who_was_first() -> None:
    state, _ = run(
        [observation("b", texts=[QUOTE]), observation("a", texts=[QUOTE])], config=config()
    )
    assert carried(state) == {"urn:a": (), "urn:b": ("urn:a",)}


def test_without_the_original_the_next_printing_votes() -> None:
    first = observation("a", hours=1, texts=[QUOTE])
    second = observation("b", hours=2, texts=[QUOTE])
    withdrawn = observation("a", hours=1, withdrawn=True)
    state, _ = run([first, second, withdrawn], config=config())
    assert carried(state) == {"urn:b": ()}
    assert state.items[0].quotes[0].copies == ()


@pytest.mark.parametrize(
    "silent",
    [
        {"label": "n"},
        {"confidence": 0.49},
        {"resolved": False},
        {"model": "2"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_unsure_readings_are_kept_but_cast_no_vote(silent: dict[str, object]) -> None:
    state, _ = run([observation("a"), observation("b", **silent)], config=config())
    assert carried(state) == {"urn:a": ()}
    assert len(state.items) == 2


def test_thirty_copies_are_one_vote_with_thirty_sources() -> None:
    wire = [observation(f"c{i:02}", "w", hours=i, texts=[QUOTE]) for i in range(30)]
    state, events = run(wire, config=config())
    assert events == []
    shown = view(state, as_of=wire[-1].article.published_at, config=config())
    assert (shown.votes, shown.articles, shown.sources) == (1, 30, 30)


def test_carriers_bring_the_owners_that_a_change_waits_for() -> None:
    """Votes of one owner do not change a stance; a copy of one of them elsewhere adds its owner."""
    own = [
        observation(f"w{i}", "w", hours=10 + i, owner="one", texts=[f"{QUOTE} {i}{i}{i}"])
        for i in range(4)
    ]
    other = [observation("x", "w", hours=15, owner="two", texts=[f"{QUOTE} 000"])]
    _, waiting = run(articles("hhh") + own + other, config=config())
    assert [event.type for event in waiting] == ["established"]
    third = observation("y", "w", hours=16, owner="three", texts=[f"{QUOTE} 111"])
    _, events = run([*articles("hhh"), *own, *other, third], config=config())
    assert [event.type for event in events] == ["established", "changed"]
    assert (events[1].support.statements, events[1].support.articles) == (4, 6)
    assert events[1].support.sources == 3
    assert events[1].evidence[0].article_uri == "urn:y"
    assert events[1].detector.statistic == config().h
