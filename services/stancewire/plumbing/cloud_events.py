"""CloudEvents as they come in: binary mode, structured mode, or no envelope at all.

The data is handed on as bytes, untouched. In binary mode it is the value and the attributes are
`ce_*` headers; in structured mode (`application/cloudevents+json`) the value holds both.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NoReturn, TypeAlias

import msgspec
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.v1.event import CloudEvent

from stancewire.errors import InvalidInput

Headers: TypeAlias = Iterable[tuple[str, bytes | None]] | Mapping[str, bytes | None] | None
"""Kafka headers as clients give them: a list of pairs (aiokafka) or a mapping (Faust)."""

_PREFIX = "ce_"
_REQUIRED = ("specversion", "id", "source", "type")
_STRUCTURED = "application/cloudevents+json"
_BATCH = "application/cloudevents-batch"


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """The data of a record and what its CloudEvents attributes say of it."""

    mode: Literal["bare", "binary", "structured"]
    data: bytes | None
    """The event's own bytes; None where the record's value is null."""
    attributes: Mapping[str, str]

    @property
    def type(self) -> str | None:
        """The CloudEvents type; None for a bare record."""
        return self.attributes.get("type")


class _Structured(msgspec.Struct):
    """The parts of a structured event that are checked here; a missing one is empty."""

    specversion: str = ""
    id: str = ""
    source: str = ""
    type: str = ""
    subject: str | None = None
    time: str | None = None
    datacontenttype: str | None = None
    data: msgspec.Raw = msgspec.Raw()
    data_base64: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether it is an event beyond doubt, whatever the content type says."""
        present = all((self.specversion, self.id, self.source, self.type))
        return present and (bool(bytes(self.data)) or self.data_base64 is not None)


def unwrap(value: bytes | None, headers: Headers) -> Envelope:
    """The data inside a record's value.

    Raises InvalidInput(stage="decode") where the record says that it is a CloudEvent and is not a
    valid one. A value that does not say so is bare, whatever is in it.
    """
    named = _by_name(headers)
    content_type = named.get("content-type", "").strip().lower()
    if content_type.startswith(_BATCH):
        _refuse("a batch of CloudEvents is not accepted; send one event a record")
    if content_type.startswith(_STRUCTURED):
        return _unwrap_structured(_structured(value))
    if any(_PREFIX + name in named for name in _REQUIRED):
        return _unwrap_binary(value, named, content_type)
    if value is not None and b'"specversion"' in value:
        event = _structured_or_none(value)
        if event is not None and event.is_complete:
            return _unwrap_structured(event)
    return Envelope(mode="bare", data=value, attributes={})


def _unwrap_binary(value: bytes | None, named: Mapping[str, str], content_type: str) -> Envelope:
    attributes = {
        name.removeprefix(_PREFIX): text for name, text in named.items() if name.startswith(_PREFIX)
    }
    _check(attributes, where=_PREFIX)
    if content_type:
        _check_json(content_type)
    return Envelope(mode="binary", data=value, attributes=attributes)


def _unwrap_structured(event: _Structured) -> Envelope:
    plain = {
        name: text for name in (*_REQUIRED, "subject", "time") if (text := getattr(event, name))
    }
    _check(plain, where="")
    if event.data_base64 is not None:
        try:
            data = base64.b64decode(event.data_base64, validate=True)
        except (binascii.Error, ValueError) as error:
            raise InvalidInput(
                f"data_base64 is not base64: {error}; encode the data again", stage="decode"
            ) from error
        return Envelope(mode="structured", data=data, attributes=plain)
    if event.datacontenttype:
        _check_json(event.datacontenttype.strip().lower())
    data = bytes(event.data)
    if not data:
        _refuse("the CloudEvent has no data; put the event's JSON into data")
    return Envelope(mode="structured", data=data, attributes=plain)


def _structured(value: bytes | None) -> _Structured:
    if value is None:
        _refuse(f"the value is null, but its content type is {_STRUCTURED}; send the event")
    try:
        return msgspec.json.decode(value, type=_Structured)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(
            f"the value is no CloudEvent in JSON: {error}; see the CloudEvents JSON format",
            stage="decode",
        ) from error


def _structured_or_none(value: bytes) -> _Structured | None:
    try:
        return msgspec.json.decode(value, type=_Structured)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _check(attributes: Mapping[str, str], *, where: str) -> None:
    missing = [where + name for name in _REQUIRED if not attributes.get(name)]
    if missing:
        _refuse(f"the CloudEvent lacks {', '.join(missing)}; send all required attributes")
    typed: dict[str, Any] = dict(attributes)
    typed["time"] = _moment(attributes.get("time"), where)
    try:
        CloudEvent({name: value for name, value in typed.items() if value is not None})
    except CloudEventValidationError as error:
        faults = "; ".join(str(fault) for each in error.errors.values() for fault in each)
        raise InvalidInput(
            f"the CloudEvent's attributes are not valid: {faults}", stage="decode"
        ) from error


def _moment(text: str | None, where: str) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            f"{where}time is {text[:60]!r}; expected an RFC 3339 time", stage="decode"
        ) from error


def _check_json(content_type: str) -> None:
    media = content_type.partition(";")[0].strip()
    if media not in ("application/json", "text/json") and not media.endswith("+json"):
        _refuse(f"the data's content type is {media[:60]!r}; expected application/json")


def _by_name(headers: Headers) -> dict[str, str]:
    """Header texts by lower-case name; of a name that occurs twice the last counts."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    named: dict[str, str] = {}
    for name, value in pairs:
        if value is not None:
            named[name.lower()] = value.decode("utf-8", errors="replace")
    return named


def _refuse(message: str) -> NoReturn:
    raise InvalidInput(message, stage="decode")
