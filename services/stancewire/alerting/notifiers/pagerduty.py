"""PagerDuty, by its Events API v2: an incident for each alert, resolved with it.

Source: PagerDuty developer documentation, "Send an Alert Event" (Events API v2).
"""

import asyncio
from datetime import datetime
from typing import Any

import msgspec

from stancewire.alerting.notifiers.http import HttpClient
from stancewire.alerting.notifiers.outcome import DELIVERED, Outcome
from stancewire.alerting.receivers import PagerDuty
from stancewire.alerting.values import Delivery, Notice
from stancewire.alerting.wording import clipped, details, headline

_SUMMARY = 1024
"""The longest summary that is taken."""


class PagerDutyNotifier:
    """Sends an event for each alert; `dedup_key` is the alert's key, so a repeat does no harm."""

    def __init__(self, receiver: PagerDuty, http: HttpClient, *, page_url: str) -> None:
        self._url = receiver.url
        self._routing_key = receiver.routing_key.get_secret_value()
        self._http = http
        self._page_url = page_url

    async def notify(self, delivery: Delivery, *, now: datetime) -> Outcome:
        """Send all; the worst outcome of any."""
        outcomes = await asyncio.gather(*(self._send(notice, now) for notice in delivery.notices))
        return min(outcomes, key=lambda one: (one.is_delivered, not one.is_recoverable))

    async def _send(self, notice: Notice, now: datetime) -> Outcome:
        body = msgspec.json.encode(self._event(notice))
        answer = await self._http.post(self._url, body, now=now)
        if isinstance(answer, Outcome):
            return answer
        return DELIVERED if answer.is_taken else answer.as_failure()

    def _event(self, notice: Notice) -> dict[str, Any]:
        event: dict[str, Any] = {
            "routing_key": self._routing_key,
            "event_action": "resolve" if notice.status == "resolved" else "trigger",
            "dedup_key": notice.key,
        }
        if notice.status == "resolved":
            return event
        change = notice.change
        event["payload"] = {
            "summary": clipped(headline(notice), _SUMMARY),
            "source": "stancewire",
            "severity": notice.severity,
            "timestamp": change.occurred_at,
            "component": change.actor.id,
            "group": change.story.id,
            "class": notice.rule,
            "custom_details": {
                "details": details(notice),
                "stance": change.current.stance if change.current else None,
                "previous_stance": change.previous.stance if change.previous else None,
                "change_id": change.change_id,
                "alert_id": notice.alert_id,
            },
        }
        if self._page_url:
            href = f"{self._page_url}/stories/{change.story.id}"
            event["links"] = [{"href": href, "text": clipped(change.story.label, 100)}]
        return event
