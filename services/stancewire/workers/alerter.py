"""The alerter: changes of stance in, alerts out."""

import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from stancewire.alerting.loading import load_rules
from stancewire.alerting.notifiers.http import HttpClient
from stancewire.alerting.notifiers.making import Surroundings, marks, notifiers
from stancewire.alerting.rules import Rulebook
from stancewire.errors import ConfigurationError
from stancewire.plumbing.sections import AlerterSettings
from stancewire.plumbing.settings import Settings, variable
from stancewire.reading.directory import ActorDirectory
from stancewire.stores.deliveries import Deliveries
from stancewire.stores.disabled_receivers import DisabledReceivers
from stancewire.stores.held_alerts import HeldAlerts
from stancewire.workers.alerter_metrics import AlerterMetrics
from stancewire.workers.alerting_flow import AlertingFlow
from stancewire.workers.dispatching import Dispatcher, Manner
from stancewire.workers.holding import Holder
from stancewire.workers.service import Job, Parts, run_worker

NAME = "alerter"
DAY_S = 24 * 60 * 60


def main(settings: Settings) -> int:
    """Run an alerter until SIGTERM; its exit code. Raises ConfigurationError."""
    rulebook = configured_rules(settings)
    directory = ActorDirectory.load(settings.reader.actors_file)
    return run_worker(settings, partial(_build, rulebook=rulebook, directory=directory), name=NAME)


def configured_rules(settings: Settings) -> Rulebook:
    """The rules that the settings name. Raises ConfigurationError."""
    file = settings.alerter.rules_file
    if file is None:
        raise ConfigurationError(
            "alerter.rules_file is not set: name the file with your rules there or in"
            f" {variable('alerter', 'rules_file')}; docs/alerting.md shows how to write one"
        )
    return load_rules(file, environ=os.environ)


async def _build(parts: Parts, *, rulebook: Rulebook, directory: ActorDirectory) -> Job:
    settings, alerter = parts.settings, parts.settings.alerter
    namespace = settings.redis.namespace
    metrics = AlerterMetrics(parts.registry)
    store = Deliveries(parts.redis, namespace=namespace, keep_s=alerter.keep_days * DAY_S)
    held = HeldAlerts(parts.redis, namespace=namespace)
    http = HttpClient(timeout_s=alerter.timeout_s, allowed=alerter.networks)
    around = Surroundings(
        http=http,
        resend_s=alerter.resend_s,
        page_url=alerter.page_url,
        timeout_s=alerter.timeout_s,
    )
    disabled = DisabledReceivers(parts.redis, namespace=namespace)
    told = notifiers(rulebook, around)
    holder = Holder(
        held, told, rulebook=rulebook, every_s=alerter.resend_s, metrics=metrics, clock=parts.clock
    )
    dispatcher = Dispatcher(
        store=store,
        notifiers=told,
        marks=marks(rulebook),
        rulebook=rulebook,
        manner=_manner(alerter),
        publisher=parts.publisher,
        dead_letters=parts.topics.alerts_dlq,
        metrics=metrics,
        clock=parts.clock,
        holder=holder,
        disabled=disabled,
    )
    flow = AlertingFlow(
        rulebook=rulebook,
        store=store,
        clock=parts.clock,
        max_age=timedelta(hours=alerter.max_age_h),
        aliases=directory.names_of,
        wake=dispatcher.wake,
    )
    return Job(
        topic=parts.topics.changes,
        handle=flow.handle,
        beside=[partial(_closing, http, dispatcher.run), holder.run],
    )


async def _closing(http: HttpClient, act: Callable[[], Awaitable[None]]) -> None:
    try:
        await act()
    finally:
        await http.aclose()


def _manner(alerter: AlerterSettings) -> Manner:
    return Manner(
        schedule_s=alerter.schedule, limit_s=2 * alerter.timeout_s, at_once=alerter.at_once
    )
