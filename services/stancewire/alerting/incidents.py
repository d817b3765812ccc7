"""Deduplicate: what a rule has told about an actor in a story, and what a change adds to it.

Of each rule that has fired, the changes since are kept in order. The newest says what holds: while
it alerts, the alert is open. What takes a change back (`reverted`, `retracted`) thereby finds the
alert that it belongs to, and tells it under the same key instead of raising a new one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from stancewire.alerting.rules import Rule
from stancewire.alerting.values import Notice, Status, alert_key
from stancewire.events import Stance, StanceChange, Value

KEPT_STEPS = 32
KEPT_IDS = 128
"""How many ids of changes are remembered for each actor in a story."""


class Step(Value, frozen=True, kw_only=True):
    """A change that a rule has seen since it first fired."""

    change_id: str
    stance: Stance | None
    alert_id: str | None
    """The change that fired, while this one belongs to its alert; None where none is open."""


class Told(Value, frozen=True, kw_only=True):
    """What is remembered of an actor in a story."""

    seen: tuple[str, ...] = ()
    """Of all changes: one from before an alert must not end it when it comes a second time."""
    steps: Mapping[str, tuple[Step, ...]] = {}
    """By the name of the rule; a rule that has not fired has none."""


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What a rule is asked about one change."""

    matches: Callable[[Rule], bool]
    may_fire: bool
    """False for backfilled and for old changes: they follow up and resolve, but never fire."""


def take(
    told: Told, change: StanceChange, rules: Sequence[Rule], about: Circumstances
) -> tuple[Told, tuple[Notice, ...]]:
    """What is remembered after `change`, and the notices that it leads to; a repeat leads to none.

    Returns `told` itself for a repeat.
    """
    if change.change_id in told.seen:
        return told, ()
    steps, notices = dict(told.steps), []
    for rule in rules:
        before = told.steps.get(rule.name, ())
        fires = about.matches(rule)
        after = _after(before, change, fires=fires and about.may_fire, holds=fires)
        if after:
            steps[rule.name] = after[-KEPT_STEPS:]
        else:
            steps.pop(rule.name, None)
        notice = _notice(rule, change, before, after)
        if notice is not None:
            notices.append(notice)
    seen = (*told.seen, change.change_id)[-KEPT_IDS:]
    return Told(seen=seen, steps=steps), tuple(notices)


def open_alert(steps: Sequence[Step]) -> str | None:
    """The alert that is open; None where none is."""
    return steps[-1].alert_id if steps else None


def _after(
    steps: tuple[Step, ...], change: StanceChange, *, fires: bool, holds: bool
) -> tuple[Step, ...]:
    """The steps after `change`; none for as long as nothing has fired."""
    if not steps and not fires:
        return ()
    stance = change.current.stance if change.current else None
    step = Step(change_id=change.change_id, stance=stance, alert_id=None)
    after = steps
    match change.type:
        case "established" | "changed":
            kept = open_alert(steps) if holds else None
            after = (*steps, replace(step, alert_id=change.change_id if fires else kept))
        case "reverted":
            after = (*steps, replace(step, alert_id=_alert_before(steps, change)))
        case "retracted":
            after = tuple(each for each in steps if each.change_id != change.supersedes)
        case "stale":
            after = (*steps, step)
        case "rebaselined":
            stands = steps[-1].stance == stance
            after = (replace(step, alert_id=open_alert(steps)),) if stands else ()
    return after


def _alert_before(steps: Sequence[Step], change: StanceChange) -> str | None:
    """The alert that was open before the change that is reverted."""
    for place, step in enumerate(steps):
        if step.change_id == change.supersedes:
            return steps[place - 1].alert_id if place else None
    return None


def _notice(
    rule: Rule, change: StanceChange, before: Sequence[Step], after: Sequence[Step]
) -> Notice | None:
    was, now = open_alert(before), open_alert(after)
    status: Status
    if now == change.change_id:
        status = "firing"
    elif now is not None and (now != was or _differs(change, before, after)):
        status = "updated"
    elif was is not None and now is None:
        status = "resolved"
    else:
        return None
    return Notice(
        status=status,
        key=alert_key(rule.name, change.story.id, change.actor.id),
        alert_id=now or was or change.change_id,
        rule=rule.name,
        severity=rule.severity,
        change=change,
        was_open=was is not None,
    )


def _differs(change: StanceChange, before: Sequence[Step], after: Sequence[Step]) -> bool:
    """Whether what holds is other than before, while the same alert stays open."""
    if change.type == "amended":
        return bool(before) and before[-1].change_id == change.supersedes
    return before[-1].stance != after[-1].stance
