"""The reader as a process, on real Kafka and Redis, with rules in place of the model."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from garbage import BAD_RECORDS, GOOD_BODY
from kafka_cluster import KafkaCluster
from patience import wait_for
from redis_server import RedisServer
from worker_process import WorkerProcess
from worker_world import WorkerWorld, observations_in, repeats_in

pytestmark = [
    pytest.mark.kafka,
    # kafka-python, on the test's side, leaves sockets open when a broker dies.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def world(
    kafka_cluster: KafkaCluster, redis_server: RedisServer, tmp_path: Path
) -> Iterator[WorkerWorld]:
    with WorkerWorld(kafka_cluster.bootstrap_servers, redis_server.url, tmp_path) as world:
        yield world


def send_good(world: WorkerWorld, uri: str, **fields: object) -> None:
    world.send_article(uri, **{"headline": "Summit", "body": GOOD_BODY, **fields})
    world.flush()


def test_garbage_becomes_dead_letters_with_a_reason_and_the_service_stays_up(world) -> None:
    reader = world.start("reader")
    for bad in BAD_RECORDS:
        world.send(bad.key, bad.value, [("tenant", b"\xff\x00")])
    send_good(world, "urn:good")
    letters = world.topic(world.topics.articles_dlq)
    observed = world.topic(world.topics.observations)
    observed.wait_for(len, seconds=60)
    letters.wait_for(lambda found: len(found) >= len(BAD_RECORDS), seconds=60)
    assert reader.is_alive
    assert reader.problems() == {}
    assert [o.article.uri for o in observations_in(observed.seen)] == ["urn:good"]
    by_bytes = {(letter.key, letter.value): letter for letter in letters.seen}
    assert len(letters.seen) == len(by_bytes) == len(BAD_RECORDS)
    for bad in BAD_RECORDS:
        letter = by_bytes[bad.key, bad.value]
        stage, message = letter.reason
        assert (bad.name, stage) == (bad.name, bad.stage), message
        assert bad.reason in message, (bad.name, message)
        assert letter.headers[0] == ("tenant", b"\xff\x00")
    assert 'stancewire_dead_letters_total{stage="unexpected"' in reader.metrics()


def test_a_record_without_key_and_value_becomes_a_dead_letter_too(world) -> None:
    reader = world.start("reader")
    world.send_nothing()
    letters = world.topic(world.topics.articles_dlq)
    letters.wait_for(len, seconds=60)
    [letter] = letters.seen
    assert (letter.key, letter.value) == (b"", None)
    assert "key" in letter.reason[1]
    assert reader.problems() == {}


def test_it_ends_in_time_on_sigterm_and_takes_up_the_unfinished_record_again(world) -> None:
    reader = world.start("reader")
    send_good(world, "urn:1")
    observed = world.topic(world.topics.observations)
    observed.wait_for(len, seconds=60)
    send_good(world, "urn:2", body=f"dawdle\n{GOOD_BODY}")
    wait_for(lambda: reader.has_said("dawdling"), what="it dawdles", seconds=20)
    code, seconds = reader.terminate()
    assert code == 0
    assert seconds < 5.0
    assert world.committed("reader") == 1
    assert len(observed.look()) == 1
    world.environment["RULES_DAWDLE_S"] = "0"
    world.start("reader")
    observed.wait_for(lambda found: len(found) == 2, seconds=60)
    assert observations_in(observed.seen)[1].article.uri == "urn:2"


def test_it_ends_in_time_while_kafka_and_redis_are_away(tmp_path: Path) -> None:
    nobody = {
        "STANCEWIRE_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "STANCEWIRE_REDIS__URL": "redis://127.0.0.1:1/0",
    }
    reader = WorkerProcess("reader", nobody, tmp_path / "log")
    wait_for(lambda: reader.has_said("waiting for Kafka"), what="it waits", seconds=30)
    assert "start" in (reader.problems() or {})
    code, seconds = reader.terminate()
    assert code == 0
    assert seconds < 5.0


def test_it_waits_for_redis_and_goes_on_with_the_same_record(world, redis_server) -> None:
    reader = world.start("reader")
    send_good(world, "urn:1")
    observed = world.topic(world.topics.observations)
    observed.wait_for(len, seconds=60)
    reader.wait_until_ready()
    redis_server.stop()
    try:
        for number in range(2, 12):
            send_good(world, f"urn:{number}")
        wait_for(lambda: "dependency" in (reader.problems() or {}), what="it is not ready")
        assert len(observed.look()) == 1
    finally:
        redis_server.start()
    observed.wait_for(lambda found: len(found) == 11, seconds=60)
    reader.wait_until_ready()
    assert {o.article.uri for o in observations_in(observed.seen)} == {
        f"urn:{number}" for number in range(1, 12)
    }
    assert world.topic(world.topics.articles_dlq).look() == []


def test_it_waits_for_kafka_and_goes_on_with_the_same_record(world, kafka_cluster) -> None:
    reader = world.start("reader")
    send_good(world, "urn:1")
    observed = world.topic(world.topics.observations)
    observed.wait_for(len, seconds=60)
    for node in kafka_cluster.nodes.values():
        node.kill()
    kafka_cluster.start()
    send_good(world, "urn:2")
    observed.wait_for(lambda found: len({r.id for r in found}) == 2, seconds=90)
    assert reader.is_alive
    repeats_in(observed.seen)


def test_an_article_under_another_key_is_keyed_anew_and_read_once(world) -> None:
    world.start("reader")
    for _ in range(2):
        world.send(b"17", json.dumps({"uri": "urn:1", "body": GOOD_BODY}).encode())
    world.flush()
    observed = world.topic(world.topics.observations)
    observed.wait_for(len, seconds=60)
    send_good(world, "urn:last")
    observed.wait_for(lambda found: len(found) >= 2, seconds=60)
    assert sorted(o.article.uri for o in observations_in(observed.seen)) == ["urn:1", "urn:last"]
    keys = [record.key for record in world.topic(world.topics.articles).look()]
    assert sorted(key or b"" for key in keys) == [b"17", b"17", b"urn:1", b"urn:1", b"urn:last"]
