"""What goes out together, when, and in which order."""

from datetime import timedelta

from msgspec.structs import replace

from alert_builders import NOW, RULES, change, notice, rulebook
from stancewire.alerting.grouping import MOST_NOTICES, Collected, collect, group_id, may_go, place
from stancewire.alerting.values import Group
from stancewire.events import ActorRef


def rule(extra: str = ""):
    return rulebook(RULES + extra).rule[0]


def put(*notices, extra: str = "", group: Group | None = None, now=NOW) -> Collected:
    group, delivery = group or Group(), None
    for each in notices:
        (placed,) = place(each, rule(extra))
        collected = collect(group, delivery, placed, now=now)
        group, delivery = collected.group, collected.delivery
    return collected


FIRED = notice(change("c1", "h>w"))
RESOLVED = notice(
    change("c2", "w>h", type="retracted", supersedes="c1"), "resolved", alert_id=FIRED.alert_id
)
UPDATED = notice(change("c3", "h>w", type="amended", supersedes="c1"), "updated")


def of_another(number: int = 2):
    other = ActorRef(id=f"person:n{number}", name=f"N{number}", kind="person")
    return notice(change(f"o{number}", "h>w", actor=other), key=f"key-{number}")


def test_a_notice_is_due_at_once_unless_told_otherwise():
    collected = put(FIRED)
    assert (collected.delivery.due_at, collected.is_due) == (NOW, True)
    assert collected.group.waiting == (collected.delivery.id,)


def test_it_waits_for_others_and_goes_with_them():
    collected = put(FIRED, of_another(), extra='group_by = "story"\ngroup_wait_s = 30\n')
    assert collected.delivery.due_at == NOW + timedelta(seconds=30)
    assert len(collected.delivery.notices) == 2


def test_groups_are_apart_by_what_they_are_grouped_by():
    by_story, by_both = rule('group_by = "story"\n'), rule()
    assert group_id(by_story, "desk", FIRED) == group_id(by_story, "desk", of_another())
    assert group_id(by_both, "desk", FIRED) != group_id(by_both, "desk", of_another())
    assert group_id(by_story, "desk", FIRED) != group_id(by_story, "other", FIRED)


def test_two_deliveries_of_a_group_keep_their_distance():
    extra = "group_interval_s = 600\n"
    flushed = Group(flushed_at=NOW - timedelta(seconds=60))
    assert put(FIRED, extra=extra, group=flushed).delivery.due_at == NOW + timedelta(seconds=540)


def test_while_one_is_sent_the_next_waits_for_it():
    collected = put(FIRED, group=Group(sending="earlier"))
    assert not collected.is_due
    later = NOW + timedelta(seconds=90)
    after = replace(collected.group, sending=None, flushed_at=later)
    assert may_go(collected.delivery, rule(), after, later) == later
    spaced = rule("group_interval_s = 60\n")
    assert may_go(collected.delivery, spaced, after, later) == later + timedelta(seconds=60)
    assert may_go(collected.delivery, None, after, later) == later


def test_quiet_hours_hold_it_back():
    night = '[rule.quiet_hours]\nstart = "18:00"\nend = "06:00"\ntime_zone = "UTC"\n'
    assert put(FIRED, extra=night).delivery.due_at == NOW.replace(day=10, hour=6)


def test_what_was_taken_back_before_anybody_heard_of_it_is_dropped():
    collected = put(FIRED, RESOLVED)
    assert collected.delivery.state == "dropped"
    assert collected.group.waiting == ()
    assert len(collected.delivery.notices) == 2


def test_the_end_of_what_somebody_has_heard_of_is_told():
    heard = replace(notice(change("c4", "w>s")), was_open=True)
    collected = put(heard, RESOLVED)
    assert [one.status for one in collected.delivery.notices] == ["resolved"]
    assert collected.delivery.state == "waiting"


def test_dropping_one_leaves_the_others():
    collected = put(of_another(), FIRED, RESOLVED, extra='group_by = "story"\n')
    assert [one.key for one in collected.delivery.notices] == ["key-2"]
    assert collected.delivery.state == "waiting"


def test_an_update_of_what_nobody_has_heard_of_fires():
    (only,) = put(FIRED, UPDATED).delivery.notices
    assert (only.status, only.change.type) == ("firing", "amended")


def test_a_full_delivery_is_followed_by_another():
    many = [of_another(number) for number in range(MOST_NOTICES + 1)]
    collected = put(*many, extra='group_by = "story"\n')
    assert len(collected.delivery.notices) == 1
    assert len(collected.group.waiting) == 2
    assert not collected.is_due
