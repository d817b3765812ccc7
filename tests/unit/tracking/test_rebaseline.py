"""A key moves to another model in one step, with one event, and never by a change."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from stancewire.baseline import ArticleVersion, Baseline
from stancewire.errors import InvalidInput
from stancewire.events import ActorRef, ModelRef, Observation, Stance, StoryRef
from stancewire.tracking import State, advance, checkpoint_of, rebaseline, to_bytes
from track_builders import RECORDED, articles, config, observation, run

SECOND = ModelRef(name="stancewire-reader", version="2")


def baseline(
    state: State, readings: Sequence[Observation] = (), *, unseen: Sequence[str] = ()
) -> Baseline:
    return Baseline(
        story=StoryRef(id="talks", label="The talks"),
        actor=ActorRef(id="person:jane-doe", name="Jane Doe", kind="person"),
        model=SECOND,
        readings=tuple(readings),
        unseen=tuple(ArticleVersion(uri=f"urn:{name}", version=1) for name in unseen),
        checkpoint=checkpoint_of(state),
        at=RECORDED,
    )


def by_second(labels: str, **options: object) -> list[Observation]:
    return [
        replace(each, model=SECOND, observation_id=each.observation_id[::-1])
        for each in articles(labels, **options)
    ]  # type: ignore[arg-type]


def taken(state: State, event: Observation | Baseline, **changes: object):
    return advance(state, event, config=config(**changes), recorded_at=RECORDED)


def test_one_event_says_what_the_new_readings_show() -> None:
    state, (established, changed) = run(articles("hhhwww"), config=config())
    after, (event,) = taken(state, baseline(state, by_second("hhhsss")))
    assert (event.type, event.model) == ("rebaselined", SECOND)
    assert event.previous is not None
    assert event.current is not None
    assert (event.previous.stance, event.current.stance) == (Stance.WARNING, Stance.SKEPTICAL)
    assert event.sequence == changed.sequence + 1
    assert after.ledger[-1].change_id == event.change_id
    assert established.change_id not in {entry.change_id for entry in after.ledger}


def test_articles_that_were_not_read_again_count_on() -> None:
    state, _ = run(articles("hhhww"), config=config())
    after, (event,) = taken(state, baseline(state, by_second("hhhww")[4:]))
    assert event.current == event.previous
    _, (changed,) = taken(after, by_second("w", start=5, prefix="b")[0])
    assert changed.type == "changed"
    assert [e.article_uri for e in changed.evidence] == ["urn:b0", "urn:a4", "urn:a3"]


def test_an_article_in_which_the_new_model_finds_nobody_counts_no_longer() -> None:
    state, _ = run(articles("hhh"), config=config())
    after, (event,) = taken(state, baseline(state, by_second("hh"), unseen=["a2"]))
    assert event.current is None
    assert len(after.items) == 2
    again, events = taken(after, articles("hhh")[2])
    assert (again.items, events) == (after.items, ()), "the old reading does not come back"


def test_an_actor_whom_only_the_new_model_finds_is_rebaselined_too() -> None:
    after, (event,) = taken(State(), baseline(State(), by_second("hhh")))
    assert (event.type, event.previous) == ("rebaselined", None)
    assert after.now.held is not None


def test_where_no_stance_holds_nothing_is_said() -> None:
    state, _ = run(articles("hh"), config=config())
    after, events = taken(state, baseline(state, by_second("hh")))
    assert events == ()
    assert after.model == SECOND


def test_a_repeat_changes_nothing() -> None:
    state, _ = run(articles("hhhwww"), config=config())
    event = baseline(state, by_second("hhhsss"))
    after, _ = taken(state, event)
    assert taken(after, event) == (after, ())
    for each in by_second("hhhsss"):
        assert taken(after, each)[0] is after, "what apply publishes beside it is known"


def test_a_newer_version_and_a_withdrawal_outrank_what_was_read_again() -> None:
    state, _ = run(articles("hhh"), config=config())
    corrected = observation("a0", "n", version=2)
    gone = observation("a1", hours=1, withdrawn=True)
    state, _ = run([corrected, gone], config=config(), state=state)
    after, _ = taken(state, baseline(state, by_second("www")))
    assert [(item.uri, item.stance) for item in after.items] == [
        ("urn:a0", Stance.NEUTRAL),
        ("urn:a2", Stance.WARNING),
    ]


def test_what_the_old_model_reads_afterwards_casts_no_vote() -> None:
    state, _ = run(articles("hhh"), config=config())
    state, _ = taken(state, baseline(state, by_second("hhh")))
    state, events = run(articles("wwwwww", start=9, prefix="b"), config=config(), state=state)
    assert events == []
    assert len(state.items) == 9
    _, (event,) = taken(state, baseline(state, by_second("wwwwww", start=9, prefix="b")))
    assert event.type == "rebaselined", "another upgrade reads them again"


def test_its_loss_is_retracted_by_its_own_name() -> None:
    state, _ = run(articles("hhhwww"), config=config())
    state, (told,) = taken(state, baseline(state, by_second("hhhwww")))
    gone = replace(by_second("hhhwww")[5], status="withdrawn", statements=())
    _, events = taken(state, gone)
    assert [(e.type, e.supersedes) for e in events if e.type == "retracted"] == [
        ("retracted", told.change_id)
    ]


def test_an_unreadable_checkpoint_is_refused() -> None:
    state, _ = run(articles("hhh"), config=config())
    broken = replace(baseline(state), checkpoint="k6A=")
    with pytest.raises(InvalidInput, match="upgrade apply"):
        taken(state, broken)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(3, 30), st.integers(2, 12))
def test_a_fold_that_begins_before_it_under_other_settings_comes_to_the_same_bytes(
    seed: int, length: int, kept: int
) -> None:
    chance = Random(seed)
    labels = "".join(chance.choices("hwsn", weights=[5, 3, 1, 1], k=length))
    log = [replace(each, resolved=chance.random() < 0.9) for each in articles(labels)]
    old, new = config(max_items=kept), config(max_items=kept, h=2.0, min_votes=2, min_owners=2)
    live, _ = run(log, config=old)
    again = by_second("".join(chance.choices("hws", k=length)))
    event = baseline(live, [each for each in again if chance.random() < 0.7])
    live, told = rebaseline(live, event, config=new, recorded_at=RECORDED)
    anew, _ = run(log, config=new)
    anew, told_anew = rebaseline(anew, event, config=new, recorded_at=RECORDED)
    assert to_bytes(anew) == to_bytes(live)
    assert told_anew == told
    assert {each.type for each in told} <= {"rebaselined"}
    later = by_second("whw", start=length + 5.0, prefix="b")
    assert run(later, config=new, state=anew) == run(later, config=new, state=live)
