"""Tells receivers of open alerts again, as long as they are open."""

import asyncio
from collections.abc import Mapping

import structlog

from stancewire.alerting.notifiers.alertmanager import AlertmanagerNotifier
from stancewire.alerting.notifiers.outcome import Notifier
from stancewire.alerting.rules import Rulebook
from stancewire.alerting.values import Delivery
from stancewire.errors import Unavailable
from stancewire.plumbing.clock import Clock
from stancewire.stores.held_alerts import HeldAlerts
from stancewire.workers.alerter_metrics import AlerterMetrics

AT_ONCE = 100
"""Alerts in one request."""
_TURN_SHARE = 0.9
"""A turn ends a little before the next round, so that the round finds none."""

_log = structlog.get_logger(__name__)


class Holder:
    """Keeps open alerts open; see the module. Of several processes one does a round."""

    def __init__(
        self,
        store: HeldAlerts,
        notifiers: Mapping[str, Notifier],
        *,
        rulebook: Rulebook,
        every_s: float,
        metrics: AlerterMetrics,
        clock: Clock,
    ) -> None:
        self._store = store
        self._holding = {
            name: one for name, one in notifiers.items() if isinstance(one, AlertmanagerNotifier)
        }
        self._rulebook = rulebook
        self._every_s = every_s
        self._metrics = metrics
        self._clock = clock
        self._turns = {name: asyncio.Lock() for name in self._holding}

    async def run(self) -> None:
        """Do a round now and then, until cancelled. Goes on when Redis was away."""
        while True:
            try:
                for receiver in self._holding:
                    if await self._store.take_turn(receiver, for_s=self._every_s * _TURN_SHARE):
                        await self.tell_again(receiver)
            except Unavailable as error:
                _log.warning("open alerts wait", reason=str(error))
            await asyncio.sleep(self._every_s)

    async def tell_again(self, receiver: str) -> None:
        """Tell a receiver of all that is open, and whose rule still is there."""
        notifier = self._holding[receiver]
        async with self._turns[receiver]:
            held = await self._store.of(receiver)
            known = [one for one in held if self._rulebook.rule_named(one.rule) is not None]
            for place in range(0, len(known), AT_ONCE):
                outcome = await notifier.post(known[place : place + AT_ONCE], now=self._clock.now())
                self._metrics.resends.labels(receiver, outcome.reason).inc()
                if not outcome.is_delivered:
                    _log.warning("open alerts not told", receiver=receiver, reason=outcome.detail)

    async def before(self, delivery: Delivery) -> None:
        """A delivery is about to be tried: let go of what it resolves, lest a round undo it."""
        if delivery.receiver in self._holding and delivery.group is not None:
            async with self._turns[delivery.receiver]:
                gone = [one for one in delivery.notices if one.status == "resolved"]
                await self._store.note(delivery.receiver, gone)

    async def after(self, delivery: Delivery) -> None:
        """A delivery has arrived: hold what it opens. One that was asked for anew holds nothing."""
        if delivery.receiver in self._holding and delivery.group is not None:
            await self._store.note(delivery.receiver, delivery.notices)
