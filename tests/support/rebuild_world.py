"""A reader and a tracker on a real Redis, with topics in memory, and a rebuild of it."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zlib import crc32

from redis.asyncio import Redis

from flow_fakes import NOON, FakeReader, decode_plain
from rule_reader import CONFUSION, MODEL
from stancewire.events import StanceChange
from stancewire.plumbing.clock import ManualClock
from stancewire.plumbing.envelope import decode_event
from stancewire.plumbing.kafka import Topics
from stancewire.plumbing.settings import Settings
from stancewire.reading.languages import LanguageRule
from stancewire.stores.assignments import Assignments
from stancewire.stores.life import Life
from stancewire.stores.tracks import Tracks
from stancewire.workers.reading_flow import ReadingFlow
from stancewire.workers.rebuild_log import Log
from stancewire.workers.rebuilding import Rebuilt, rebuild
from stancewire.workers.records import Incoming, Outgoing
from stancewire.workers.sweeping import Sweeper
from stancewire.workers.tracker import detector
from stancewire.workers.tracking_flow import TrackingFlow
from story_builders import BY_VECTOR

TOPICS = Topics("stancewire")
PARTITIONS = 2


class Broker:
    """Topics in memory; their records are a minute apart."""

    def __init__(self) -> None:
        self.topics: defaultdict[str, list[list[Incoming]]] = defaultdict(
            lambda: [[] for _ in range(PARTITIONS)]
        )
        self._minutes = 0

    async def publish(self, records: Sequence[Outgoing]) -> None:
        for outgoing in records:
            record = outgoing.record
            self.put(outgoing.topic, record.key or b"", record.value, tuple(record.headers))

    def put(
        self,
        topic: str,
        key: bytes,
        value: bytes | None,
        headers: tuple[tuple[str, bytes], ...] = (),
    ) -> Incoming:
        partition = crc32(key) % PARTITIONS
        self._minutes += 1
        record = Incoming(
            topic=topic,
            partition=partition,
            offset=len(self.topics[topic][partition]),
            key=key,
            value=value,
            headers=headers,
            timestamp=NOON + timedelta(minutes=self._minutes),
        )
        self.topics[topic][partition].append(record)
        return record

    def changes(self) -> list[tuple[str, bytes]]:
        """Id and bytes of each change that was published, in order of time."""
        found = sorted(
            (r for each in self.topics[TOPICS.changes] for r in each), key=lambda r: r.timestamp
        )
        return [(dict(r.headers)["ce_id"].decode(), r.value or b"") for r in found]


class Reading:
    """A topic in memory, given out a few records at a time."""

    def __init__(self, partitions: list[list[Incoming]], begin: int) -> None:
        self._partitions = partitions
        self._next = dict.fromkeys(range(len(partitions)), begin)

    def poll(self, timeout_s: float) -> Sequence[Incoming]:
        found = []
        for number, records in enumerate(self._partitions):
            batch = records[self._next[number] : self._next[number] + 7]
            self._next[number] += len(batch)
            found += batch
        return found

    def next_offsets(self) -> Mapping[int, int]:
        return self._next


class RebuildWorld:
    def __init__(self, client: Redis) -> None:
        self.client, self.namespace = client, uuid.uuid4().hex
        self.broker, self.clock = Broker(), ManualClock(NOON + timedelta(days=2))
        self.settings = Settings().replace(
            redis={"namespace": self.namespace}, tracker={"min_owners": 1}
        )
        self.config = detector(self.settings, CONFUSION)
        self.committed: dict[int, int] = {}
        self.taken: dict[int, int] = dict.fromkeys(range(PARTITIONS), 0)
        self.retained_from = 0
        self.restart()

    def restart(self) -> None:
        """New processes on the same Kafka and Redis."""
        self.life = Life(self.client, namespace=self.namespace)
        self.articles = Assignments(self.client, namespace=self.namespace, life=self.life)
        self.tracks = Tracks(self.client, namespace=self.namespace, life=self.life)
        self.reader = ReadingFlow(
            decode=decode_plain,
            read=FakeReader(),
            model=MODEL,
            store=self.articles,
            publisher=self.broker,
            topics=TOPICS,
            rule=BY_VECTOR,
            clock=self.clock,
            languages=LanguageRule(supported=("en",), otherwise="skip"),
        )
        self.tracker = TrackingFlow(
            store=self.tracks, publisher=self.broker, topics=TOPICS, config=self.config
        )
        self.sweeper = Sweeper(
            self.tracker, topic=TOPICS.observations, partitions=self, clock=self.clock
        )

    def of(self, topic: str) -> set[int]:
        """This tracker owns every partition."""
        return set(range(PARTITIONS))

    async def begin(self) -> None:
        await self.life.begin()

    async def read(self, uri: str, value: bytes | None) -> None:
        record = self.broker.put(TOPICS.articles, uri.encode(), value)
        await self.reader.handle(replace(record, timestamp=record.timestamp))

    async def track(self, records: int | None = None, *, commit: bool = True) -> None:
        """Take so many observations of each partition more, all of them by default."""
        for partition, log in enumerate(self.broker.topics[TOPICS.observations]):
            begin = self.taken[partition]
            for record in log[begin : None if records is None else begin + records]:
                await self.tracker.handle(record)
                self.taken[partition] = record.offset + 1
            if commit:
                self.committed[partition] = self.taken[partition]

    def crash(self) -> None:
        """Die before the last offsets are committed."""
        self.taken = {p: self.committed.get(p, 0) for p in range(PARTITIONS)}
        self.restart()

    async def lose_everything(self) -> None:
        if keys := [key async for key in self.client.scan_iter(f"{{{self.namespace}}}*")]:
            await self.client.delete(*keys)

    async def rebuild(self, **options: Any) -> Rebuilt:
        return await rebuild(
            self.settings,
            client=self.client,
            config=self.config,
            clock=self.clock,
            open_log=self.open_log,
            committed=lambda _: self.committed,
            **options,
        )

    @contextmanager
    def open_log(self, topic: str) -> Iterator[Log]:
        partitions = self.broker.topics[topic]
        begin = self.retained_from if topic == TOPICS.observations else 0
        ends = {number: len(records) for number, records in enumerate(partitions)}
        yield Log(Reading(partitions, begin), ends)

    async def stored(self) -> dict[str, Any]:
        """Everything in the namespace but what counts writes and lives."""
        found: dict[str, Any] = {}
        async for name in self.client.scan_iter(f"{{{self.namespace}}}*"):
            key = name.decode().removeprefix(f"{{{self.namespace}}}:")
            kind = (await self.client.type(name)).decode()
            if kind == "hash":
                found[key] = await self.client.hgetall(name)
                found[key].pop(b"revision", None)
                found[key].pop(b"epoch", None)
            elif kind == "zset":
                found[key] = await self.client.zrange(name, 0, -1, withscores=True)
            elif kind == "list":
                found[key] = await self.client.lrange(name, 0, -1)
            elif kind == "stream":
                found[key] = [fields for _, fields in await self.client.xrange(name)]
            elif key != "life":
                found[key] = await self.client.get(name)
        return found

    def published(self) -> list[StanceChange]:
        """In order of time."""
        records = [r for each in self.broker.topics[TOPICS.changes] for r in each]
        records.sort(key=lambda record: record.timestamp)
        events = [decode_event(r.value, r.headers) for r in records]
        return [event for event in events if isinstance(event, StanceChange)]
