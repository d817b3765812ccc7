"""A real Alertmanager: alerts open, stay open while told again, end when they are taken back."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from alert_builders import change, rulebook
from alert_world import AlertWorld
from alertmanager import AlertmanagerServer
from redis_server import RedisServer
from stancewire.plumbing.clock import SystemClock

pytestmark = pytest.mark.kafka

RESEND_S = 0.5
RULES = """
[[receiver]]
name = "alertmanager"
type = "alertmanager"
urls = "URL"
labels = { team = "desk" }

[[rule]]
name = "moves"
severity = "critical"
receivers = "alertmanager"
"""


@pytest.fixture(name="server")
def fixture_server(tmp_path: Path) -> Iterator[AlertmanagerServer]:
    with AlertmanagerServer(tmp_path) as server:
        yield server


@pytest.fixture(name="world")
async def fixture_world(
    server: AlertmanagerServer, redis_server: RedisServer
) -> AsyncIterator[AlertWorld]:
    client = Redis.from_url(redis_server.url)
    rules = rulebook(RULES.replace("URL", server.url))
    world = AlertWorld(client, rules, clock=SystemClock(), resend_s=RESEND_S)
    yield world
    await world.http.aclose()
    await client.aclose()


def now_change(name: str, move: str, **fields: object):
    return change(name, move, at=SystemClock().now(), **fields)


async def until(look, *, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(look):
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.05)


async def test_an_alert_has_identity_in_labels_and_stance_in_annotations(
    world: AlertWorld, server: AlertmanagerServer
) -> None:
    await world.take(now_change("c1", "h>w"))
    await world.send()
    (alert,) = server.alerts()
    assert alert["labels"] == {
        "alertname": "moves",
        "severity": "critical",
        "service": "stancewire",
        "story": "st-harbour",
        "actor": "person:jane-doe",
        "team": "desk",
    }
    assert alert["annotations"]["stance"] == "warning"
    assert alert["annotations"]["previous_stance"] == "hopeful"

    await world.take(now_change("c2", "w>s"))
    await world.send()
    (alert,) = server.alerts()
    assert alert["annotations"]["stance"] == "skeptical", "the same alert says something new"


async def test_it_stays_open_while_it_is_told_again_and_ends_when_nobody_does(
    world: AlertWorld, server: AlertmanagerServer
) -> None:
    await world.take(now_change("c1", "h>w"))
    await world.send()
    holding = asyncio.ensure_future(world.holder.run())
    ends = {alert["endsAt"] for alert in server.alerts()}

    def was_told_again_five_times() -> bool:
        (alert,) = server.alerts()
        ends.add(alert["endsAt"])
        return len(ends) > 5

    await until(was_told_again_five_times)
    holding.cancel()
    await until(lambda: server.alerts() == [])


async def test_a_retraction_ends_it_at_once_and_for_good(
    world: AlertWorld, server: AlertmanagerServer
) -> None:
    await world.take(now_change("c1", "h>w"))
    await world.send()
    assert len(server.alerts()) == 1
    await world.take(now_change("c2", "w>h", type="retracted", supersedes="c1"))
    await world.send()
    assert server.alerts() == []
    await world.holder.tell_again("alertmanager")
    assert server.alerts() == []


async def test_a_revert_ends_it_and_is_no_alert(
    world: AlertWorld, server: AlertmanagerServer
) -> None:
    await world.take(now_change("c1", "h>w"))
    await world.take(now_change("c2", "s>w", story=change("x", ">w").story))
    await world.send()
    await world.take(now_change("c3", "w>h", type="reverted", supersedes="c2"))
    await world.take(now_change("c4", "w>h", type="reverted", supersedes="c1"))
    await world.send()
    assert server.alerts() == []


async def test_one_that_is_away_gets_it_when_it_is_back(
    world: AlertWorld, server: AlertmanagerServer
) -> None:
    server.process.kill()
    await world.take(now_change("c1", "h>w"))
    await world.send()
    (kept,) = await world.store.newest(1)
    assert (kept.state, kept.attempts[0].reason) == ("sending", "unreachable")
    server.process.start()
    await asyncio.to_thread(server.process.wait_until_it_answers)

    async def delivered() -> bool:
        await world.send()
        (kept,) = await world.store.newest(1)
        return kept.state == "delivered"

    deadline = time.monotonic() + 20
    while not await delivered():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)
    assert len(server.alerts()) == 1
