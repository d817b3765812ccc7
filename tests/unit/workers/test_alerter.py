"""The alerter without Kafka: a change in, a signed delivery out, on a real Redis."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from alert_builders import RULES, SECRET, change, id_of, rulebook
from alert_world import AlertWorld
from http_receiver import HttpReceiver, http_receiver
from stancewire.alerting.notifiers.webhook import signatures
from stancewire.errors import InvalidInput
from stancewire.events import StoryRef
from stancewire.workers.dead_letters import ATTEMPTS
from stancewire.workers.records import BACKFILL_HEADER
from track_builders import observation

SLOW = f"""
[[receiver]]
name = "slow"
type = "webhook"
url = "SLOW"
secrets = "{SECRET}"

[[rule]]
name = "all"
receivers = "slow"
"""


@pytest.fixture(name="client")
async def fixture_client(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture(name="desk")
async def fixture_desk() -> AsyncIterator[HttpReceiver]:
    async with http_receiver() as desk:
        yield desk


@pytest.fixture(name="world")
async def fixture_world(client: Redis, desk: HttpReceiver) -> AsyncIterator[AlertWorld]:
    rules = RULES.replace("https://desk.example/hook", f"{desk.url}/hook")
    world = AlertWorld(client, rulebook(rules))
    yield world
    await world.http.aclose()


def statuses(desk: HttpReceiver) -> list[str]:
    return [alert["status"] for one in desk.received for alert in alerts(one.body)]


def alerts(body: bytes) -> list[dict[str, str]]:
    return json.loads(body)["data"]["alerts"]


async def test_a_change_that_matches_is_delivered_and_signed(
    world: AlertWorld, desk: HttpReceiver
) -> None:
    assert await world.take(change("c1", "h>w")) == "alerted"
    assert await world.send() == 1

    (sent,) = desk.received
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = signatures(
        [key],
        id=sent.headers["webhook-id"],
        timestamp=int(sent.headers["webhook-timestamp"]),
        body=sent.body,
    )
    assert sent.headers["webhook-signature"] == expected
    assert sent.path == "/hook"
    assert alerts(sent.body)[0]["change"]["change_id"] == id_of("c1")
    (kept,) = await world.store.newest(10)
    assert (kept.state, kept.id) == ("delivered", sent.headers["webhook-id"])


async def test_a_change_that_matches_no_rule_is_passed(
    world: AlertWorld, desk: HttpReceiver
) -> None:
    assert await world.take(change("c1", "w>h")) == "passed"
    assert await world.take(change("c2", ">w")) == "passed"
    assert await world.send() == 0


async def test_a_repeat_is_not_delivered_again(world: AlertWorld, desk: HttpReceiver) -> None:
    await world.take(change("c1", "h>w"))
    await world.send()
    assert await world.take(change("c1", "h>w")) == "passed"
    assert await world.send() == 0


@pytest.mark.parametrize("header", [BACKFILL_HEADER, (ATTEMPTS, b"1")])
async def test_what_is_backfilled_or_replayed_never_alerts(
    world: AlertWorld, desk: HttpReceiver, header: tuple[str, bytes]
) -> None:
    assert await world.take(change("c1", "h>w"), header) == "passed"
    assert await world.send() == 0


async def test_what_is_backfilled_still_ends_an_alert(
    world: AlertWorld, desk: HttpReceiver
) -> None:
    await world.take(change("c1", "h>w"))
    await world.send()
    await world.take(change("c2", "w>h", type="retracted", supersedes="c1"), BACKFILL_HEADER)
    await world.send()
    assert statuses(desk) == ["firing", "resolved"]


async def test_old_news_never_alerts(world: AlertWorld, desk: HttpReceiver) -> None:
    world.wait(25 * 60 * 60)
    assert await world.take(change("c1", "h>w")) == "passed"


async def test_a_receiver_that_is_away_is_tried_again_with_the_same_id(
    world: AlertWorld, desk: HttpReceiver
) -> None:
    desk.statuses[:] = [500, 503, 200]
    await world.take(change("c1", "h>w"))
    assert await world.send() == 1
    assert await world.send() == 0, "not before its time"
    world.wait(6)
    await world.send()
    world.wait(34)
    await world.send()

    assert len({one.headers["webhook-id"] for one in desk.received}) == 1
    assert len({one.body for one in desk.received}) == 1
    assert len({one.headers["webhook-timestamp"] for one in desk.received}) == 3
    (kept,) = await world.store.newest(10)
    assert [one.reason for one in kept.attempts] == ["http_5xx", "http_5xx", "delivered"]


async def test_what_follows_waits_for_what_failed(world: AlertWorld, desk: HttpReceiver) -> None:
    desk.statuses[:] = [500, 200]
    await world.take(change("c1", "h>w"))
    await world.send()
    await world.take(change("c2", "w>h", type="retracted", supersedes="c1"))
    assert await world.send() == 0
    world.wait(6)
    await world.send()
    assert statuses(desk) == ["firing", "firing", "resolved"]


async def test_after_the_last_try_it_is_a_dead_letter_and_can_be_sent_again(
    world: AlertWorld, desk: HttpReceiver
) -> None:
    desk.statuses[:] = [500]
    await world.take(change("c1", "h>w"))
    for seconds in (0, 6, 34):
        world.wait(seconds)
        await world.send()
    (letter,) = world.publisher.published
    assert letter.topic == "stancewire.alerts.dlq"
    assert letter.record.key == id_of("c1").encode()
    headers = dict(letter.record.headers)
    assert (headers[ATTEMPTS], headers["__connect.errors.stage"]) == (b"3", b"deliver")
    assert headers["__connect.errors.exception.message"] == b"HTTP 500: as told"
    assert letter.record.value == desk.received[0].body
    (kept,) = await world.store.newest(10)
    assert (kept.state, kept.id) == ("failed", headers["stancewire_delivery"].decode())

    desk.statuses[:] = [200]
    assert await world.store.redeliver(kept.id, now=world.clock.now())
    await world.send()
    assert {one.headers["webhook-id"] for one in desk.received} == {kept.id}
    (kept,) = await world.store.newest(10)
    assert kept.state == "delivered"


async def test_410_disables_the_endpoint(world: AlertWorld, desk: HttpReceiver) -> None:
    desk.statuses[:] = [410]
    await world.take(change("c1", "h>w"))
    await world.send()
    await world.take(change("c2", "h>w", story=StoryRef(id="st-dam", label="The dam")))
    await world.send()
    assert len(desk.received) == 1
    assert [one.state for one in await world.store.newest(10)] == ["failed", "failed"]
    assert await world.disabled.remove("desk")
    desk.statuses[:] = [200]
    (kept, _) = await world.store.newest(10)
    await world.store.redeliver(kept.id, now=world.clock.now())
    await world.send()
    assert len(desk.received) == 2


async def test_retry_after_is_honoured(world: AlertWorld, desk: HttpReceiver) -> None:
    desk.statuses[:] = [503, 200]
    desk.headers["retry-after"] = "120"
    await world.take(change("c1", "h>w"))
    await world.send()
    world.wait(119)
    assert await world.send() == 0
    world.wait(2)
    assert await world.send() == 1


async def test_a_receiver_that_hangs_keeps_no_other_waiting(
    client: Redis, desk: HttpReceiver
) -> None:
    async with http_receiver() as slow:
        slow.released = asyncio.Event()
        text = RULES.replace("https://desk.example/hook", f"{desk.url}/hook") + SLOW
        world = AlertWorld(client, rulebook(text.replace("SLOW", slow.url)))
        for number in range(20):
            story = StoryRef(id=f"st-{number}", label="A story")
            await world.take(change(f"c{number}", "h>w", story=story))
        while not (desk.received and len(desk.received) == 20):
            await world.dispatcher.send_due()
            await asyncio.sleep(0)
        assert len(slow.received) <= 8
        slow.released.set()
        await world.dispatcher.until_idle()
        await world.http.aclose()


async def test_a_dead_alerter_s_delivery_is_taken_up_when_its_lease_ends(
    world: AlertWorld, desk: HttpReceiver
) -> None:
    await world.take(change("c1", "h>w"))
    (claimed,) = await world.store.claim("desk", now=world.clock.now(), lease_s=7.0, limit=5)
    assert await world.send() == 0
    world.wait(7)
    await world.send()
    (sent,) = desk.received
    assert sent.headers["webhook-id"] == claimed.id


async def test_what_is_no_change_is_invalid(world: AlertWorld) -> None:
    with pytest.raises(InvalidInput, match="no change of stance"):
        await world.take(observation("a"))
