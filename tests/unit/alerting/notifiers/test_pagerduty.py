"""Events as PagerDuty documents them, sent to a fake of its interface."""

import json
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from alert_builders import NOW, change, delivery, notice
from http_receiver import LOOPBACK, http_receiver
from stancewire.alerting.notifiers.http import HttpClient
from stancewire.alerting.notifiers.pagerduty import PagerDutyNotifier
from stancewire.alerting.receivers import PagerDuty

FIRED = notice(change("c1", "h>w"))
RESOLVED = notice(change("c2", "w>h", type="retracted", supersedes="c1"), "resolved")


@pytest.fixture(name="http")
async def fixture_http() -> AsyncIterator[HttpClient]:
    client = HttpClient(timeout_s=2.0, allowed=LOOPBACK)
    yield client
    await client.aclose()


def notifier(url: str, http: HttpClient) -> PagerDutyNotifier:
    receiver = PagerDuty(
        name="on-call", type="pagerduty", routing_key=SecretStr("R0UT1NG"), url=f"{url}/v2/enqueue"
    )
    return PagerDutyNotifier(receiver, http, page_url="https://news.example")


async def test_an_alert_triggers_and_its_end_resolves_by_the_same_key(http: HttpClient) -> None:
    async with http_receiver(202) as receiver:
        for each in (FIRED, RESOLVED):
            outcome = await notifier(receiver.url, http).notify(delivery(each), now=NOW)
            assert outcome.is_delivered
    trigger, resolve = (json.loads(one.body) for one in receiver.received)
    assert (trigger["event_action"], resolve["event_action"]) == ("trigger", "resolve")
    assert trigger["dedup_key"] == resolve["dedup_key"] == FIRED.key
    assert trigger["routing_key"] == "R0UT1NG"
    assert trigger["payload"]["severity"] == "warning"
    assert trigger["payload"]["source"] == "stancewire"
    assert "Minister Jane Doe: hopeful -> warning (90%)" in trigger["payload"]["summary"]
    assert trigger["links"][0]["href"] == "https://news.example/stories/st-harbour"
    assert len(trigger["dedup_key"]) <= 255


async def test_of_several_the_worst_answer_counts(http: HttpClient) -> None:
    async with http_receiver(202, 429, 202) as receiver:
        sent = delivery(FIRED, notice(change("c3", "h>w"), key="another"))
        outcome = await notifier(receiver.url, http).notify(sent, now=NOW)
    assert (outcome.is_delivered, outcome.is_recoverable) == (False, True)


@pytest.mark.parametrize(("status", "is_recoverable"), [(400, False), (429, True), (500, True)])
async def test_what_is_refused_for_good_is_not_tried_again(
    http: HttpClient, status: int, is_recoverable: bool
) -> None:
    async with http_receiver(status) as receiver:
        outcome = await notifier(receiver.url, http).notify(delivery(FIRED), now=NOW)
    assert (outcome.is_delivered, outcome.is_recoverable) == (False, is_recoverable)
