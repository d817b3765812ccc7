"""An article and a person are erased from real Kafka and Redis; the raw stores are searched."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest
from redis.asyncio import Redis

from kafka_cluster import KafkaCluster
from patience import wait_for
from redis_server import RedisServer
from stancewire.acts import Act
from stancewire.plumbing.envelope import decode_event
from worker_world import Consumed, WorkerWorld, observations_in

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.timeout(1200),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ANN, BEN = "Ann Lindqvist", "Ben Okafor"
FIRST = "Summit opens in Varnsdorf"
"""The title of the first article, and so the label of the story."""
OUTLETS = ("Herald", "Courier", "Post", "Mirror")


@pytest.fixture
def world(
    kafka_cluster: KafkaCluster, redis_server: RedisServer, tmp_path: Path
) -> Iterator[WorkerWorld]:
    with WorkerWorld(kafka_cluster.bootstrap_servers, redis_server.url, tmp_path) as world:
        yield world


def send(world: WorkerWorld, number: int, **fields: object) -> None:
    body = f"{ANN}: hopeful that matter {number}\n{BEN}: warning of danger {number}\n"
    title = FIRST if number == 0 else f"Summit goes on, day {number}"
    outlet = OUTLETS[number % len(OUTLETS)]
    whole = {"headline": title, "body": body, "source": outlet, "story": None, **fields}
    world.send_article(f"urn:news:{number}", **{k: v for k, v in whole.items() if v is not None})


def settle(world: WorkerWorld, articles: int, total: int) -> None:
    world.topic(world.topics.observations).wait_for(lambda seen: len(seen) >= total, seconds=300)
    wait_for(lambda: world.committed("reader") == articles, what="readers done", seconds=300)
    wait_for(lambda: world.committed("tracker") == total, what="trackers done", seconds=300)


def run(world: WorkerWorld, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith("STANCEWIRE_")}
    return subprocess.run(
        [sys.executable, "-m", "stancewire", *arguments],
        env={**own, **world.environment},
        capture_output=True,
        text=True,
        check=False,
    )


def stored(url: str, namespace: str) -> dict[str, bytes]:
    """Everything that Redis keeps below a namespace: by key, its name and its value as dumped."""

    async def look() -> dict[str, bytes]:
        async with aclosing(Redis.from_url(url)) as client:
            found = {}
            async for name in client.scan_iter(match=f"{{{namespace}}}:*"):
                kind = (await client.type(name)).decode()
                value = {
                    "string": lambda n=name: client.get(n),
                    "hash": lambda n=name: client.hgetall(n),
                    "list": lambda n=name: client.lrange(n, 0, -1),
                    "zset": lambda n=name: client.zrange(n, 0, -1),
                    "stream": lambda n=name: client.xrange(n),
                }[kind]
                found[name.decode()] = name + b" " + repr(await value()).encode()
            return found

    return asyncio.run(look())


def holding(world: WorkerWorld, url: str, *traces: str) -> dict[str, list[str]]:
    kept = stored(url, world.prefix)
    assert kept
    return {t: names for t in traces if (names := [n for n, v in kept.items() if t.encode() in v])}


def newest(records: Sequence[Consumed]) -> dict[bytes | None, bytes | None]:
    return {record.key: record.value for record in records}


def test_an_article_is_gone_from_redis_and_taken_back_in_the_topics(
    world: WorkerWorld, redis_server: RedisServer
) -> None:
    for name in ("reader", "tracker"):
        world.start(name)
    for number in range(6):
        send(world, number)
    world.flush()
    settle(world, 6, 12)
    traces = ("urn:news:0", FIRST, "hopeful that matter 0", "warning of danger 0")
    assert set(holding(world, redis_server.url, *traces)) == set(traces)
    before = world.topic(world.topics.changes)
    assert before.look() is not None

    result = run(world, "purge", "--article", "urn:news:0", "--yes", "--by", "desk")

    assert result.returncode == 0, result.stdout + result.stderr
    assert holding(world, redis_server.url, *traces) == {}
    assert holding(world, redis_server.url, "urn:news:1", "hopeful that matter 1")
    assert f"{world.topics.articles}" in result.stdout
    assert "retention removes them 14 days after" in result.stdout
    assert newest(world.topic(world.topics.assignments).look())[b"urn:news:0"] is None
    [act] = [
        event
        for record in world.topic(world.topics.acts).look()
        if isinstance(event := decode_event(record.value, record.headers), Act)
        and event.type == "erase"
    ]
    assert (act.by, act.erased.kind if act.erased else None) == ("desk", "article")
    assert b"urn:news:0" not in b"".join(
        record.value or b"" for record in world.topic(world.topics.acts).look()
    )

    send(world, 0, version=7)
    send(world, 6)
    world.flush()
    observed = world.topic(world.topics.observations)
    observed.wait_for(
        lambda seen: "urn:news:6" in {o.article.uri for o in observations_in(seen)}, seconds=300
    )
    wait_for(lambda: world.committed("reader") == 9, what="readers done", seconds=300)
    assert holding(world, redis_server.url, *traces) == {}

    again = run(world, "purge", "--article", "urn:news:0", "--yes")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "0 withdrawals sent" in again.stdout


def test_a_person_is_gone_from_redis_and_does_not_come_back_by_a_replay(
    world: WorkerWorld, redis_server: RedisServer
) -> None:
    workers = [world.start(name) for name in ("reader", "tracker")]
    for number in range(6):
        send(world, number)
    world.flush()
    settle(world, 6, 12)
    changes = world.topic(world.topics.changes)
    changes.wait_for(lambda seen: len(seen) >= 2, seconds=300)
    traces = ("person:ann lindqvist", ANN, "hopeful that matter")
    assert set(holding(world, redis_server.url, *traces)) == set(traces)

    result = run(world, "purge", "--actor", "person:ann lindqvist", "--yes")

    assert result.returncode == 0, result.stdout + result.stderr
    assert holding(world, redis_server.url, *traces) == {}
    assert holding(world, redis_server.url, BEN, "warning of danger 1")
    assigned = newest(world.topic(world.topics.assignments).look())
    assert len(assigned) == 6
    assert not any(ANN.encode() in (value or b"") for value in assigned.values())
    taken_back = [
        event["type"]
        for r in changes.look()
        if (event := json.loads(r.value or b"{}"))
        and event["actor"]["id"] == "person:ann lindqvist"
    ]
    assert taken_back[0] == "established"
    assert taken_back[-1] == "retracted"

    for worker in workers:
        assert worker.terminate()[0] == 0
    for name in ("reader", "tracker"):
        world.start(name)
    for number in range(6):
        body = f"{ANN}: hopeful that matter {number}\n{BEN}: warning of risk {number}\n"
        send(world, number, body=body, version=2)
    world.flush()
    wait_for(lambda: world.committed("reader") == 12, what="readers done", seconds=300)
    said = [
        o
        for o in observations_in(world.topic(world.topics.observations).look())
        if o.article.version == 2
    ]
    assert {o.actor.name for o in said} == {BEN}
    assert holding(world, redis_server.url, *traces) == {}
