"""Corrections, withdrawals and late articles: what is published, under which ids."""

from itertools import pairwise

import pytest

from stancewire.errors import InvalidInput
from stancewire.events import Observation, Stance, StanceChange, to_json
from stancewire.tracking import State, step, sweep, view
from track_builders import RECORDED, START, articles, config, days, observation, run


def withdrawal(of: Observation) -> Observation:
    name = of.article.uri.removeprefix("urn:")
    hours = (of.article.published_at - START).total_seconds() / 3600
    return observation(name, hours=hours, version=of.article.version, withdrawn=True)


def tracked(labels: str) -> tuple[State, list[StanceChange]]:
    return run(articles(labels), config=config())


def test_a_change_whose_article_is_withdrawn_is_retracted_by_name() -> None:
    state, (_, changed) = tracked("hhhwww")
    state, (retracted,) = run([withdrawal(articles("hhhwww")[4])], config=config(), state=state)
    assert (retracted.type, retracted.supersedes) == ("retracted", changed.change_id)
    assert retracted.previous == changed.current
    assert retracted.current is not None
    assert retracted.current.stance == Stance.HOPEFUL
    assert retracted.support.statements == 2
    assert [e.article_uri for e in retracted.evidence] == ["urn:a5", "urn:a3"]
    assert retracted.sequence == 3


def test_an_established_stance_can_be_retracted_to_nothing() -> None:
    state, (established,) = tracked("hhh")
    _, (retracted,) = run([withdrawal(articles("hhh")[0])], config=config(), state=state)
    assert (retracted.supersedes, retracted.current) == (established.change_id, None)


def test_a_corrected_article_that_reads_otherwise_retracts_too() -> None:
    state, (_, changed) = tracked("hhhwww")
    corrected = observation("a4", "h", hours=4, version=2)
    _, (retracted,) = run([corrected], config=config(), state=state)
    assert (retracted.type, retracted.supersedes) == ("retracted", changed.change_id)


def test_a_correction_that_votes_as_before_is_silent() -> None:
    state, _ = tracked("hhhwww")
    corrected = observation("a4", "w", hours=4, version=2, texts=["quite another wording of it"])
    after, events = run([corrected], config=config(), state=state)
    assert events == []
    assert after.items[4].version == 2


def test_a_change_that_other_articles_still_support_is_amended() -> None:
    state, (_, changed) = tracked("hhhwwwww")
    state, (amended,) = run([withdrawal(articles("hhhw")[3])], config=config(), state=state)
    assert (amended.type, amended.supersedes) == ("amended", changed.change_id)
    assert [e.article_uri for e in amended.evidence] == ["urn:a6", "urn:a5", "urn:a4"]
    gone = [withdrawal(each) for each in articles("hhhwwwww")[4:6]]
    _, events = run(gone, config=config(), state=state)
    assert [e.type for e in events] == ["amended", "retracted"]
    assert {e.supersedes for e in events} == {changed.change_id}
    assert len({e.change_id for e in [changed, amended, *events]}) == 4


def test_a_change_that_comes_again_after_a_retraction_has_an_id_of_its_own() -> None:
    """A contrary article comes in between, late, and is withdrawn: the same three tip it again."""
    state, (_, changed) = tracked("hhhwww")
    contrary = [observation(f"late{i}", "h", hours=3.5 + i / 10) for i in range(2)]
    state, (retracted,) = run(contrary, config=config(), state=state)
    assert retracted.supersedes == changed.change_id
    takes_back = [withdrawal(each) for each in contrary]
    _, (again,) = run(takes_back, config=config(), state=state)
    assert [e.article_uri for e in again.evidence] == [e.article_uri for e in changed.evidence]
    assert (again.type, again.supersedes) == ("changed", None)
    assert again.change_id != changed.change_id


def test_the_order_of_arrival_makes_no_second_id() -> None:
    _, straight = tracked("hhhwww")
    shuffled = articles("hhhwww")
    _, (established, changed) = run([*shuffled[2::-1], *shuffled[:2:-1]], config=config())
    assert (established.change_id, changed.change_id) == tuple(e.change_id for e in straight)


def test_a_repeat_gives_the_same_state_back() -> None:
    state, _ = tracked("hhhwww")
    for each in [*articles("hhhwww"), observation("a3", "h", hours=3, version=0)]:
        again, events = step(state, each, config=config(), recorded_at=RECORDED)
        assert again is state
        assert events == ()


def test_a_withdrawal_that_comes_first_still_holds() -> None:
    third = articles("hhh")[2]
    state, events = run([withdrawal(third), *articles("hhh")], config=config())
    assert events == []
    newer = observation("a2", "h", hours=2, version=2)
    _, (established,) = run([newer], config=config(), state=state)
    assert established.type == "established"


def test_within_the_allowance_a_late_article_amends() -> None:
    state, (_, changed) = run(articles("hhhhwww", every=24), config=config())
    late = observation("late", "w", hours=84)
    _, (amended,) = run([late], config=config(), state=state)
    assert (amended.type, amended.supersedes) == ("amended", changed.change_id)
    assert amended.occurred_at < changed.occurred_at


