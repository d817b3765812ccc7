"""The servers of these tests are real: what was acknowledged survives their sudden death."""

import uuid

import pytest
import redis
from aiokafka import AIOKafkaProducer
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

pytestmark = pytest.mark.kafka


def create_topic(servers: str, *, copies: int = 1) -> str:
    topic = f"harness-{uuid.uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=servers.split(","))
    try:
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": copies}})
        admin.wait_for_topics([topic])
    finally:
        admin.close()
    return topic


def produce(servers: str, topic: str, values: list[bytes]) -> None:
    producer = KafkaProducer(bootstrap_servers=servers.split(","), acks="all", retries=10)
    try:
        for sent in [producer.send(topic, value) for value in values]:
            sent.get(timeout=60)
    finally:
        producer.close()


def consume(servers: str, topic: str, *, count: int) -> list[bytes]:
    consumer = KafkaConsumer(
        bootstrap_servers=servers.split(","),
        auto_offset_reset="earliest",
        consumer_timeout_ms=30000,
    )
    try:
        consumer.assign([TopicPartition(topic, 0)])
        return [next(consumer).value for _ in range(count)]
    finally:
        consumer.close()


def test_kafka_keeps_its_records_over_a_crash(kafka_cluster):
    servers = kafka_cluster.bootstrap_servers
    topic = create_topic(servers)
    values = [f"value {number}".encode() for number in range(200)]
    produce(servers, topic, values)
    (node,) = kafka_cluster.nodes.values()
    node.kill()
    assert not node.is_running
    kafka_cluster.start()
    assert consume(servers, topic, count=200) == values


def test_kafka_keeps_its_records_over_a_restart_in_order(kafka_cluster):
    servers = kafka_cluster.bootstrap_servers
    topic = create_topic(servers)
    produce(servers, topic, [b"before"])
    kafka_cluster.stop()
    kafka_cluster.start()
    produce(servers, topic, [b"after"])
    assert consume(servers, topic, count=2) == [b"before", b"after"]


async def test_a_cluster_of_three_goes_on_without_one(start_kafka_cluster):
    cluster = start_kafka_cluster(3)
    topic = create_topic(cluster.bootstrap_servers, copies=3)
    # aiokafka: kafka-python lets go of its sockets to the dead node without closing them.
    producer = AIOKafkaProducer(bootstrap_servers=cluster.bootstrap_servers, acks="all")
    async with producer:
        await producer.send_and_wait(topic, b"three are up")
        cluster.nodes[1].kill()
        await producer.send_and_wait(topic, b"two are up")
    cluster.start()
    assert cluster.nodes[1].is_running
    values = consume(cluster.bootstrap_servers, topic, count=2)
    assert values == [b"three are up", b"two are up"]


def test_redis_keeps_its_keys_over_a_crash(redis_server):
    key = uuid.uuid4().hex
    with redis.Redis.from_url(redis_server.url) as client:
        client.set(key, "kept")
    redis_server.kill()
    assert not redis_server.process.is_running
    redis_server.start()
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.get(key) == b"kept"
