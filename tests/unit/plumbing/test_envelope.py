import base64
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from event_strategies import assignments, events, observations, stance_changes
from stancewire.errors import InvalidInput
from stancewire.events import tracking_key
from stancewire.plumbing.cloud_events import unwrap
from stancewire.plumbing.envelope import Record, decode_event, encode, event_id

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
ATTRIBUTES = {"specversion": "1.0", "id": "1", "source": "tests", "type": "t"}
BINARY = {f"ce_{name}": text.encode() for name, text in ATTRIBUTES.items()}
STRUCTURED = {"content-type": b"application/cloudevents+json"}


def texts(record: Record) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}


def structured(**changes: object) -> bytes:
    return msgspec.json.encode({**ATTRIBUTES, "data": {"a": 1}, **changes})


@SLOW
@given(observations())
def test_observation_is_a_cloud_event(observation):
    record = encode(observation)
    headers = texts(record)

    assert record.key == tracking_key(observation.story.id, observation.actor.id).encode()
    assert headers["ce_specversion"] == "1.0"
    assert headers["ce_source"] == "stancewire"
    assert headers["ce_type"] == "io.stancewire.observation.v1"
    assert headers["ce_subject"].encode() == record.key
    assert headers["content-type"] == "application/json"
    assert datetime.fromisoformat(headers["ce_time"]) == observation.observed_at
    assert len(headers) == len(record.headers)


@SLOW
@given(stance_changes())
def test_stance_change_s_id_and_type_are_its_own(change):
    headers = texts(encode(change, source="urn:newsroom"))

    assert headers["ce_id"] == change.change_id
    assert headers["ce_type"] == f"io.stancewire.stance.{change.type}.v1"
    assert headers["ce_source"] == "urn:newsroom"
    assert datetime.fromisoformat(headers["ce_time"]) == change.occurred_at


@SLOW
@given(assignments())
def test_assignment_is_keyed_by_the_article(assignment):
    assert encode(assignment).key == assignment.article.uri.encode()


@SLOW
@given(observations())
def test_withdrawing_an_observation_is_another_event(observation):
    active = msgspec.structs.replace(observation, status="active")
    withdrawn = msgspec.structs.replace(observation, status="withdrawn")
    later = msgspec.structs.replace(active, observed_at=datetime(2026, 1, 1, tzinfo=UTC))

    assert event_id(active) != event_id(withdrawn)
    assert event_id(active) == event_id(later)


@SLOW
@given(events)
def test_repeats_are_identical_to_the_byte(event):
    assert encode(event, traceparent=TRACE) == encode(event, traceparent=TRACE)


@SLOW
@given(events)
def test_structured_mode_and_base64_give_the_same_event(event):
    record = encode(event)
    attributes = {
        name.removeprefix("ce_"): text
        for name, text in texts(record).items()
        if name.startswith("ce_")
    }
    whole = {**attributes, "datacontenttype": "application/json"}
    plain = msgspec.json.encode({**whole, "data": msgspec.Raw(record.value or b"")})
    encoded = {**whole, "data_base64": base64.b64encode(record.value or b"").decode()}

    assert decode_event(plain, STRUCTURED) == event
    assert decode_event(msgspec.json.encode(encoded), STRUCTURED) == event


@SLOW
@given(observations())
def test_trace_context_is_carried_where_it_is_one(observation):
    carried = texts(encode(observation, traceparent=TRACE))

    assert carried["traceparent"] == carried["ce_traceparent"] == TRACE
    for broken in (None, "", "00-x", TRACE + "\n", TRACE.upper()):
        assert "traceparent" not in texts(encode(observation, traceparent=broken))


@SLOW
@given(observations())
def test_observation_without_a_story_has_no_key(observation):
    with pytest.raises(ValueError, match="assign a story first"):
        encode(msgspec.structs.replace(observation, story=None))


