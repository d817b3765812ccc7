"""Standard Webhooks: signatures, answers, waits."""

import base64
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest

from alert_builders import NOW, RULES, SECRET, change, delivery, notice, rulebook
from http_receiver import LOOPBACK, http_receiver
from stancewire.alerting.message import payload
from stancewire.alerting.notifiers.http import HttpClient, retry_after
from stancewire.alerting.notifiers.outcome import Outcome
from stancewire.alerting.notifiers.webhook import WebhookNotifier, signatures
from stancewire.plumbing import schemas

SENT = delivery(notice(change("c1", "h>w")))
OTHER = "whsec_" + base64.b64encode(b"another secret, also long enough").decode()


@pytest.fixture(name="http")
async def fixture_http() -> AsyncIterator[HttpClient]:
    client = HttpClient(timeout_s=0.5, allowed=LOOPBACK)
    yield client
    await client.aclose()


def notifier(url: str, http: HttpClient, *secrets: str) -> WebhookNotifier:
    listed = ", ".join(f'"{one}"' for one in secrets or (SECRET,))
    text = RULES.replace("https://desk.example/hook", url).replace(f'"{SECRET}"', listed)
    return WebhookNotifier(rulebook(text).receiver[0], http)  # type: ignore[arg-type]


def test_the_published_test_vector() -> None:
    """From the test suite that the specification publishes with its reference libraries."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signatures(
        [key],
        id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_every_secret_signs_so_that_they_can_be_exchanged(http: HttpClient) -> None:
    async with http_receiver() as desk:
        await notifier(desk.url, http, OTHER, SECRET).notify(SENT, now=NOW)
    (sent,) = desk.received
    made = sent.headers["webhook-signature"].split(" ")
    for secret, signature in zip((OTHER, SECRET), made, strict=True):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        assert signature == signatures(
            [key],
            id=sent.headers["webhook-id"],
            timestamp=int(sent.headers["webhook-timestamp"]),
            body=sent.body,
        )


async def test_a_second_try_has_the_same_id_and_body_and_its_own_time(http: HttpClient) -> None:
    async with http_receiver() as desk:
        for minutes in (0, 5):
            await notifier(desk.url, http).notify(SENT, now=NOW + timedelta(minutes=minutes))
    first, second = desk.received
    assert first.body == second.body == payload(SENT)
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == SENT.id
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 300
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, (True, False, False)),
        (204, (True, False, False)),
        (302, (False, True, False)),
        (400, (False, True, False)),
        (410, (False, False, True)),
        (429, (False, True, False)),
        (503, (False, True, False)),
    ],
)
async def test_what_answers_mean(
    http: HttpClient, status: int, expected: tuple[bool, bool, bool]
) -> None:
    async with http_receiver(status) as desk:
        outcome = await notifier(desk.url, http).notify(SENT, now=NOW)
    assert (outcome.is_delivered, outcome.is_recoverable, outcome.is_gone) == expected


async def test_nobody_there_is_tried_again(http: HttpClient) -> None:
    async with http_receiver() as desk:
        pass
    outcome = await notifier(desk.url, http).notify(SENT, now=NOW)
    assert (outcome.reason, outcome.is_recoverable) == ("unreachable", True)


async def test_an_address_is_never_told_whole(http: HttpClient) -> None:
    outcome: Outcome = await notifier("http://127.0.0.1:9/T0P/S3CRET", http).notify(SENT, now=NOW)
    assert "S3CRET" not in outcome.detail
    assert "127.0.0.1:9" in outcome.detail


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("Mon, 09 Mar 2026 18:02:00 GMT", 120.0),
        ("Mon, 09 Mar 2026 17:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("9" * 40, None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, seconds: float | None) -> None:
    assert retry_after(text, now=NOW) == seconds


def test_the_body_is_as_its_schema_says() -> None:
    schemas.validate("alert", msgspec.json.decode(payload(SENT)))
