"""What the alerter does with one record of the changes topic.

decode -> ask every rule -> compare with what was told -> put the notices into deliveries. All that
follows is written in one step, then the offset may be committed; delivering is another matter.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from stancewire.alerting.grouping import Collected, Placed, collect, place
from stancewire.alerting.incidents import Circumstances, Told, take
from stancewire.alerting.matching import Aliases, matches
from stancewire.alerting.rules import Rulebook
from stancewire.alerting.values import Delivery, Group
from stancewire.errors import InvalidInput
from stancewire.events import StanceChange, tracking_key
from stancewire.plumbing.clock import Clock
from stancewire.plumbing.envelope import decode_event
from stancewire.stores.deliveries import Deliveries
from stancewire.workers.backfill import is_backfill
from stancewire.workers.records import Incoming


class AlertingFlow:
    """Handles one record at a time; see the module. `wake` is called when a delivery is due."""

    def __init__(
        self,
        *,
        rulebook: Rulebook,
        store: Deliveries,
        clock: Clock,
        max_age: timedelta,
        aliases: Aliases,
        wake: Callable[[], None],
    ) -> None:
        self._rulebook = rulebook
        self._store = store
        self._clock = clock
        self._max_age = max_age
        self._aliases = aliases
        self._wake = wake

    async def handle(self, incoming: Incoming) -> str:
        """Take one record to its end; in a word, how it ended: `alerted` or `passed`.

        Raises InvalidInput for a record that is unusable, Unavailable where Redis is away.
        """
        change = decode_event(incoming.value, incoming.headers)
        if not isinstance(change, StanceChange):
            raise InvalidInput(
                f"a {type(change).__name__} is no change of stance; publish it on its own topic",
                stage="decode",
            )
        may_fire = not is_backfill(incoming) and not self._is_old(change)
        touched = await self._store.record(
            tracking_key(change.story.id, change.actor.id),
            partial(self._decide, change, may_fire=may_fire),
            self._collect,
        )
        if touched:
            self._wake()
        return "alerted" if touched else "passed"

    def _decide(
        self, change: StanceChange, told: Told, *, may_fire: bool
    ) -> tuple[Told, Sequence[Placed]]:
        about = Circumstances(
            matches=lambda rule: matches(rule.match, change, aliases=self._aliases),
            may_fire=may_fire,
        )
        after, notices = take(told, change, self._rulebook.rule, about)
        rules = {rule.name: rule for rule in self._rulebook.rule}
        return after, [placed for notice in notices for placed in place(notice, rules[notice.rule])]

    def _collect(self, group: Group, collecting: Delivery | None, placed: Placed) -> Collected:
        return collect(group, collecting, placed, now=self._clock.now())

    def _is_old(self, change: StanceChange) -> bool:
        """Old news is none, be it that the article came late or that this service was away."""
        return min(change.occurred_at, change.recorded_at) < self._clock.now() - self._max_age
