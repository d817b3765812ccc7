"""A Kafka and a Redis with workers on them: what goes in, what has come out so far."""

import asyncio
import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaProducer
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from news import News
from patience import wait_for
from stancewire.events import Observation, StanceChange
from stancewire.plumbing.envelope import decode_event
from stancewire.plumbing.kafka import Topics, apply_topics
from stancewire.plumbing.sections import KafkaSettings
from stancewire.workers.following import end_offsets
from worker_process import WorkerProcess


@dataclass(frozen=True)
class Consumed:
    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    @property
    def id(self) -> str:
        return dict(self.headers)["ce_id"].decode()

    @property
    def reason(self) -> tuple[str, str]:
        """Stage and message of a dead letter."""
        headers = dict(self.headers)
        stage = headers["__connect.errors.stage"].decode()
        return stage, headers["__connect.errors.exception.message"].decode()


@dataclass
class Topic:
    """What a topic holds so far; read on at each look."""

    consumer: KafkaConsumer
    seen: list[Consumed] = field(default_factory=list)

    def look(self) -> Sequence[Consumed]:
        for records in self.consumer.poll(timeout_ms=200, max_records=5000).values():
            for r in records:
                headers = tuple((name, bytes(value or b"")) for name, value in r.headers)
                self.seen.append(
                    Consumed(r.topic, r.partition, r.offset, r.timestamp, r.key, r.value, headers)
                )
        return self.seen

    def wait_for(self, enough: Callable[[Sequence[Consumed]], bool], *, seconds: float) -> None:
        what = f"{sorted(self.consumer.subscription() or ['the topic'])} holds enough"
        wait_for(lambda: enough(self.look()), what=what, seconds=seconds)


class WorkerWorld:
    """Topics, groups and keys of its own on servers that others may share."""

    def __init__(
        self,
        bootstrap_servers: str,
        redis_url: str,
        directory: Path,
        *,
        partitions: int = 4,
        copies: int = 1,
    ) -> None:
        self.prefix = f"w{uuid.uuid4().hex[:8]}"
        self.directory = directory
        self.kafka = KafkaSettings(
            bootstrap_servers=bootstrap_servers,
            topic_prefix=self.prefix,
            partitions=partitions,
            replication_factor=copies,
        )
        self.topics = Topics(self.prefix)
        self.environment = {
            "STANCEWIRE_KAFKA__BOOTSTRAP_SERVERS": bootstrap_servers,
            "STANCEWIRE_KAFKA__TOPIC_PREFIX": self.prefix,
            "STANCEWIRE_KAFKA__GROUP_PREFIX": self.prefix,
            "STANCEWIRE_KAFKA__PARTITIONS": str(partitions),
            "STANCEWIRE_KAFKA__SESSION_TIMEOUT_S": "6",
            "STANCEWIRE_REDIS__URL": redis_url,
            "STANCEWIRE_REDIS__NAMESPACE": self.prefix,
            "STANCEWIRE_INTAKE__MAX_BODY_BYTES": "65536",
        }
        self._workers: list[WorkerProcess] = []
        self._consumers: list[KafkaConsumer] = []

    def __enter__(self) -> Self:
        apply_topics(self.kafka)
        self._producer = KafkaProducer(
            bootstrap_servers=self.kafka.bootstrap_servers, max_request_size=13 * 1024 * 1024
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            if worker.is_alive:
                worker.kill()
        for consumer in self._consumers:
            consumer.close()
        self._producer.close()

    def start(self, name: str) -> WorkerProcess:
        """Start a worker; `name` is reader or tracker."""
        log = self.directory / f"{self.prefix}-{name}-{len(self._workers)}.log"
        worker = WorkerProcess(name, self.environment, log)
        self._workers.append(worker)
        return worker

    def send(
        self,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        self._producer.send(self.topics.articles, key=key, value=value, headers=list(headers))

    def send_article(self, uri: str, **fields: object) -> None:
        self.send(uri.encode(), json.dumps({"uri": uri, **fields}).encode())

    def send_articles(self, articles: Iterable[News]) -> None:
        """Articles of `news`, all on their way when this returns."""
        for one in articles:
            self.send_article(one.uri, **one.fields)
        self.flush()

    def send_nothing(self) -> None:
        """A record without key and value, which other clients than kafka-python let through."""

        async def send() -> None:
            producer = AIOKafkaProducer(bootstrap_servers=self.kafka.bootstrap_servers)
            await producer.start()
            batch = producer.create_batch()
            batch.append(key=None, value=None, timestamp=None)
            await (await producer.send_batch(batch, self.topics.articles, partition=0))
            await producer.stop()

        asyncio.run(send())

    def flush(self) -> None:
        self._producer.flush()

    def topic(self, name: str) -> Topic:
        """Read a topic from its beginning."""
        consumer = KafkaConsumer(
            bootstrap_servers=self.kafka.bootstrap_servers,
            auto_offset_reset="earliest",
            group_id=None,
            enable_auto_commit=False,
            max_partition_fetch_bytes=13 * 1024 * 1024,
            fetch_max_bytes=64 * 1024 * 1024,
        )
        partitions = [TopicPartition(name, n) for n in range(self.kafka.partitions)]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        self._consumers.append(consumer)
        return Topic(consumer)

    def whole(self, name: str) -> Sequence[Consumed]:
        """A topic to its end."""
        topic, end = self.topic(name), sum(end_offsets(self.kafka, [name]).values())
        topic.wait_for(lambda seen: len(seen) >= end, seconds=60)
        return topic.seen

    def committed(self, worker: str) -> int:
        """How many records of its topic the group of a worker has committed, all together."""
        with self._admin() as admin:
            offsets = admin.list_group_offsets({f"{self.prefix}-{worker}": None})
        return sum(max(offset.offset, 0) for group in offsets.values() for offset in group.values())

    @contextmanager
    def _admin(self) -> Iterator[KafkaAdminClient]:
        admin = KafkaAdminClient(bootstrap_servers=self.kafka.bootstrap_servers)
        try:
            yield admin
        finally:
            admin.close()


def observations_in(records: Sequence[Consumed]) -> list[Observation]:
    found = (decode_event(record.value, record.headers) for record in records)
    return [event for event in found if isinstance(event, Observation)]


def changes_in(records: Sequence[Consumed]) -> list[StanceChange]:
    found = (decode_event(record.value, record.headers) for record in records)
    return [event for event in found if isinstance(event, StanceChange)]


def repeats_in(records: Sequence[Consumed]) -> int:
    """How many records repeat an earlier one; AssertionError where one is not identical to it."""
    by_id: dict[str, list[Consumed]] = defaultdict(list)
    for record in records:
        by_id[record.id].append(record)
    for event_id, same in by_id.items():
        forms = {(record.key, record.value, record.headers) for record in same}
        assert len(forms) == 1, f"{event_id} came in {len(forms)} forms: {forms}"
    return len(records) - len(by_id)
