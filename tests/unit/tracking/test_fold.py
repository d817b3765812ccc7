"""When a stance is established, when it changes, and what it waits for: counted by hand."""

import math

import pytest

from stancewire.errors import ConfigurationError
from stancewire.events import Stance, Support
from stancewire.tracking import view
from track_builders import MATRIX, START, articles, config, observation, run

STRONG = math.log(0.8 / 0.05)
"""What one warning says for "warning" against "hopeful"; two make 5.5."""


def types(labels: str, **changes: object) -> list[str]:
    return [event.type for event in run(articles(labels), config=config(**changes))[1]]


def test_the_first_stance_with_enough_votes_and_owners_is_established() -> None:
    _, (event,) = run(articles("hwhsh"), config=config())
    assert (event.type, event.previous) == ("established", None)
    assert event.current is not None
    assert (event.current.stance, event.current.since) == (Stance.HOPEFUL, START)
    assert event.support == Support(statements=3, articles=3, sources=3)
    assert event.occurred_at == articles("hwhsh")[-1].article.published_at
    assert event.detector.name == "minimum-evidence"


def test_a_change_needs_the_alarm_and_the_evidence() -> None:
    assert STRONG < 5.0 < 2 * STRONG
    assert types("hhhww") == ["established"]
    assert types("hhhwww") == ["established", "changed"]
    assert types("hhhww", min_votes=2, min_owners=2) == ["established", "changed"]


def test_the_change_says_what_it_was_what_it_is_and_why() -> None:
    _, (_, event) = run(articles("hhhwww"), config=config())
    assert event.previous is not None
    assert event.current is not None
    assert (event.previous.stance, event.current.stance) == (Stance.HOPEFUL, Stance.WARNING)
    assert event.current.since == articles("hhhwww")[3].article.published_at
    assert event.current.confidence == pytest.approx(0.8)
    assert [e.article_uri for e in event.evidence] == ["urn:a5", "urn:a4", "urn:a3"]
    assert event.detector.statistic == pytest.approx(5.0 + STRONG)
    assert event.detector.threshold == 5.0
    assert event.sequence == 2


def test_while_waiting_the_statistic_stays_at_the_threshold() -> None:
    """Ten votes of one owner weigh no more than the threshold: few others take them back."""
    owned = [observation(f"w{i}", "w", hours=10 + i, owner="one") for i in range(10)]
    state, events = run(articles("hhh") + owned, config=config())
    assert [event.type for event in events] == ["established"]
    shown = view(state, as_of=START, config=config())
    assert shown.pending is not None
    assert (shown.pending.stance, shown.pending.statistic) == (Stance.WARNING, 5.0)
    assert shown.pending.since == owned[0].article.published_at
    calm, _ = run(articles("hh", prefix="z", start=30), config=config(), state=state)
    assert view(calm, as_of=START, config=config()).pending is None


def test_two_owners_are_enough_in_a_story_declared_sparse() -> None:
    two = [
        observation(f"a{i}", label, hours=i, owner=f"owner {i % 2}")
        for i, label in enumerate("hhhwww")
    ]
    assert run(two, config=config())[1] == []
    sparse = config(sparse_stories=frozenset({"talks"}))
    assert [e.type for e in run(two, config=sparse)[1]] == ["established", "changed"]


def test_single_off_stance_votes_change_nothing() -> None:
    assert types("hhh" + "whshh" * 10) == ["established"]


def test_a_swing_back_within_a_day_reverts_and_names_what_it_reverts() -> None:
    _, (_, changed, reverted) = run(articles("hhhwwwhhh"), config=config())
    assert (changed.type, reverted.type) == ("changed", "reverted")
    assert reverted.supersedes == changed.change_id


def test_a_swing_back_after_a_day_is_another_change() -> None:
    later = articles("hhh", prefix="b", start=31)
    _, events = run(articles("hhhwww") + later, config=config())
    assert [event.type for event in events] == ["established", "changed", "changed"]
    assert events[-1].supersedes is None


def test_what_swings_back_from_a_reversal_is_a_change() -> None:
    assert types("hhhwwwhhhwww") == ["established", "changed", "reverted", "changed"]


def test_a_vote_for_another_stance_resets_what_is_not_supported_by_it() -> None:
    """After the statistic was back at zero, older votes no longer count as its evidence."""
    _, events = run(articles("hhh" + "ww" + "hhhh" + "ww"), config=config())
    assert [event.type for event in events] == ["established"]
    _, events = run(articles("hhh" + "ww" + "hhhh" + "www"), config=config())
    assert events[1].current is not None
    assert events[1].current.since == articles("h" * 10)[9].article.published_at


@pytest.mark.parametrize("changes", [{"h": 0.0}, {"min_votes": 0}, {"max_items": 0}])
def test_numbers_that_make_no_detector_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="must"):
        config(**changes)


def test_the_matrix_of_these_tests_is_one() -> None:
    assert [sum(row) for row in MATRIX] == pytest.approx([1.0, 1.0, 1.0])
