"""Slack and Mattermost, by an incoming webhook.

What comes out of articles must neither call people together nor pass for a link of ours, in either
of the two: `&`, `<` and `>` are escaped as Slack asks for it, and what Mattermost reads as a
mention or a link is broken by an invisible space.
Sources: Slack, "Sending messages using incoming webhooks" and "Formatting message text";
Mattermost, "Incoming webhooks".
"""

from datetime import datetime
from typing import Any

import msgspec

from stancewire.alerting.notifiers.http import HttpClient
from stancewire.alerting.notifiers.outcome import DELIVERED, Outcome
from stancewire.alerting.receivers import Slack
from stancewire.alerting.values import Delivery, Notice
from stancewire.alerting.wording import details, headline

_COLOURS = {"critical": "#a40000", "error": "#c4500a", "warning": "#b58900", "info": "#3b6ea5"}
_RESOLVED = "#4b7a3a"
_BREAK = "\u200b"


class SlackNotifier:
    """Posts one message a delivery. The interface knows no ids: a repeat is a second message."""

    def __init__(self, receiver: Slack, http: HttpClient, *, page_url: str) -> None:
        self._url = receiver.url.get_secret_value()
        self._http = http
        self._page_url = page_url

    async def notify(self, delivery: Delivery, *, now: datetime) -> Outcome:
        """Post it; what Slack refuses for good is not tried again."""
        body = msgspec.json.encode(self._message(delivery))
        answer = await self._http.post(self._url, body, now=now)
        if isinstance(answer, Outcome):
            return answer
        return DELIVERED if answer.is_taken else answer.as_failure()

    def _message(self, delivery: Delivery) -> dict[str, Any]:
        number = len(delivery.notices)
        title = f"{delivery.rule}: {number} alerts" if number > 1 else delivery.rule
        return {
            "text": escaped(title),
            "attachments": [self._attachment(notice) for notice in delivery.notices],
        }

    def _attachment(self, notice: Notice) -> dict[str, Any]:
        resolved = notice.status == "resolved"
        attachment = {
            "fallback": escaped(headline(notice)),
            "color": _RESOLVED if resolved else _COLOURS[notice.severity],
            "title": escaped(headline(notice)),
            "text": "\n".join(escaped(line) for line in details(notice)),
        }
        if self._page_url:
            attachment["title_link"] = f"{self._page_url}/stories/{notice.change.story.id}"
        return attachment


def escaped(text: str) -> str:
    """Text that is shown as it is, by Slack and by Mattermost.

    >>> escaped("<!channel> R&D")
    '&lt;!channel&gt; R&amp;D'
    """
    text = (
        text.replace("@", f"@{_BREAK}").replace("](", f"]{_BREAK}(").replace("://", f":{_BREAK}//")
    )
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
