"""E-mail to a real mail server of the test's own (aiosmtpd)."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr

from alert_builders import NOW, change, delivery, id_of, notice
from ports import stable_port
from stancewire.alerting.notifiers.mail import EmailNotifier, message
from stancewire.alerting.receivers import Email
from stancewire.events import ActorRef


class Mailbox:
    """Keeps what it takes; refuses whom it is told to, with the code that it is told."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refused: dict[str, str] = {}

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture(name="mailbox")
def fixture_mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture(name="receiver")
def fixture_receiver(mailbox: Mailbox) -> Iterator[Email]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=stable_port())
    controller.start()
    try:
        yield Email(
            name="editors",
            type="email",
            host="127.0.0.1",
            port=controller.port,
            tls="none",
            sender="stancewire@news.example",
            to=("a@news.example", "b@news.example"),
        )
    finally:
        controller.stop()


FIRED = notice(change("c1", "h>w"))
SENT = delivery(FIRED)


async def test_a_mail_says_who_what_where(receiver: Email, mailbox: Mailbox) -> None:
    notifier = EmailNotifier(receiver, timeout_s=5.0, page_url="https://news.example")
    assert (await notifier.notify(SENT, now=NOW)).is_delivered
    (mail,) = mailbox.mails
    assert mail["Subject"].strip().startswith("[warning] Minister Jane Doe: hopeful -> warning")
    assert mail["Message-ID"] == f"<{SENT.id}@news.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    body = mail.get_content()
    assert "Without a promise the harbour will close" in body
    assert "https://news.example/stories/st-harbour" in body


async def test_a_repeat_has_the_same_id_and_what_follows_is_in_one_thread(
    receiver: Email, mailbox: Mailbox
) -> None:
    notifier = EmailNotifier(receiver, timeout_s=5.0, page_url="")
    after = notice(change("c2", "w>h", type="retracted", supersedes="c1"), "resolved")
    for each in (SENT, SENT, delivery(after, id=id_of("second"))):
        await notifier.notify(each, now=NOW)
    first, second, third = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"] != third["Message-ID"]
    assert first["References"] == third["References"]


def test_names_out_of_articles_add_no_headers(receiver: Email) -> None:
    hostile = ActorRef(id="person:x", name="X\r\nBcc: all@news.example\r\n\r\nHi", kind="person")
    mail = message(delivery(notice(change("c1", "h>w", actor=hostile))), receiver, now=NOW)
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    assert mail["Subject"].startswith("[warning] X Bcc: all@news.example Hi: hopeful")


@pytest.mark.parametrize(
    ("refused", "expected"),
    [
        ({"a@news.example": "550 no"}, (True, False)),
        ({"a@news.example": "550 no", "b@news.example": "550 no"}, (False, False)),
        ({"a@news.example": "550 no", "b@news.example": "450 later"}, (False, True)),
    ],
)
async def test_what_refusals_mean(
    receiver: Email, mailbox: Mailbox, refused: dict[str, str], expected: tuple[bool, bool]
) -> None:
    mailbox.refused = refused
    outcome = await EmailNotifier(receiver, timeout_s=5.0, page_url="").notify(SENT, now=NOW)
    assert (outcome.is_delivered, outcome.is_recoverable) == expected


async def test_a_server_without_tls_is_not_given_a_password(
    receiver: Email, mailbox: Mailbox
) -> None:
    strict = receiver.model_copy(
        update={"tls": "starttls", "username": "u", "password": SecretStr("hush")}
    )
    outcome = await EmailNotifier(strict, timeout_s=5.0, page_url="").notify(SENT, now=NOW)
    assert (outcome.is_delivered, outcome.is_recoverable) == (False, True)
    assert mailbox.mails == []


async def test_nobody_there_is_tried_again(receiver: Email) -> None:
    away = receiver.model_copy(update={"port": stable_port()})
    outcome = await EmailNotifier(away, timeout_s=2.0, page_url="").notify(SENT, now=NOW)
    assert (outcome.reason, outcome.is_recoverable) == ("unreachable", True)
