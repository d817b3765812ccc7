"""E-mail, by a mail server (SMTP).

A repeat carries the same Message-ID, and what follows on an alert answers its first mail, so that
mail programs show one thread.
"""

import asyncio
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from stancewire.alerting.notifiers.outcome import DELIVERED, Outcome, failed
from stancewire.alerting.receivers import Email
from stancewire.alerting.values import Delivery
from stancewire.alerting.wording import clipped, details, headline

_SUBJECT = 180
_FOREVER = 500
"""SMTP codes from here on say that trying again is in vain."""


class EmailNotifier:
    """Sends one mail a delivery, to all addresses at once."""

    def __init__(self, receiver: Email, *, timeout_s: float, page_url: str) -> None:
        self._receiver = receiver
        self._timeout_s = timeout_s
        self._page_url = page_url

    async def notify(self, delivery: Delivery, *, now: datetime) -> Outcome:
        """Hand it to the mail server; blocks a thread meanwhile."""
        mail = message(delivery, self._receiver, now=now, page_url=self._page_url)
        try:
            refused = await asyncio.to_thread(self._send, mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            return failed("smtp_refused", str(error), is_recoverable=min(codes) < _FOREVER)
        except smtplib.SMTPResponseException as error:
            text = f"{error.smtp_code} {error.smtp_error!r}"
            return failed("smtp_refused", text, is_recoverable=error.smtp_code < _FOREVER)
        except (smtplib.SMTPException, OSError) as error:
            where = f"{self._receiver.host}:{self._receiver.port}"
            return failed("unreachable", f"{where} ({type(error).__name__}): {error}")
        if refused:
            return Outcome(
                reason="delivered", detail=f"refused for {', '.join(refused)}", is_delivered=True
            )
        return DELIVERED

    def _send(self, mail: EmailMessage) -> list[str]:
        """The recipients that were refused, where others were taken."""
        told, context = self._receiver, ssl.create_default_context()
        with self._connected(context) as server:
            if told.tls == "starttls":
                server.starttls(context=context)
            if told.username is not None and told.password is not None:
                server.login(told.username, told.password.get_secret_value())
            return list(server.send_message(mail, told.sender, list(told.to)))

    def _connected(self, context: ssl.SSLContext) -> smtplib.SMTP:
        told = self._receiver
        if told.tls == "implicit":
            return smtplib.SMTP_SSL(told.host, told.port, timeout=self._timeout_s, context=context)
        return smtplib.SMTP(told.host, told.port, timeout=self._timeout_s)


def message(
    delivery: Delivery, receiver: Email, *, now: datetime, page_url: str = ""
) -> EmailMessage:
    """The mail of a delivery."""
    mail, domain = EmailMessage(), receiver.sender.rpartition("@")[2]
    first = delivery.notices[0]
    more = f" (+{len(delivery.notices) - 1})" if len(delivery.notices) > 1 else ""
    mail["Subject"] = clipped(f"[{delivery.severity}] {headline(first)}", _SUBJECT) + more
    mail["From"] = receiver.sender
    mail["To"] = ", ".join(receiver.to)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{delivery.id}@{domain}>"
    mail["References"] = f"<{first.key}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    parts = []
    for notice in delivery.notices:
        lines = [headline(notice), *details(notice)]
        if page_url:
            lines.append(f"{page_url}/stories/{notice.change.story.id}")
        parts.append("\n".join(lines))
    mail.set_content("\n\n".join([*parts, f"-- \nRule {delivery.rule}, delivery {delivery.id}"]))
    return mail
