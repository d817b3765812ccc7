"""Real servers for the integration tests: one Kafka and one Redis for the whole run.

A server that cannot be started fails the tests that need it; nothing here ever skips.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from kafka_cluster import KafkaCluster
from redis_server import RedisServer


@pytest.fixture(scope="session")
def _kafka_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    with KafkaCluster(tmp_path_factory.mktemp("kafka")) as cluster:
        yield cluster


@pytest.fixture
def kafka_cluster(_kafka_of_the_run: KafkaCluster) -> KafkaCluster:
    """One Kafka node, running, whatever an earlier test did to it."""
    _kafka_of_the_run.start()
    return _kafka_of_the_run


@pytest.fixture
def start_kafka_cluster(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[int], KafkaCluster]]:
    """Start a cluster of so many nodes for one test."""
    with ExitStack() as stack:

        def start(nodes: int) -> KafkaCluster:
            directory = tmp_path_factory.mktemp("kafka")
            return stack.enter_context(KafkaCluster(directory, nodes=nodes))

        yield start


@pytest.fixture(scope="session")
def _redis_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_server(_redis_of_the_run: RedisServer) -> RedisServer:
    """One Redis, running, whatever an earlier test did to it. Its data stays: use a namespace."""
    _redis_of_the_run.start()
    return _redis_of_the_run
