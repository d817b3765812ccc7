"""Every example beside the schemas is what it says: accepted, or refused for its named fault."""

import msgspec
import pytest

from examples import ARRIVAL, Example, examples
from stancewire.acts import Act
from stancewire.baseline import Baseline
from stancewire.errors import InvalidInput
from stancewire.events import Article, Assignment, Observation, StanceChange, Withdrawal, to_json
from stancewire.intake.decode import decode
from stancewire.plumbing import envelope, schemas

EVENTS = {
    "observation": Observation,
    "stance-change": StanceChange,
    "assignment": Assignment,
    "act": Act,
    "baseline": Baseline,
}
VALID = list(examples("valid"))
INVALID = list(examples("invalid"))
INTAKE_FAULTS = {"blank", "time", "future", "number", "media", "identity", "kind", "spelling"}
"""Faults that a schema cannot state; intake refuses them."""


def is_article(example: Example) -> bool:
    return example.schema in schemas.ARTICLE_SCHEMAS


ARTICLES = [example for example in VALID if is_article(example)]


def read(example: Example) -> Article | Withdrawal:
    return decode(example.value, key=None, headers=None, received_at=ARRIVAL)


def names_its_field(message: str, field: str) -> bool:
    name = field.rpartition("/")[2]
    return field in message or f"lacks {name}" in message


@pytest.mark.parametrize("schema", schemas.NAMES)
def test_each_schema_has_examples_of_both_kinds(schema):
    assert any(example.schema == schema for example in VALID)
    assert any(example.schema == schema for example in INVALID)


@pytest.mark.parametrize("example", VALID, ids=str)
def test_valid_example_passes_its_schema(example):
    value = msgspec.json.decode(example.value)
    graph = value.get("@graph", [])
    schemas.validate(example.schema, next((node for node in graph if "headline" in node), value))


@pytest.mark.parametrize("example", ARTICLES, ids=str)
def test_valid_article_is_read(example):
    article = read(example)

    if isinstance(article, Article):
        assert article.body.strip()
        assert article.language in ("de", "en")
        assert article.published_at <= ARRIVAL
    else:
        assert article.version is not None


@pytest.mark.parametrize("example", ARTICLES, ids=str)
def test_valid_article_is_read_alike_in_every_envelope(example):
    attributes = {"specversion": "1.0", "id": "1", "source": "tests", "type": "article"}
    binary = [(f"ce_{name}", text.encode()) for name, text in attributes.items()]
    structured = msgspec.json.encode({**attributes, "data": msgspec.Raw(example.value)})
    as_event = [("content-type", b"application/cloudevents+json; charset=utf-8")]

    bare = read(example)

    assert decode(example.value, key=None, headers=binary, received_at=ARRIVAL) == bare
    assert decode(structured, key=None, headers=as_event, received_at=ARRIVAL) == bare
    assert decode(structured, key=None, headers=None, received_at=ARRIVAL) == bare


@pytest.mark.parametrize("example", [e for e in VALID if e.schema in EVENTS], ids=str)
def test_valid_event_is_the_code_s_own(example):
    event = msgspec.json.decode(example.value, type=EVENTS[example.schema])

    assert msgspec.json.decode(to_json(event)) == msgspec.json.decode(example.value)
    if getattr(event, "story", None) is not None:
        assert envelope.decode(envelope.encode(event)) == event


@pytest.mark.parametrize("example", INVALID, ids=str)
def test_invalid_example_has_exactly_its_named_fault(example):
    errors = list(schemas.validator(example.schema).iter_errors(msgspec.json.decode(example.value)))

    if example.fault in INTAKE_FAULTS:
        assert errors == []
    else:
        with pytest.raises(InvalidInput) as refusal:
            schemas.validate(example.schema, msgspec.json.decode(example.value))
        assert refusal.value.stage == "schema"
        assert names_its_field(str(refusal.value), example.field)
        assert example.fault in {leaf.validator for error in errors for leaf in leaves(error)}


@pytest.mark.parametrize("example", [e for e in INVALID if is_article(e)], ids=str)
def test_invalid_article_is_refused_with_its_field(example):
    with pytest.raises(InvalidInput) as refusal:
        read(example)

    if example.fault in INTAKE_FAULTS:
        assert refusal.value.stage in ("article", "decode")
        assert example.field.rpartition("/")[2].lower() in str(refusal.value).lower()
    else:
        assert names_its_field(str(refusal.value), example.field)


@pytest.mark.parametrize("example", [e for e in INVALID if e.schema in EVENTS], ids=str)
def test_invalid_event_is_refused_by_its_schema(example):
    with pytest.raises(InvalidInput):
        schemas.validate(example.schema, msgspec.json.decode(example.value))


def leaves(error):
    yield error
    for inner in error.context or ():
        yield from leaves(inner)
