"""Prometheus Alertmanager, by its API v2.

Who the alert is about is in the labels, by which Alertmanager knows an alert again; what is said of
it is in the annotations, which may change while it holds. Alertmanager forgets an alert whose
`endsAt` has passed, so one that holds is sent again and again with an `endsAt` a few rounds ahead:
should the alerter die, its alerts end by themselves, as Prometheus's own do.

Source: Alertmanager's OpenAPI document `api/v2/openapi.yaml`, `POST /alerts`.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from stancewire.alerting.notifiers.http import HttpClient
from stancewire.alerting.notifiers.outcome import DELIVERED, Outcome
from stancewire.alerting.receivers import Alertmanager
from stancewire.alerting.values import Delivery, Notice
from stancewire.alerting.wording import details, headline
from stancewire.events import utc

ROUNDS = 4
"""An alert that is not sent again for so many rounds ends."""


class AlertmanagerNotifier:
    """Posts alerts to every member; one that takes them is enough, since members tell another."""

    def __init__(
        self, receiver: Alertmanager, http: HttpClient, *, resend_s: float, page_url: str
    ) -> None:
        self._urls = [f"{url}/api/v2/alerts" for url in receiver.urls]
        self._labels = receiver.labels
        self._http = http
        self._lasts = timedelta(seconds=resend_s * ROUNDS)
        self._page_url = page_url

    async def notify(self, delivery: Delivery, *, now: datetime) -> Outcome:
        """Post the alerts of a delivery. Alertmanager knows a repeat by its labels."""
        return await self.post(delivery.notices, now=now)

    async def post(self, notices: Sequence[Notice], *, now: datetime) -> Outcome:
        """Post alerts, those that hold with a new end."""
        body = msgspec.json.encode([self._alert(notice, now) for notice in notices])
        answers = await asyncio.gather(*(self._http.post(url, body, now=now) for url in self._urls))
        outcomes = [
            one if isinstance(one, Outcome) else DELIVERED if one.is_taken else one.as_failure()
            for one in answers
        ]
        return max(outcomes, key=lambda one: (one.is_delivered, one.is_recoverable))

    def _alert(self, notice: Notice, now: datetime) -> dict[str, Any]:
        change = notice.change
        begins = min(utc(change.occurred_at), now)
        return {
            "labels": {
                **self._labels,
                "alertname": notice.rule,
                "severity": notice.severity,
                "service": "stancewire",
                "story": change.story.id,
                "actor": change.actor.id,
            },
            "annotations": self._annotations(notice),
            "startsAt": begins,
            "endsAt": now if notice.status == "resolved" else now + self._lasts,
            "generatorURL": f"{self._page_url}/stories/{change.story.id}" if self._page_url else "",
        }

    def _annotations(self, notice: Notice) -> dict[str, str]:
        change = notice.change
        return {
            "summary": headline(notice),
            "description": "\n".join(details(notice)),
            "actor_name": change.actor.name,
            "story_label": change.story.label,
            "stance": change.current.stance if change.current else "",
            "previous_stance": change.previous.stance if change.previous else "",
            "confidence": f"{change.current.confidence:.2f}" if change.current else "",
            "change_id": change.change_id,
            "alert_id": notice.alert_id,
        }
