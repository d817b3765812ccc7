"""Sends deliveries that are due, and writes down what became of each try."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from stancewire.alerting.notifiers.outcome import Notifier, Outcome, failed
from stancewire.alerting.retry import next_try
from stancewire.alerting.rules import Rulebook
from stancewire.alerting.values import Attempt, Delivery
from stancewire.errors import InvalidInput, Unavailable
from stancewire.plumbing.clock import Clock
from stancewire.stores.deliveries import Deliveries, Settlement
from stancewire.stores.disabled_receivers import DisabledReceivers
from stancewire.workers.alert_letters import failed_delivery
from stancewire.workers.alerter_metrics import AlerterMetrics
from stancewire.workers.guard import FIRST_PAUSE_S, LONGEST_PAUSE_S
from stancewire.workers.holding import Holder
from stancewire.workers.records import Outgoing, Publisher

FORGET_EVERY = timedelta(hours=1)
LOOK_EVERY_S = 1.0
"""How often it looks for what is due, when nobody wakes it."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How deliveries are sent."""

    schedule_s: Sequence[float]
    """Waits before the second try, the third and so on."""
    limit_s: float
    """Longest time that one try may take."""
    at_once: int
    """Tries at the same time, for each receiver."""

    @property
    def lease_s(self) -> float:
        """How long a claimed delivery belongs to who claimed it: longer than a try can take."""
        return self.limit_s + 2.0


class Dispatcher:
    """Claims what is due, tries it, settles it; see the module."""

    def __init__(
        self,
        *,
        store: Deliveries,
        notifiers: Mapping[str, Notifier],
        marks: Mapping[str, str],
        rulebook: Rulebook,
        manner: Manner,
        publisher: Publisher,
        dead_letters: str,
        metrics: AlerterMetrics,
        clock: Clock,
        holder: Holder,
        disabled: DisabledReceivers,
    ) -> None:
        self._store = store
        self._disabled = disabled
        self._holder = holder
        self._notifiers = notifiers
        self._marks = marks
        self._rulebook = rulebook
        self._manner = manner
        self._publisher = publisher
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._clock = clock
        self._woken = asyncio.Event()
        self._running: dict[asyncio.Task[None], str] = {}
        self._forgot_at = datetime.min.replace(tzinfo=UTC)

    def wake(self) -> None:
        """Something is due."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled. Goes on when Redis or Kafka was away."""
        pause = FIRST_PAUSE_S
        try:
            while True:
                try:
                    await self._look()
                    pause = FIRST_PAUSE_S
                except Unavailable as error:
                    _log.warning("deliveries wait", reason=str(error), pause_s=pause)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE_S)
        finally:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def send_due(self) -> int:
        """Start a try for what is due and for which there is room; how many were started.

        Each receiver has its own room: one that hangs keeps no other waiting.
        """
        started = 0
        for receiver in await self._store.receivers():
            running = sum(name == receiver for name in self._running.values())
            started += await self._start(receiver, room=self._manner.at_once - running)
        return started

    async def _start(self, receiver: str, *, room: int) -> int:
        if room <= 0:
            return 0
        claimed = await self._store.claim(
            receiver, now=self._clock.now(), lease_s=self._manner.lease_s, limit=room
        )
        for delivery in claimed:
            task = asyncio.ensure_future(self._take(delivery))
            self._running[task] = receiver
            task.add_done_callback(self._ended)
        return len(claimed)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        self.wake()

    async def until_idle(self) -> None:
        """Return when no try is running."""
        while self._running:
            await asyncio.wait(self._running)

    async def _look(self) -> None:
        self._woken.clear()
        if await self.send_due():
            return
        if self._clock.now() - self._forgot_at > FORGET_EVERY:
            self._forgot_at = self._clock.now()
            await self._store.forget_old(now=self._forgot_at)
        try:
            async with asyncio.timeout(LOOK_EVERY_S):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _take(self, delivery: Delivery) -> None:
        """One try, from claimed to settled. What fails here is tried again when the lease ends."""
        try:
            await self._holder.before(delivery)
            outcome = await self._try(delivery)
            if outcome.is_delivered:
                await self._holder.after(delivery)
            await self._settle(delivery, outcome)
        except Unavailable as error:
            _log.warning("a try could not be noted", delivery=delivery.id, reason=str(error))
        except Exception as error:
            _log.error("unexpected error in a delivery", delivery=delivery.id, exc_info=error)

    async def _try(self, delivery: Delivery) -> Outcome:
        notifier = self._notifiers.get(delivery.receiver)
        if notifier is None:
            detail = f"no receiver {delivery.receiver} is in the rules any more"
            return failed("no_receiver", detail, is_recoverable=False)
        mark = self._marks[delivery.receiver]
        reason = await self._disabled.reason(delivery.receiver, mark=mark)
        if reason is not None:
            return failed("disabled", reason, is_recoverable=False)
        with self._metrics.seconds.labels(delivery.receiver).time():
            try:
                async with asyncio.timeout(self._manner.limit_s):
                    return await notifier.notify(delivery, now=self._clock.now())
            except TimeoutError:
                return failed("timeout", f"it took longer than {self._manner.limit_s:g} s")

    async def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        now = self._clock.now()
        attempt = Attempt(at=now, reason=outcome.reason, detail=outcome.detail)
        self._metrics.tries.labels(delivery.receiver, outcome.reason).inc()
        if outcome.is_gone:
            mark = self._marks[delivery.receiver]
            reason = f"the endpoint answered {outcome.detail} at {now:%Y-%m-%d %H:%M}Z"
            await self._disabled.add(delivery.receiver, mark=mark, reason=reason)
        again = self._next_try(delivery, outcome)
        settlement = Settlement(
            state="delivered" if outcome.is_delivered else "sending" if again else "failed",
            attempt=attempt,
            due_at=again or now,
            rule=self._rulebook.rule_named(delivery.rule),
        )
        if settlement.state == "failed":
            await self._bury(delivery, attempt)
        await self._store.settle(delivery, settlement, now=now)
        self._tell(delivery, settlement, outcome)

    def _next_try(self, delivery: Delivery, outcome: Outcome) -> datetime | None:
        if outcome.is_delivered or not outcome.is_recoverable:
            return None
        return next_try(
            tries=delivery.tries,
            schedule_s=self._manner.schedule_s,
            now=self._clock.now(),
            id=delivery.id,
            retry_after_s=outcome.retry_after_s,
        )

    async def _bury(self, delivery: Delivery, attempt: Attempt) -> None:
        record = failed_delivery(delivery, attempt)
        try:
            await self._publisher.publish([Outgoing(topic=self._dead_letters, record=record)])
        except InvalidInput as error:
            # Its whole stays in Redis; trying again could not make it smaller.
            _log.error("a failed delivery fits no dead letter", id=delivery.id, reason=str(error))

    def _tell(self, delivery: Delivery, settlement: Settlement, outcome: Outcome) -> None:
        about = {"delivery": delivery.id, "receiver": delivery.receiver, "rule": delivery.rule}
        if settlement.state == "delivered":
            delay_s = (self._clock.now() - delivery.created_at).total_seconds()
            self._metrics.delay.labels(delivery.receiver).observe(max(0.0, delay_s))
            _log.info("delivered", tries=delivery.tries, **about)
        elif settlement.state == "failed":
            self._metrics.failed.labels(delivery.receiver, outcome.reason).inc()
            _log.error("delivery given up", reason=outcome.detail or outcome.reason, **about)
        else:
            next_at = settlement.due_at.isoformat(timespec="seconds")
            _log.warning("delivery failed", reason=outcome.detail, next_try=next_at, **about)
