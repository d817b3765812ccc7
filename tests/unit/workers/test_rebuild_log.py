"""A topic is read once, from its beginning to where it ended, and on where that is asked for."""

import uuid

import pytest
from kafka import KafkaProducer

from stancewire.plumbing.kafka import Topics, apply_topics
from stancewire.plumbing.settings import Settings
from stancewire.workers.beginning import has_committed
from stancewire.workers.rebuilding import kafka_log


@pytest.fixture
def settings_of_its_own(embedded_broker: str) -> Settings:
    prefix = f"r{uuid.uuid4().hex[:8]}"
    kafka = {"bootstrap_servers": embedded_broker, "partitions": 2}
    settings = Settings().replace(kafka=kafka | {"topic_prefix": prefix, "group_prefix": prefix})
    apply_topics(settings.kafka)
    return settings


def send(settings: Settings, topic: str, values: range) -> None:
    producer = KafkaProducer(bootstrap_servers=settings.kafka.bootstrap_servers)
    for value in values:
        producer.send(topic, key=b"k", value=b"%d" % value, partition=value % 2)
    producer.flush()
    producer.close()


def test_a_log_is_read_to_its_end_and_then_as_far_as_asked(settings_of_its_own: Settings) -> None:
    settings = settings_of_its_own
    topic = Topics(settings.kafka.topic_prefix).observations
    send(settings, topic, range(1_001))
    with kafka_log(settings, topic) as log:
        first = [(r.partition, r.offset, int(r.value or b"")) for r in log.first_pass()]
        assert log.is_whole
        assert log.begins == {0: 0, 1: 0}
        send(settings, topic, range(1_001, 1_005))
        more = [int(r.value or b"") for r in log.up_to(1, 501)]
    assert sorted(value for *_, value in first) == list(range(1_001))
    assert all(partition == value % 2 for partition, _, value in first)
    assert all(offset == value // 2 for _, offset, value in first)
    assert {1_001, 1_003} <= set(more)


def test_an_empty_topic_has_nothing(settings_of_its_own: Settings) -> None:
    topic = Topics(settings_of_its_own.kafka.topic_prefix).observations
    with kafka_log(settings_of_its_own, topic) as log:
        assert list(log.first_pass()) == []


def test_who_never_committed_has_not_worked(settings_of_its_own: Settings) -> None:
    assert not has_committed(settings_of_its_own.kafka)
