"""The notifier of each receiver of a rule file."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from stancewire.alerting.notifiers.alertmanager import AlertmanagerNotifier
from stancewire.alerting.notifiers.http import HttpClient
from stancewire.alerting.notifiers.mail import EmailNotifier
from stancewire.alerting.notifiers.outcome import Notifier
from stancewire.alerting.notifiers.pagerduty import PagerDutyNotifier
from stancewire.alerting.notifiers.slack import SlackNotifier
from stancewire.alerting.notifiers.webhook import WebhookNotifier
from stancewire.alerting.receivers import (
    Alertmanager,
    Email,
    PagerDuty,
    Receiver,
    Slack,
    Webhook,
)
from stancewire.alerting.rules import Rulebook


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What notifiers are told beside their receiver."""

    http: HttpClient
    resend_s: float
    page_url: str
    timeout_s: float


def notifiers(rulebook: Rulebook, around: Surroundings) -> Mapping[str, Notifier]:
    """By the name of the receiver."""
    return {one.name: _notifier(one, around) for one in rulebook.receiver}


def marks(rulebook: Rulebook) -> Mapping[str, str]:
    """What tells a receiver's address from another one under the same name, and reveals nothing."""
    return {one.name: _mark(one) for one in rulebook.receiver}


def _notifier(receiver: Receiver, around: Surroundings) -> Notifier:
    match receiver:
        case Webhook():
            return WebhookNotifier(receiver, around.http)
        case Alertmanager():
            return AlertmanagerNotifier(
                receiver, around.http, resend_s=around.resend_s, page_url=around.page_url
            )
        case PagerDuty():
            return PagerDutyNotifier(receiver, around.http, page_url=around.page_url)
        case Slack():
            return SlackNotifier(receiver, around.http, page_url=around.page_url)
        case Email():
            return EmailNotifier(receiver, timeout_s=around.timeout_s, page_url=around.page_url)


def _mark(receiver: Receiver) -> str:
    address = receiver.url.get_secret_value() if isinstance(receiver, Webhook) else receiver.name
    return hashlib.sha256(address.encode()).hexdigest()[:16]
