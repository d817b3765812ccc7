"""What rules would have told of changes that are at hand: the same stages, without Redis."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from stancewire.alerting.incidents import Circumstances, Told, take
from stancewire.alerting.matching import Aliases, matches
from stancewire.alerting.quiet import audible_at
from stancewire.alerting.rules import Rule, Rulebook
from stancewire.alerting.values import Notice
from stancewire.alerting.wording import headline
from stancewire.errors import StancewireError
from stancewire.events import StanceChange, tracking_key

Trial = tuple[Notice, Sequence[str], datetime]
"""A notice, its receivers, and when it would have gone out at the earliest."""


def changes_in(data: bytes) -> list[StanceChange]:
    """The changes of JSON lines, or of one JSON value. Raises StancewireError naming the line."""
    try:
        return [msgspec.json.decode(data, type=StanceChange)]
    except msgspec.DecodeError:
        return [_change(line, number) for number, line in enumerate(data.splitlines(), 1) if line]


def trial(
    rulebook: Rulebook, changes: Sequence[StanceChange], *, aliases: Aliases
) -> Iterator[Trial]:
    """What each change would have led to, in the order in which they are given."""
    told: dict[str, Told] = {}
    rules = {rule.name: rule for rule in rulebook.rule}
    for change in changes:

        def asked(rule: Rule, change: StanceChange = change) -> bool:
            return matches(rule.match, change, aliases=aliases)

        key = tracking_key(change.story.id, change.actor.id)
        about = Circumstances(matches=asked, may_fire=True)
        told[key], notices = take(told.get(key, Told()), change, rulebook.rule, about)
        for notice in notices:
            rule = rules[notice.rule]
            yield notice, rule.receivers, audible_at(change.recorded_at, rule.quiet_hours)


def told_by(notice: Notice) -> str:
    """A notice in one line."""
    return f"[{notice.severity}] {headline(notice)}"


def _change(line: bytes, number: int) -> StanceChange:
    try:
        return msgspec.json.decode(line, type=StanceChange)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StancewireError(
            f"line {number} is no change of stance: {error}; take what"
            " `stancewire tail changes --json` prints"
        ) from error
