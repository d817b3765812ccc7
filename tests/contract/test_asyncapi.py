"""The AsyncAPI document is well formed and says what the code does."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft7Validator, Draft202012Validator

from alert_builders import NOW, change, delivery, notice
from event_strategies import events
from stancewire.alerting.values import Attempt
from stancewire.errors import InvalidInput
from stancewire.events import VOTING_STANCES, ChangeType
from stancewire.plumbing import envelope
from stancewire.plumbing.kafka import Topics, topic_specs
from stancewire.plumbing.schemas import NAMES, schemas_directory
from stancewire.plumbing.sections import KafkaSettings
from stancewire.workers.alert_letters import failed_delivery
from stancewire.workers.dead_letters import dead_letter
from stancewire.workers.records import Incoming

SPECIFICATION = Path(__file__).with_name("asyncapi-3.0.0-kafka.schema.json")


@pytest.fixture(scope="module", name="document")
def fixture_document() -> Any:
    return yaml.safe_load((schemas_directory() / "asyncapi.yaml").read_text("utf-8"))


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for child in node.values() for found in references(child)]
    if isinstance(node, list):
        return [found for child in node for found in references(child)]
    return []


def resolve(document: Any, reference: str) -> Any:
    file, _, pointer = reference.partition("#")
    node = msgspec.json.decode((schemas_directory() / file).read_bytes()) if file else document
    for part in filter(None, pointer.split("/")):
        node = node[part]
    return node


def test_it_fits_the_specification_s_own_schema(document):
    specification = Draft7Validator(msgspec.json.decode(SPECIFICATION.read_bytes()))

    assert [error.message for error in specification.iter_errors(document)] == []


def test_the_specification_s_schema_would_find_a_fault(document):
    specification = Draft7Validator(msgspec.json.decode(SPECIFICATION.read_bytes()))
    operations = {"eat": {"action": "eat", "channel": {"$ref": "#/channels/articles"}}}

    assert not specification.is_valid({**document, "operations": operations})


def test_every_reference_leads_somewhere(document):
    found = references(document)

    assert found
    for reference in found:
        assert resolve(document, reference) is not None, reference


def test_every_schema_is_used(document):
    used = {Path(reference).name for reference in references(document) if "#" not in reference}

    assert used == {f"{name}.schema.json" for name in NAMES}


def test_its_channels_are_the_topics_of_the_code(document):
    topics = Topics("stancewire")
    named = {
        topics.articles,
        topics.articles_dlq,
        topics.assignments,
        topics.acts,
        topics.observations,
        topics.changes,
        topics.alerts_dlq,
        *(topics.stance(stance) for stance in VOTING_STANCES),
    }
    channels = document["channels"].values()

    assert {channel["address"] for channel in channels} == named
    assert {channel["bindings"]["kafka"]["topic"] for channel in channels} == named


def test_its_bindings_are_the_settings_of_the_topics(document):
    specified = {spec.name: spec.configs for spec in topic_specs(KafkaSettings())}

    for channel in document["channels"].values():
        stated = channel["bindings"]["kafka"]["topicConfiguration"]
        configs = specified[channel["address"]]
        assert stated["cleanup.policy"] == [configs["cleanup.policy"]]
        limit = configs.get("max.message.bytes")
        assert stated.get("max.message.bytes") == (int(limit) if limit else None)


def test_every_channel_has_an_operation(document):
    used = {operation["channel"]["$ref"] for operation in document["operations"].values()}

    assert used == {f"#/channels/{name}" for name in document["channels"]}


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(event=events)
def test_the_headers_of_every_event_are_as_stated(document, event):
    stated = document["components"]["schemas"]["cloudEventHeaders"]
    headers = {name: value.decode() for name, value in envelope.encode(event).headers}

    Draft202012Validator({**stated, "components": document["components"]}).validate(headers)
    assert set(headers) <= set(stated["properties"])


@pytest.mark.parametrize("error", [InvalidInput("no", stage="schema"), KeyError("x")])
@pytest.mark.parametrize("model_version", [None, "1.0.0"])
def test_the_headers_of_dead_letters_are_as_stated(document, error, model_version):
    incoming = Incoming(
        topic="stancewire.articles",
        partition=3,
        offset=17,
        key=b"urn:a",
        value=b"\xff",
        headers=(("theirs", b"\xfe"),),
        timestamp=datetime(2026, 3, 1, tzinfo=UTC),
    )
    stated = document["components"]["schemas"]["deadLetterHeaders"]
    letter = dead_letter(incoming, error, model_version=model_version)
    ours = {name: value.decode() for name, value in letter.headers if name != "theirs"}

    assert (letter.key, letter.value, letter.headers[0]) == (b"urn:a", b"\xff", ("theirs", b"\xfe"))
    Draft202012Validator(stated).validate(ours)
    assert set(ours) <= set(stated["properties"])
    stages = stated["properties"]["__connect.errors.stage"]["description"]
    assert ours["__connect.errors.stage"] in stages


def test_the_headers_of_failed_deliveries_are_as_stated(document):
    last = Attempt(at=NOW, reason="http_5xx", detail="HTTP 500")
    letter = failed_delivery(delivery(notice(change("c1", "h>w"))), last)
    headers = {name: value.decode() for name, value in letter.headers}
    stated = document["components"]["schemas"]["failedDeliveryHeaders"]

    Draft202012Validator(stated).validate(headers)
    assert set(headers) == set(stated["properties"])


def test_every_type_of_event_is_stated(document):
    stated = document["components"]["schemas"]["cloudEventHeaders"]["properties"]["ce_type"]["enum"]
    changes = {f"io.stancewire.stance.{kind}.v1" for kind in get_args(ChangeType)}
    others = {
        envelope.OBSERVATION_TYPE,
        envelope.ASSIGNMENT_TYPE,
        envelope.ACT_TYPE,
        envelope.BASELINE_TYPE,
    }

    assert set(stated) == changes | others