@SLOW
@given(observations(), st.sampled_from(["io.other.v1", "io.stancewire.stance.changed.v2"]))
def test_foreign_type_is_refused(observation, kind):
    record = encode(observation)
    headers = {**dict(record.headers), "ce_type": kind.encode()}

    with pytest.raises(InvalidInput, match=kind):
        decode_event(record.value, headers)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"\xff", b"{" * 10, b'{"a":' * 100_000, b'{"observation_id": 1}']
)
def test_data_that_does_not_fit_its_type_is_refused(data):
    headers = {**BINARY, "ce_type": b"io.stancewire.observation.v1"}

    with pytest.raises(InvalidInput, match="no Observation") as refused:
        decode_event(data, headers)

    assert refused.value.stage == "decode"


def test_bare_event_is_refused():
    with pytest.raises(InvalidInput, match="without ce_type"):
        decode_event(b"{}", None)


def test_time_without_offset_is_refused():
    observation = (
        b'{"observation_id":"o","status":"active","article":{"uri":"u","version":1,"title":"","url":null,'
        b'"language":"en","source":{"name":"n","owner":"n"},"published_at":"2026-03-01T00:00:00"}}'
    )

    with pytest.raises(InvalidInput, match="timezone"):
        decode_event(observation, {**BINARY, "ce_type": b"io.stancewire.observation.v1"})


@pytest.mark.parametrize(
    ("value", "headers", "words"),
    [
        (b"{}", {"ce_id": b"1"}, "lacks ce_specversion, ce_source, ce_type"),
        (b"{}", {**BINARY, "ce_type": b""}, "lacks ce_type"),
        (b"{}", {**BINARY, "ce_specversion": b"0.3"}, "specversion"),
        (b"{}", {**BINARY, "ce_time": b"noon"}, "ce_time"),
        (b"{}", {**BINARY, "ce_time": b"2026-03-01T00:00:00"}, "time"),
        (b"{}", {**BINARY, "ce_Bad-Name": b"x"}, "bad-name"),
        (b"{}", {**BINARY, "content-type": b"text/csv"}, "content type"),
        (b"[]", {"content-type": b"application/cloudevents-batch+json"}, "batch"),
        (None, STRUCTURED, "null"),
        (b"no", STRUCTURED, "no CloudEvent"),
        (b"[]", STRUCTURED, "no CloudEvent"),
        (b'{"data":' + b"[" * 100_000, STRUCTURED, "no CloudEvent"),
        (msgspec.json.encode(ATTRIBUTES), STRUCTURED, "no data"),
        (structured(id=""), STRUCTURED, "lacks id"),
        (structured(data_base64="?"), STRUCTURED, "base64"),
        (structured(datacontenttype="text/xml"), STRUCTURED, "content type"),
        (structured(time="noon"), STRUCTURED, "time"),
    ],
)
def test_broken_cloud_event_is_refused(value, headers, words):
    with pytest.raises(InvalidInput, match=words) as refused:
        unwrap(value, headers)

    assert refused.value.stage == "decode"


@pytest.mark.parametrize(
    ("value", "headers", "mode"),
    [
        (b"anything", None, "bare"),
        (b"anything", [("x", None), ("traceparent", TRACE.encode())], "bare"),
        (None, None, "bare"),
        (b'{"specversion": "1.0"}', None, "bare"),
        (b'"specversion"', None, "bare"),
        (b"{}", {name.upper(): value for name, value in BINARY.items()}, "binary"),
        (b"{}", {**BINARY, "content-type": b"application/ld+json; charset=utf-8"}, "binary"),
        (structured(), None, "structured"),
        (
            structured(),
            {"Content-Type": b"Application/CloudEvents+JSON; v=1"},
            "structured",
        ),
    ],
)
def test_mode_is_told_by_headers_and_content(value, headers, mode):
    assert unwrap(value, headers).mode == mode


def test_data_is_handed_on_untouched():
    assert unwrap(b' {"b":1,  "a":2}', BINARY).data == b' {"b":1,  "a":2}'
    raw = b'{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"b":1,  "a":1.0}}'
    assert unwrap(raw, None).data == b'{"b":1,  "a":1.0}'
