"""Every event that the code emits fits its schema, and comes back as it went."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from event_strategies import events
from stancewire.acts import Act
from stancewire.baseline import Baseline
from stancewire.events import Assignment, Observation, StanceChange, to_json
from stancewire.plumbing import schemas
from stancewire.plumbing.envelope import decode, encode

SCHEMA_OF = {
    Observation: "observation",
    StanceChange: "stance-change",
    Assignment: "assignment",
    Act: "act",
    Baseline: "baseline",
}
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(event=events, traceparent=st.none() | st.just(TRACEPARENT))
def test_every_event_fits_its_schema_and_comes_back_equal(event, traceparent):
    record = encode(event, traceparent=traceparent)

    assert record.value is not None
    schemas.validate(SCHEMA_OF[type(event)], msgspec.json.decode(record.value))
    assert decode(record) == event
    assert to_json(decode(record)) == record.value
    assert encode(decode(record), traceparent=traceparent) == record


@pytest.mark.parametrize(("kind", "schema"), SCHEMA_OF.items())
def test_schema_and_struct_have_the_same_fields(kind, schema):
    document = schemas.validator(schema).schema
    fields = msgspec.structs.fields(kind)

    assert set(document["properties"]) == {field.name for field in fields}
    assert set(document["required"]) == {field.name for field in fields if field.required}
