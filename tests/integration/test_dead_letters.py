"""Dead letters on real Kafka: listed, replayed, discarded; and a worker that stops in time."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from garbage import GOOD_BODY
from kafka_cluster import KafkaCluster
from patience import wait_for
from redis_server import RedisServer
from worker_world import WorkerWorld, observations_in

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.timeout(1200),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def world(
    kafka_cluster: KafkaCluster, redis_server: RedisServer, tmp_path: Path
) -> Iterator[WorkerWorld]:
    with WorkerWorld(kafka_cluster.bootstrap_servers, redis_server.url, tmp_path) as world:
        yield world


def dlq(world: WorkerWorld, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    own = {k: v for k, v in os.environ.items() if not k.startswith("STANCEWIRE_")}
    done = subprocess.run(
        [sys.executable, "-m", "stancewire", "dlq", *arguments],
        env={**own, **world.environment},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done


def listed(world: WorkerWorld, *arguments: str) -> list[dict[str, object]]:
    lines = dlq(world, "list", "--json", *arguments).stdout.splitlines()
    return [json.loads(line) for line in lines]


def test_a_letter_is_replayed_as_it_was_and_counts_its_attempts(world: WorkerWorld) -> None:
    world.start("reader")
    bad = b'{"uri":"urn:bad","body":"\\ud800"}'
    world.send(b"urn:bad", bad, [("tenant", b"\xff\x00")])
    world.flush()
    letters = world.topic(world.topics.articles_dlq)
    letters.wait_for(len, seconds=300)
    [first] = listed(world)
    assert (first["attempts"], first["stage"], first["key"]) == (1, "decode", "urn:bad")
    assert dlq(world, "show", str(first["id"]), "--raw").stdout == bad

    dlq(world, "replay", str(first["id"]))
    letters.wait_for(lambda seen: len(seen) == 3, seconds=300)
    [second] = listed(world)
    assert second["attempts"] == 2
    assert second["id"] != first["id"]
    sent = world.topic(world.topics.articles).look()
    assert [(record.key, record.value) for record in sent] == [(b"urn:bad", bad)] * 2
    assert sent[1].headers == (("tenant", b"\xff\x00"), ("stancewire_attempts", b"1"))

    dlq(world, "discard", "--since", "1d", "--yes")
    assert listed(world) == []
    assert [one["state"] for one in listed(world, "--all")] == ["replayed", "discarded"]


def test_too_many_dead_letters_stop_a_worker_and_a_restart_goes_on(world: WorkerWorld) -> None:
    world.environment["STANCEWIRE_GUARD__WINDOW"] = "10"
    world.environment["STANCEWIRE_GUARD__MINIMUM"] = "5"
    reader = world.start("reader")
    for number in range(40):
        world.send(b"urn:same", f"broken {number}".encode())
    world.send_article("urn:same", headline="Summit", body=GOOD_BODY)
    world.flush()
    wait_for(lambda: "dead letters" in (reader.problems() or {}), what="it stops", seconds=300)
    problems = reader.problems() or {}
    assert "5 of the last 5 records became dead letters" in problems["dead letters"]
    assert reader.has_said("stopped")
    assert 'stancewire_stopped{topic="' in reader.metrics()
    letters = world.topic(world.topics.articles_dlq)
    letters.wait_for(lambda seen: len(seen) == 5, seconds=60)
    wait_for(lambda: world.committed("reader") == 5, what="what was taken is committed", seconds=60)
    code, seconds = reader.terminate()
    assert code == 0
    assert seconds < 10
    assert world.committed("reader") == 5

    world.environment["STANCEWIRE_GUARD__SHARE"] = "1"
    world.start("reader")
    observed = world.topic(world.topics.observations)
    observed.wait_for(len, seconds=300)
    assert [o.article.uri for o in observations_in(observed.seen)] == ["urn:same"]
    assert len(letters.look()) == 40


def test_readiness_is_honest_while_nothing_comes(
    world: WorkerWorld, kafka_cluster: KafkaCluster, redis_server: RedisServer
) -> None:
    tracker = world.start("tracker")
    wait_for(lambda: tracker.problems() == {}, what="it is ready", seconds=300)
    for what, stop, start in (
        ("redis", redis_server.stop, redis_server.start),
        ("kafka", kafka_cluster.discard, kafka_cluster.start),
    ):
        stop()
        try:
            wait_for(lambda w=what: w in (tracker.problems() or {}), what=f"{what} is missed")
            assert "check that it runs" in (tracker.problems() or {})[what]
        finally:
            start()
        wait_for(lambda: tracker.problems() == {}, what=f"{what} is found again", seconds=120)
    assert tracker.is_alive
