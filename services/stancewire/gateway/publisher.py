"""Articles to Kafka, each acknowledged by all replicas."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from stancewire.errors import Unavailable
from stancewire.plumbing.kafka import Topics
from stancewire.plumbing.kafka_clients import ARTICLE_LIMIT_BYTES, client_options
from stancewire.plumbing.sections import KafkaSettings

_PATIENCE_S = 20.0


class KafkaArticles:
    """Connects at the first article; `close` it at the end."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._kafka = kafka
        self._topic = Topics(kafka.topic_prefix).articles
        self._producer: Any = None
        self._connecting = asyncio.Lock()

    async def publish(
        self, value: bytes, *, uri: str, headers: Sequence[tuple[str, bytes]]
    ) -> None:
        """Return when the broker has acknowledged it. Raises Unavailable where Kafka is away.

        It may be in Kafka although this failed; sent again, it is known by its uri and version.
        """
        try:
            async with asyncio.timeout(_PATIENCE_S):
                producer = await self._connected()
                await producer.send_and_wait(
                    self._topic, value=value, key=uri.encode(), headers=list(headers)
                )
        except (KafkaError, OSError, TimeoutError) as error:
            raise Unavailable(
                f"Kafka did not take the article ({error or type(error).__name__}); send it again"
            ) from error

    async def close(self) -> None:
        """Disconnect; what was not acknowledged is given up."""
        if self._producer is not None:
            await self._producer.stop()

    async def _connected(self) -> Any:
        async with self._connecting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **client_options(self._kafka),
                    acks="all",
                    max_request_size=ARTICLE_LIMIT_BYTES,
                )
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer
