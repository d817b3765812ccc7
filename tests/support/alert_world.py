"""An alerter's parts on a real Redis, with a clock that is moved by hand."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from alert_builders import NOW
from http_receiver import LOOPBACK
from stancewire.alerting.notifiers.http import HttpClient
from stancewire.alerting.notifiers.making import Surroundings, marks, notifiers
from stancewire.alerting.rules import Rulebook
from stancewire.events import Observation, StanceChange
from stancewire.plumbing.clock import Clock, ManualClock
from stancewire.plumbing.envelope import encode
from stancewire.stores.deliveries import Deliveries
from stancewire.stores.disabled_receivers import DisabledReceivers
from stancewire.stores.held_alerts import HeldAlerts
from stancewire.workers.alerter_metrics import AlerterMetrics
from stancewire.workers.alerting_flow import AlertingFlow
from stancewire.workers.dispatching import Dispatcher, Manner
from stancewire.workers.holding import Holder
from stancewire.workers.records import Incoming, Outgoing

SCHEDULE_S = (5.0, 30.0)


@dataclass
class FakePublisher:
    published: list[Outgoing] = field(default_factory=list)

    async def publish(self, records: Sequence[Outgoing]) -> None:
        self.published += records


class AlertWorld:
    def __init__(
        self,
        client: Redis,
        rulebook: Rulebook,
        *,
        clock: Clock | None = None,
        resend_s: float = 60.0,
    ) -> None:
        namespace = uuid.uuid4().hex
        self.clock = clock or ManualClock(NOW)
        self.http = HttpClient(timeout_s=5.0, allowed=LOOPBACK)
        self.store = Deliveries(client, namespace=namespace, keep_s=86_400.0)
        self.held = HeldAlerts(client, namespace=namespace)
        self.disabled = DisabledReceivers(client, namespace=namespace)
        self.publisher = FakePublisher()
        self.registry = CollectorRegistry()
        metrics = AlerterMetrics(self.registry)
        around = Surroundings(http=self.http, resend_s=resend_s, page_url="", timeout_s=5.0)
        told = notifiers(rulebook, around)
        self.holder = Holder(
            self.held, told, rulebook=rulebook, every_s=resend_s, metrics=metrics, clock=self.clock
        )
        self.dispatcher = Dispatcher(
            store=self.store,
            notifiers=told,
            marks=marks(rulebook),
            rulebook=rulebook,
            manner=Manner(schedule_s=SCHEDULE_S, limit_s=5.0, at_once=8),
            publisher=self.publisher,
            dead_letters="stancewire.alerts.dlq",
            metrics=metrics,
            clock=self.clock,
            holder=self.holder,
            disabled=self.disabled,
        )
        self.flow = AlertingFlow(
            rulebook=rulebook,
            store=self.store,
            clock=self.clock,
            max_age=timedelta(hours=24),
            aliases=lambda _: (),
            wake=self.dispatcher.wake,
        )

    async def take(self, change: StanceChange | Observation, *headers: tuple[str, bytes]) -> str:
        record = encode(change)
        return await self.flow.handle(
            Incoming(
                topic="stancewire.changes",
                partition=0,
                offset=0,
                key=record.key,
                value=record.value,
                headers=(*record.headers, *headers),
                timestamp=self.clock.now(),
            )
        )

    async def send(self) -> int:
        """Try all that is due now, to the end; how many were tried."""
        tried = 0
        while started := await self.dispatcher.send_due():
            tried += started
            await self.dispatcher.until_idle()
        return tried

    def wait(self, seconds: float) -> None:
        assert isinstance(self.clock, ManualClock)
        self.clock.advance(timedelta(seconds=seconds))
