"""What a rule tells of a sequence of changes, and that nothing is told twice."""

from collections.abc import Collection, Sequence

from hypothesis import given
from hypothesis import strategies as st

from alert_builders import change, id_of, rulebook
from stancewire.alerting.incidents import Circumstances, Told, take
from stancewire.alerting.matching import matches
from stancewire.alerting.values import Notice
from stancewire.events import StanceChange

WARNS = rulebook().rule
ANY = rulebook(
    """
[[receiver]]
name = "desk"
type = "alertmanager"
urls = "https://alerts.example"

[[rule]]
name = "moves"
receivers = "desk"
"""
).rule


def told_of(changes: Sequence[StanceChange], rules=WARNS, *, backfilled: Collection[str] = ()):
    told, notices = Told(), []
    for each in changes:
        about = Circumstances(
            matches=lambda rule, each=each: matches(rule.match, each),
            may_fire=each.change_id not in backfilled,
        )
        told, new = take(told, each, rules, about)
        notices += new
    return told, notices


def in_short(notices: Sequence[Notice], *names: str) -> list[tuple[str, str]]:
    known = {id_of(name): name for name in names}
    return [(one.status, known[one.alert_id]) for one in notices]


def test_established_is_no_alert_by_default():
    told, notices = told_of([change("c0", ">w")])
    assert (told.steps, notices) == ({}, [])


def test_a_change_fires_and_another_one_resolves_it():
    _, notices = told_of([change("c1", "h>w"), change("c2", "w>h")])
    assert in_short(notices, "c1", "c2") == [("firing", "c1"), ("resolved", "c1")]


def test_a_change_to_another_wanted_stance_fires_on_the_same_key():
    _, notices = told_of([change("c1", "h>w"), change("c2", "w>s")], ANY)
    assert in_short(notices, "c1", "c2") == [("firing", "c1"), ("firing", "c2")]
    assert [one.was_open for one in notices] == [False, True]
    assert len({one.key for one in notices}) == 1


def test_reverted_resolves_what_it_undoes_and_is_no_alert_of_its_own():
    changes = [change("c1", "h>w"), change("c2", "w>h", type="reverted", supersedes="c1")]
    _, notices = told_of(changes, ANY)
    assert in_short(notices, "c1") == [("firing", "c1"), ("resolved", "c1")]


def test_reverted_to_what_had_fired_opens_the_first_alert_again():
    back = change("c3", "h>w", type="reverted", supersedes="c2")
    _, notices = told_of([change("c1", "h>w"), change("c2", "w>h"), back])
    assert in_short(notices, "c1") == [("firing", "c1"), ("resolved", "c1"), ("updated", "c1")]


def test_a_retracted_revert_brings_back_what_was_before_it():
    back = change("c3", "h>w", type="reverted", supersedes="c2")
    undone = change("c4", "w>h", type="retracted", supersedes="c3")
    _, notices = told_of([change("c1", "h>w"), change("c2", "w>h"), back, undone])
    assert [one.status for one in notices] == ["firing", "resolved", "updated", "resolved"]


def test_retracted_resolves_on_the_same_key():
    changes = [change("c1", "h>w"), change("c2", "w>h", type="retracted", supersedes="c1")]
    told, (fired, resolved) = told_of(changes)
    assert (fired.key, fired.alert_id) == (resolved.key, resolved.alert_id)
    assert told.steps == {}


def test_retracting_the_newer_of_two_goes_back_to_the_older():
    undone = change("c3", "s>w", type="retracted", supersedes="c2")
    _, notices = told_of([change("c1", "h>w"), change("c2", "w>s"), undone], ANY)
    assert in_short(notices, "c1", "c2") == [("firing", "c1"), ("firing", "c2"), ("updated", "c1")]


def test_what_takes_back_a_change_that_never_fired_is_told_to_nobody():
    _, notices = told_of([change("c2", "w>h", type="retracted", supersedes="c0")])
    assert notices == []


def test_amended_updates_an_open_alert_and_opens_none():
    amended = change("c2", "h>w", type="amended", supersedes="c1", sources=9)
    assert told_of([amended])[1] == []
    _, notices = told_of([change("c1", "h>w"), amended])
    assert in_short(notices, "c1") == [("firing", "c1"), ("updated", "c1")]


def test_stale_resolves():
    _, notices = told_of([change("c1", "h>w"), change("c2", "w>w", type="stale")])
    assert [one.status for one in notices] == ["firing", "resolved"]


def test_a_new_model_that_sees_the_same_changes_nothing_and_another_stance_resolves():
    fired = change("c1", "h>w")
    same = change("c2", "w>w", type="rebaselined")
    other = change("c3", "w>h", type="rebaselined")
    assert len(told_of([fired, same])[1]) == 1
    assert [one.status for one in told_of([fired, same, other])[1]] == ["firing", "resolved"]


def test_backfilled_changes_fire_nothing_but_follow_up():
    first, second = change("c1", "h>w"), change("c2", "w>s")
    assert told_of([first], ANY, backfilled={id_of("c1")})[1] == []
    _, notices = told_of([first, second], ANY, backfilled={id_of("c2")})
    assert in_short(notices, "c1") == [("firing", "c1"), ("updated", "c1")]


def test_two_rules_each_tell_their_own():
    rules = (*WARNS, *ANY)
    _, notices = told_of([change("c1", "h>w")], rules)
    assert {one.rule for one in notices} == {"warns", "moves"}
    assert len({one.key for one in notices}) == 2


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["h>w", "w>h", "w>s", "s>w", ">w"]),
        st.sampled_from([None, "reverted", "retracted", "amended", "stale", "rebaselined"]),
        st.integers(0, 8),
    ),
    max_size=12,
)


def made_of(moves) -> list[StanceChange]:
    changes = []
    for number, (move, kind, names) in enumerate(moves):
        fields = {"type": kind, "supersedes": f"c{names}"} if kind else {}
        changes.append(change(f"c{number}", move, **fields))
    return changes


@given(moves=MOVES)
def test_a_repeat_at_any_place_tells_nothing_more(moves):
    changes = made_of(moves)
    twice = [each for one in changes for each in (one, one)]
    assert told_of(twice, (*WARNS, *ANY)) == told_of(changes, (*WARNS, *ANY))
    assert told_of([*changes, *changes], (*WARNS, *ANY)) == told_of(changes, (*WARNS, *ANY))


def test_an_older_change_that_comes_again_does_not_end_an_alert():
    calmed, fired = change("c0", "w>h"), change("c1", "h>w")
    _, notices = told_of([calmed, fired, calmed, fired])
    assert in_short(notices, "c1") == [("firing", "c1")]


@given(moves=MOVES)
def test_what_is_open_is_what_was_told_last(moves):
    """A receiver that believes the newest notice of a key knows exactly which alerts are open."""
    told, notices = told_of(made_of(moves), (*WARNS, *ANY))
    believed = {one.rule: one for one in notices}
    for rule in (*WARNS, *ANY):
        steps = told.steps.get(rule.name, ())
        is_open = bool(steps) and steps[-1].alert_id is not None
        heard = rule.name in believed and believed[rule.name].status != "resolved"
        assert is_open == heard


@given(moves=MOVES)
def test_nothing_is_resolved_that_was_not_open(moves):
    is_open: set[str] = set()
    for one in told_of(made_of(moves), (*WARNS, *ANY))[1]:
        assert one.was_open == (one.key in is_open)
        if one.status == "resolved":
            assert one.key in is_open
            is_open.discard(one.key)
        else:
            is_open.add(one.key)