def test_beyond_the_allowance_history_shifts_without_an_event() -> None:
    calm = articles("hhhhhh", every=24, start=300, prefix="b")
    state, (_, changed, _) = run(articles("hhhhwwwhhh", every=24) + calm, config=config())
    after, events = run([observation("late", "w", hours=84)], config=config(), state=state)
    assert events == []
    assert "urn:late" in after.ledger[1].move.uris
    assert after.ledger[1].change_id == changed.change_id


def test_beyond_the_allowance_a_swing_long_over_enters_history_silently() -> None:
    state, (_,) = run(
        articles("hhhhwwhhhh", every=24) + articles("hhh", every=24, start=400, prefix="b"),
        config=config(),
    )
    after, events = run([observation("late", "w", hours=84)], config=config(), state=state)
    assert events == []
    assert [entry.move.type for entry in after.ledger] == ["established", "changed", "changed"]
    assert [entry.change_id is None for entry in after.ledger] == [False, True, True]


def test_beyond_the_allowance_the_present_stance_is_never_wrong() -> None:
    """An old article that turns the present stance is told, and so is the way back."""
    early = [*articles("hhhww", every=1), observation("n", "n", hours=24 * 30)]
    state, (_,) = run(early, config=config())
    late = observation("late", "w", hours=4.5)
    state, (changed,) = run([late], config=config(), state=state)
    assert changed.type == "changed"
    _, (retracted,) = run([withdrawal(late)], config=config(), state=state)
    assert retracted.supersedes == changed.change_id


def test_a_silent_swing_whose_way_back_is_withdrawn_is_told() -> None:
    state, _ = run(articles("hhhhwwhhh", every=24), config=config())
    state, _ = run([observation("n", "n", hours=400)], config=config(), state=state)
    state, events = run([observation("late", "w", hours=84)], config=config(), state=state)
    assert events == []
    state, (told,) = run([withdrawal(articles("h" * 9, every=24)[8])], config=config(), state=state)
    assert told.current is not None
    assert (told.type, told.current.stance) == ("changed", Stance.WARNING)


def test_stale_is_due_30_days_after_the_newest_vote() -> None:
    state, (established,) = tracked("hhh")
    last = articles("hhh")[2].article.published_at
    assert sweep(state, as_of=last + days(29.9), config=config()) is None
    stale = sweep(state, as_of=last + days(30), config=config())
    assert stale is not None
    assert (stale.type, stale.occurred_at, stale.recorded_at) == ("stale", *[last + days(30)] * 2)
    assert stale.current == stale.previous == established.current
    assert stale.sequence == established.sequence


def test_stale_is_the_same_event_whenever_it_is_found() -> None:
    state, _ = tracked("hhh")
    state, _ = run([observation("n", "n", hours=900)], config=config(), state=state)
    found = {
        to_json(event)
        for after in (31, 32, 400)
        if (event := sweep(state, as_of=START + days(after), config=config()))
    }
    assert len(found) == 1


def test_a_newer_vote_makes_another_stale_of_its_own() -> None:
    state, _ = tracked("hhh")
    first = sweep(state, as_of=START + days(31), config=config())
    state, _ = run([observation("new", "h", hours=999)], config=config(), state=state)
    assert sweep(state, as_of=START + days(31), config=config()) is None
    second = sweep(state, as_of=START + days(99), config=config())
    assert first is not None
    assert second is not None
    assert first.change_id != second.change_id


def test_nothing_is_stale_where_no_stance_holds() -> None:
    state, _ = tracked("hh")
    assert sweep(state, as_of=START + days(99), config=config()) is None
    assert sweep(State(), as_of=START + days(99), config=config()) is None


def test_staleness_is_seen_at_a_time_not_stored() -> None:
    state, _ = tracked("hhh")
    assert not view(state, as_of=START + days(1), config=config()).is_stale
    assert view(state, as_of=START + days(31), config=config()).is_stale


def test_another_models_readings_never_change_a_stance() -> None:
    state, _ = tracked("hhh")
    newer = [observation(f"b{i}", "w", hours=10 + i, model="2") for i in range(9)]
    state, events = run(newer, config=config(), state=state)
    assert events == []
    assert len(state.items) == 12


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"story": None}, "no story"),
        ({"observed_at": START - days(1)}, "published at 2026-03-01T08:00:00Z"),
    ],
)
def test_an_observation_that_cannot_be_tracked_is_refused(
    wrong: dict[str, object], says: str
) -> None:
    with pytest.raises(InvalidInput, match=says) as caught:
        step(State(), observation("a", **wrong), config=config(), recorded_at=RECORDED)
    assert caught.value.stage == "track"


def test_sequences_count_up_from_one() -> None:
    _, events = tracked("hhhwwwhhhwww")
    assert events[0].sequence == 1
    assert all(b.sequence == a.sequence + 1 for a, b in pairwise(events))
