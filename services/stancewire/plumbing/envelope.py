"""Events as Kafka records: CloudEvents 1.0 in the Kafka binding, JSON inside.

What leaves is in binary mode: the attributes are `ce_*` headers and the value is the event's
canonical JSON, so a repeat carries identical bytes. What comes in may be in binary mode, in
structured mode, or bare JSON.
Sources: CloudEvents 1.0.2, "Kafka Protocol Binding" and "Distributed Tracing" extension.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

import msgspec
from cloudevents.core.bindings import kafka as binding
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from stancewire.acts import Act
from stancewire.baseline import Baseline
from stancewire.errors import InvalidInput
from stancewire.events import (
    NAMESPACE,
    Assignment,
    Observation,
    StanceChange,
    to_json,
    tracking_key,
)
from stancewire.plumbing.cloud_events import Envelope, Headers, unwrap

Event: TypeAlias = Observation | Baseline | StanceChange | Assignment | Act

SOURCE = "stancewire"
CONTENT_TYPE = "application/json"
OBSERVATION_TYPE = "io.stancewire.observation.v1"
ASSIGNMENT_TYPE = "io.stancewire.assignment.v1"
BASELINE_TYPE = "io.stancewire.baseline.v1"
ACT_TYPE = "io.stancewire.act.v1"
_TYPES: Mapping[type[Event], str] = {
    Observation: OBSERVATION_TYPE,
    Baseline: BASELINE_TYPE,
    Assignment: ASSIGNMENT_TYPE,
    Act: ACT_TYPE,
}
_CHANGE_TYPE = re.compile(r"io\.stancewire\.stance\.[a-z]+\.v1")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a producer is given: key, value (None is a tombstone) and headers in order."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class _Attributes:
    id: str
    type: str
    time: datetime
    subject: str


def encode(event: Event, *, source: str = SOURCE, traceparent: str | None = None) -> Record:
    """The Kafka record of an event; equal arguments give equal bytes.

    `source` is the CloudEvents source; a `traceparent` that is no W3C trace context is left out.
    Raises ValueError for an observation without a story, which has no key.
    """
    about = _attributes(event)
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": about.id,
        "source": source,
        "type": about.type,
        "time": about.time,
        "subject": about.subject,
        "datacontenttype": CONTENT_TYPE,
    }
    carried = []
    if traceparent and _TRACEPARENT.fullmatch(traceparent):
        attributes["traceparent"] = traceparent
        carried = [("traceparent", traceparent.encode())]
    message = binding.to_binary(
        CloudEvent(attributes, to_json(event)), JSONFormat(), lambda _: about.subject
    )
    return Record(
        key=about.subject.encode(),
        value=message.value,
        headers=[*message.headers.items(), *carried],
    )


def decode(record: Record) -> Event:
    """The event of a record that `encode` or another producer of the same contract made.

    Raises InvalidInput(stage="decode") where it is no CloudEvent, of a type that is not ours, or
    its data does not fit the type.
    """
    return decode_event(record.value, record.headers)


def decode_event(value: bytes | None, headers: Headers) -> Event:
    """The event of a consumed value with its headers; see `decode`."""
    envelope = unwrap(value, headers)
    kind = _kind(envelope)
    try:
        return msgspec.json.decode(envelope.data or b"", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(
            f"the data is no {kind.__name__}: {error}; see schemas/", stage="decode"
        ) from error


def event_type(event: Event) -> str:
    """The CloudEvents type of an event."""
    if isinstance(event, StanceChange):
        return f"io.stancewire.stance.{event.type}.v1"
    name: str = _TYPES[type(event)]
    return name


def event_id(event: Event) -> str:
    """The CloudEvents id, by which a consumer drops repeats: the same on every run."""
    if isinstance(event, StanceChange):
        return event.change_id
    if isinstance(event, Act):
        return event.act_id
    if isinstance(event, Baseline):
        return event.id
    if isinstance(event, Observation):
        return _uuid(event.observation_id, event.status)
    about = event.article
    return _uuid(about.uri, str(about.version), event.status, event.model.version)


def _attributes(event: Event) -> _Attributes:
    match event:
        case StanceChange():
            subject, time = tracking_key(event.story.id, event.actor.id), event.occurred_at
        case Observation():
            if event.story is None:
                raise ValueError("an observation without a story has no key; assign a story first")
            subject, time = tracking_key(event.story.id, event.actor.id), event.observed_at
        case Baseline():
            subject, time = tracking_key(event.story.id, event.actor.id), event.at
        case Assignment():
            subject, time = event.article.uri, event.assigned_at
        case Act():
            subject, time = event.story_id, event.at
    return _Attributes(id=event_id(event), type=event_type(event), time=time, subject=subject)


def _kind(envelope: Envelope) -> type[Event]:
    for kind, name in _TYPES.items():
        if envelope.type == name:
            return kind
    if envelope.type and _CHANGE_TYPE.fullmatch(envelope.type):
        return StanceChange
    named = f"the CloudEvents type {envelope.type}" if envelope.type else "a record without ce_type"
    raise InvalidInput(
        f"{named} is no event of Stancewire; see schemas/asyncapi.yaml", stage="decode"
    )


def _uuid(*parts: str) -> str:
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))
