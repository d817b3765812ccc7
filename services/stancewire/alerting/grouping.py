"""Throttle and group: which notices go out together, and when.

Of each group one delivery is sent at a time, and one collects meanwhile: so nothing overtakes, a
receiver hears of an alert before it hears of its end, and a receiver that is away gets what has
gathered at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from stancewire.alerting.quiet import audible_at
from stancewire.alerting.rules import Rule
from stancewire.alerting.values import Delivery, Group, Notice, stable_id

MOST_NOTICES = 50
"""A delivery that has so many takes no more."""


@dataclass(frozen=True, kw_only=True)
class Collected:
    """A group with the delivery that took a notice."""

    group: Group
    delivery: Delivery
    is_due: bool
    """Whether it waits for nothing but its time; else for the one before it."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A notice, and where it goes."""

    group: str
    rule: Rule
    receiver: str
    notice: Notice


def place(notice: Notice, rule: Rule) -> Iterator[Placed]:
    """Where a notice goes: to each receiver of its rule."""
    for receiver in rule.receivers:
        group = group_id(rule, receiver, notice)
        yield Placed(group=group, rule=rule, receiver=receiver, notice=notice)


def group_id(rule: Rule, receiver: str, notice: Notice) -> str:
    """Which group a notice for a receiver belongs to."""
    change = notice.change
    parts = {"story": change.story.id, "actor": change.actor.id}
    named = [f"{name}={parts[name]}" for name in sorted(rule.group_by)]
    return stable_id("group", rule.name, receiver, *named)


def collect(
    group: Group,
    collecting: Delivery | None,
    placed: Placed,
    *,
    now: datetime,
) -> Collected:
    """Put a notice into the delivery that collects, or into a new one."""
    notice = placed.notice
    if collecting is None or not _takes(collecting, notice):
        delivery = _opened(group, placed, now=now)
        waiting = (*group.waiting, delivery.id)
    else:
        notices = _joined(collecting.notices, notice)
        # A dropped one keeps its notices, so that people see what it was about.
        delivery = replace(
            collecting,
            notices=notices or (*collecting.notices, notice),
            state="waiting" if notices else "dropped",
        )
        waiting = group.waiting if notices else group.waiting[:-1]
    is_next = group.sending is None and waiting[:1] == (delivery.id,)
    return Collected(group=replace(group, waiting=waiting), delivery=delivery, is_due=is_next)


def may_go(delivery: Delivery, rule: Rule | None, group: Group, now: datetime) -> datetime:
    """When a delivery that has waited for the one before it may go out."""
    if rule is None:
        return now
    earliest = max(delivery.due_at, _after_interval(group, rule, now))
    return audible_at(max(earliest, now), rule.quiet_hours)


def _earliest(group: Group, rule: Rule, now: datetime) -> datetime:
    waited = now + timedelta(seconds=rule.group_wait_s)
    return max(waited, _after_interval(group, rule, now))


def _after_interval(group: Group, rule: Rule, now: datetime) -> datetime:
    if group.flushed_at is None:
        return now
    return group.flushed_at + timedelta(seconds=rule.group_interval_s)


def _takes(collecting: Delivery, notice: Notice) -> bool:
    has_room = len(collecting.notices) < MOST_NOTICES
    return has_room or any(one.key == notice.key for one in collecting.notices)


def _opened(group: Group, placed: Placed, *, now: datetime) -> Delivery:
    rule, receiver, notice = placed.rule, placed.receiver, placed.notice
    return Delivery(
        id=stable_id("delivery", notice.change.change_id, rule.name, receiver),
        receiver=receiver,
        rule=rule.name,
        severity=rule.severity,
        group=placed.group,
        notices=(notice,),
        state="waiting",
        created_at=now,
        due_at=audible_at(_earliest(group, rule, now), rule.quiet_hours),
    )


def _joined(notices: tuple[Notice, ...], notice: Notice) -> tuple[Notice, ...]:
    """`notices` with one more, and of each alert only what a receiver still has to hear.

    What fired and was resolved before anybody heard of it is left out. What fired and was updated
    fires with the newest change.
    """
    earlier = next((one for one in notices if one.key == notice.key), None)
    if earlier is None:
        return (*notices, notice)
    others = tuple(one for one in notices if one.key != notice.key)
    if notice.status == "resolved" and not earlier.was_open:
        return others
    fires = notice.status == "updated" and earlier.status == "firing"
    status = "firing" if fires else notice.status
    return (*others, replace(notice, status=status, was_open=earlier.was_open))
