"""Send records to Kafka, each acknowledged by all replicas."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from kafka import KafkaProducer, TopicPartition

from stancewire.errors import InvalidInput
from stancewire.plumbing.kafka_clients import ARTICLE_LIMIT_BYTES, client_options
from stancewire.plumbing.sections import KafkaSettings
from stancewire.workers.following import kafka_errors

# Room for the key, the headers and the frame around them, which count as well.
_FRAME_BYTES = 64 * 1024
_ACKNOWLEDGED_S = 60


class Sender:
    """Sends to a topic; `confirm` returns when all of it has arrived."""

    def __init__(self, producer: Any, topic: str) -> None:
        self._producer = producer
        self._topic = topic
        self._pending: list[Any] = []

    def send(
        self,
        value: bytes | None,
        *,
        key: str | bytes | None,
        headers: Sequence[tuple[str, bytes]] = (),
        topic: str | None = None,
        partition: int | None = None,
    ) -> None:
        """Hand over one record; blocks while the producer's buffer is full.

        `topic` is another one than the sender's; without a `partition` the key decides.
        Raises InvalidInput where it is over the limit, Unavailable where Kafka does not answer.
        """
        if len(value or b"") > ARTICLE_LIMIT_BYTES - _FRAME_BYTES:
            size, limit = len(value or b""), ARTICLE_LIMIT_BYTES - _FRAME_BYTES
            raise InvalidInput(
                f"{size:,} bytes are over the limit of {limit:,}; shorten the article or leave it"
                " out",
                stage="publish",
            )
        with kafka_errors():
            self._pending.append(
                self._producer.send(
                    topic or self._topic,
                    value=value,
                    key=key.encode() if isinstance(key, str) else key,
                    headers=list(headers),
                    partition=partition,
                )
            )

    def confirm(self) -> list[tuple[TopicPartition, int]]:
        """Where each record since the last call has arrived, in the order of sending.

        Raises Unavailable where one has not.
        """
        pending, self._pending = self._pending, []
        with kafka_errors():
            self._producer.flush(timeout=_ACKNOWLEDGED_S)
            arrived = [future.get(timeout=_ACKNOWLEDGED_S) for future in pending]
        return [(TopicPartition(at.topic, at.partition), at.offset) for at in arrived]


@contextmanager
def sending(kafka: KafkaSettings, topic: str) -> Iterator[Sender]:
    """A connected sender. Raises Unavailable where Kafka does not answer."""
    with kafka_errors():
        producer = KafkaProducer(
            **client_options(kafka),
            acks="all",
            linger_ms=5,
            max_request_size=ARTICLE_LIMIT_BYTES,
        )
    try:
        yield Sender(producer, topic)
    finally:
        producer.close(timeout=_ACKNOWLEDGED_S)
