"""Faust as Stancewire runs it: one record at a time, each taken to its end before it is committed.

Faust commits what a stream has moved past. An iteration that is cancelled, as when the service
stops, counts as moved past too; so every record is held with one reference more than Faust's own,
which is given back only after the record was handled. A record that is not handled to the end is
never committed, and whoever has its partition next reads it again.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import faust
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from faust.exceptions import ProducerSendError

from stancewire.errors import InvalidInput, Unavailable
from stancewire.plumbing.kafka_clients import faust_options
from stancewire.plumbing.settings import Settings
from stancewire.workers.metrics import WorkerMetrics
from stancewire.workers.publishing import gather_acknowledged
from stancewire.workers.records import Headers, Incoming, Outgoing

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def faust_app(settings: Settings, *, name: str, directory: Path) -> faust.App:
    """The app of one worker; `directory` is its own, and nothing of worth is kept there.

    The consumer group is `<kafka.group_prefix>-<name>`.
    """
    return faust.App(
        f"{settings.kafka.group_prefix}-{name}",
        **faust_options(settings.kafka),
        autodiscover=False,
        web_enabled=False,
        datadir=directory,
        key_serializer="raw",
        value_serializer="raw",
        consumer_auto_offset_reset="earliest",
        broker_max_poll_records=100,
        broker_commit_interval=1.0,
        producer_request_timeout=settings.kafka.request_timeout_s,
        stream_buffer_maxsize=64,
        stream_wait_empty=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
    )


def consume(
    app: faust.App,
    topic: str,
    handle: Callable[[Incoming], Awaitable[None]],
    *,
    metrics: WorkerMetrics,
) -> None:
    """Have `app` give every record of `topic` to `handle`, one at a time and in order.

    `handle` must raise nothing but CancelledError.
    """
    channel = app.topic(topic, key_type=bytes, value_type=bytes, allow_empty=True)

    async def take(stream: faust.StreamT[bytes]) -> None:
        events: AsyncIterator[Any] = stream.events()
        async for event in events:
            message = event.message
            message.incref()
            await handle(incoming_of(message))
            message.decref()
            _measure_lag(app, message, metrics)

    app.agent(channel, concurrency=1, name=f"{app.conf.id}-take")(take)


def incoming_of(message: Any) -> Incoming:
    """A record as the flows see it, from Faust's own."""
    # Faust divides milliseconds by a thousand; rounding gives them back exactly.
    milliseconds = round((message.timestamp or 0) * 1000)
    return Incoming(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=message.key,
        value=message.value,
        headers=_headers(message.headers),
        timestamp=_EPOCH + timedelta(milliseconds=milliseconds),
    )


class FaustPublisher:
    """Publishes through the app's producer; see `records.Publisher`."""

    def __init__(self, app: faust.App, *, metrics: WorkerMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Send all, wait for all acknowledgements, then count; raises as the protocol says."""
        await self._app.maybe_start_producer()
        try:
            await gather_acknowledged(self._send(outgoing) for outgoing in records)
        except MessageSizeTooLargeError as error:
            raise InvalidInput(
                f"a record is larger than its topic takes: {error}", stage="publish"
            ) from error
        except (KafkaError, ProducerSendError) as error:
            if isinstance(error.__cause__, MessageSizeTooLargeError):
                raise InvalidInput(
                    f"a record is larger than a producer may send: {error}", stage="publish"
                ) from error
            raise Unavailable(
                f"Kafka did not acknowledge ({type(error).__name__}: {error}); check that its"
                " brokers run and that the topics exist"
            ) from error
        for outgoing in records:
            self._metrics.events.labels(outgoing.topic, _type_of(outgoing)).inc()

    async def _send(self, outgoing: Outgoing) -> Awaitable[Any]:
        record, at = outgoing.record, outgoing.timestamp
        # Faust truncates to milliseconds; half of one keeps a binary fraction from losing one.
        timestamp = None if at is None else at.timestamp() + 0.0005
        acknowledged: Awaitable[Any] = await self._app.producer.send(
            outgoing.topic,
            record.key,
            record.value,
            None,
            timestamp,
            list(record.headers),
        )
        return acknowledged


def _headers(raw: Any) -> Headers:
    pairs = raw.items() if isinstance(raw, dict) else raw or ()
    return tuple((str(name), bytes(value or b"")) for name, value in pairs)


def _type_of(outgoing: Outgoing) -> str:
    for name, value in outgoing.record.headers:
        if name == "ce_type":
            return value.decode("utf-8", errors="replace")
    return "none"


def _measure_lag(app: faust.App, message: Any, metrics: WorkerMetrics) -> None:
    end = app.consumer.highwater(message.tp)
    if end is not None:
        metrics.lag.labels(message.topic, str(message.partition)).set(
            max(end - message.offset - 1, 0)
        )
