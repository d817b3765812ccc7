"""Kafka records as the flows see them, and whom they give theirs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from stancewire.plumbing.envelope import Record

Headers = tuple[tuple[str, bytes], ...]
_Packed = tuple[str, bytes | None, bytes | None, list[tuple[str, bytes]]]


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One consumed record."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp: datetime
    """Kafka's own, aware, in UTC, to the millisecond."""

    def header(self, name: str) -> bytes | None:
        """The last header of that name, as Kafka takes it."""
        return next((value for key, value in reversed(self.headers) if key == name), None)

    @property
    def traceparent(self) -> str | None:
        """The W3C trace context that came with the record."""
        raw = self.header("traceparent") or self.header("ce_traceparent")
        return raw.decode("ascii", errors="replace") if raw else None


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One record to be published; the broker sets the time where `timestamp` is None."""

    topic: str
    record: Record
    timestamp: datetime | None = None


def pack_outgoing(outgoing: Outgoing) -> bytes:
    """The bytes of a record that waits in an outbox; equal records give equal bytes."""
    record = outgoing.record
    return msgspec.msgpack.encode((outgoing.topic, record.key, record.value, record.headers))


def unpack_outgoing(raw: bytes) -> Outgoing:
    """The record of those bytes; raises msgspec.ValidationError where they are something else."""
    topic, key, value, headers = msgspec.msgpack.decode(raw, type=_Packed)
    return Outgoing(topic=topic, record=Record(key=key, value=value, headers=headers))


BACKFILL_HEADER = ("stancewire-backfill", b"1")
"""Marks articles that are read and tracked, but never lead to an alert."""


class Publisher(Protocol):
    """Publishes records to Kafka."""

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Return when every record is acknowledged by the broker.

        Records of one topic and key arrive in the order given. Some of them may be in Kafka
        although the call failed, so callers publish the same bytes again. Raises Unavailable where
        Kafka does not answer, InvalidInput where a record is larger than its topic takes.
        """
        ...
