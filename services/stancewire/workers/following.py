"""Read topics without a consumer group: from the beginning, or from where they end now.

The ends are taken from the high watermarks of fetches, not from ListOffsets, whose answer for the
latest offset is wrong on the embedded broker.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from stancewire.errors import Unavailable
from stancewire.plumbing.kafka_clients import DEAD_LETTER_LIMIT_BYTES, client_options
from stancewire.plumbing.sections import KafkaSettings
from stancewire.workers.records import Incoming

Offsets = Mapping[TopicPartition, int]
"""The next offset of each partition, to be read or to be written."""

_FETCH_WAIT_MS = 100
_FIRST_ANSWER_S = 30.0
_POLL_S = 0.5


class Follower:
    """Reads all partitions of some topics; each call blocks at most for the time it is given."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer

    def poll(self, timeout_s: float) -> list[Incoming]:
        """What has come, in order within each partition; empty when nothing came in time.

        Raises Unavailable where Kafka does not answer.
        """
        with kafka_errors():
            batches = self._consumer.poll(timeout_ms=int(timeout_s * 1000))
        return [incoming_of(record) for batch in batches.values() for record in batch]

    def positions(self) -> Offsets:
        """The next offset to be read of every partition."""
        return {place: self._consumer.position(place) for place in self._consumer.assignment()}

    def next_offsets(self) -> Mapping[int, int]:
        """The same by the number of the partition, for those who follow one topic."""
        return {place.partition: offset for place, offset in self.positions().items()}

    def skip_to_end(self) -> None:
        """Go to where the topics end now."""
        for place, end in _ends(self._consumer).items():
            self._consumer.seek(place, end)


@contextmanager
def follow(kafka: KafkaSettings, topics: Sequence[str]) -> Iterator[Follower]:
    """Read `topics` from the beginning. Raises Unavailable where one is missing."""
    with _assigned(kafka, topics) as consumer:
        yield Follower(consumer)


def read_to_end(kafka: KafkaSettings, topics: Sequence[str]) -> Iterator[Incoming]:
    """All records of `topics` that lie there now, in order within each partition.

    What arrives meanwhile is left out. Raises Unavailable where a topic is missing or Kafka away.
    """
    ends = end_offsets(kafka, topics)
    with follow(kafka, topics) as follower:
        while any(place in ends and at < ends[place] for place, at in follower.positions().items()):
            for record in follower.poll(_POLL_S):
                if record.offset < ends[TopicPartition(record.topic, record.partition)]:
                    yield record


def end_offsets(kafka: KafkaSettings, topics: Sequence[str]) -> Offsets:
    """Where the topics end: nothing acknowledged before this call lies behind what it returns.

    Asked with a new consumer, since an older one may still hold the answer of an earlier fetch.
    """
    with _assigned(kafka, topics) as consumer:
        return _ends(consumer)


def committed_offsets(kafka: KafkaSettings, group: str) -> Offsets:
    """What a consumer group has committed; partitions without a commit are absent.

    Raises Unavailable where Kafka does not answer.
    """
    with kafka_errors():
        admin = KafkaAdminClient(**client_options(kafka))
        try:
            answer = admin.list_group_offsets([group])
        finally:
            admin.close()
    return {place: meta.offset for place, meta in answer.get(group, {}).items() if meta.offset >= 0}


@contextmanager
def kafka_errors() -> Iterator[None]:
    """Turn what kafka-python raises into Unavailable."""
    try:
        yield
    except (KafkaError, OSError) as error:
        raise Unavailable(f"Kafka does not answer as it should: {error}") from error


@contextmanager
def _assigned(kafka: KafkaSettings, topics: Sequence[str]) -> Iterator[Any]:
    with kafka_errors():
        consumer = KafkaConsumer(
            **client_options(kafka),
            enable_auto_commit=False,
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            max_partition_fetch_bytes=DEAD_LETTER_LIMIT_BYTES,
        )
    try:
        with kafka_errors():
            consumer.assign(_partitions(consumer, topics))
            consumer.seek_to_beginning()
        yield consumer
    finally:
        consumer.close()


def _partitions(consumer: Any, topics: Sequence[str]) -> list[TopicPartition]:
    found = []
    for topic in topics:
        partitions = consumer.partitions_for_topic(topic)
        if not partitions:
            raise Unavailable(f"there is no topic {topic}; `stancewire topics apply` creates it")
        found += [TopicPartition(topic, number) for number in sorted(partitions)]
    return found


def _ends(consumer: Any) -> Offsets:
    """The high watermarks; what is fetched on the way is read past."""
    places = consumer.assignment()
    for _ in range(int(_FIRST_ANSWER_S * 1000 / _FETCH_WAIT_MS)):
        ends = {place: consumer.highwater(place) for place in places}
        if all(end is not None for end in ends.values()):
            return ends
        with kafka_errors():
            consumer.poll(timeout_ms=_FETCH_WAIT_MS)
    missing = sorted(place.topic for place, end in ends.items() if end is None)
    raise Unavailable(f"Kafka does not say where {', '.join(missing)} end")


def incoming_of(record: Any) -> Incoming:
    """A record as the services see it, from kafka-python's own."""
    return Incoming(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=tuple((name, value or b"") for name, value in record.headers),
        timestamp=datetime.fromtimestamp(record.timestamp / 1000, tz=UTC),
    )
