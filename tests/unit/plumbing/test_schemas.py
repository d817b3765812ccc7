import shutil

import msgspec
import pytest
from jsonschema import Draft202012Validator

from stancewire.errors import ConfigurationError, InvalidInput
from stancewire.plumbing import schemas
from stancewire.plumbing.schemas import NAMES, Schemas, schemas_directory


@pytest.fixture
def copied(tmp_path):
    for file in schemas_directory().glob("*.schema.json"):
        shutil.copy(file, tmp_path)
    return tmp_path


def test_every_schema_of_the_checkout_is_loaded_once():
    loaded = schemas.load()

    assert loaded is schemas.load()
    for name in NAMES:
        assert isinstance(loaded.validator(name), Draft202012Validator)
    files = {file.name.removesuffix(".schema.json") for file in schemas_directory().glob("*.json")}
    assert files == {*NAMES, "common"}


@pytest.mark.parametrize("name", [*NAMES, "common"])
def test_missing_schema_stops_the_start(copied, name):
    (copied / f"{name}.schema.json").unlink()

    with pytest.raises(ConfigurationError, match=rf"{name}\.schema\.json"):
        Schemas(copied)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (b"{", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b'{"type": "strnig"}', "is broken at"),
        (b'{"properties": {"a": {"$ref": "nowhere.schema.json"}}}', "refers to nowhere"),
        (b'{"$ref": "common.schema.json#/$defs/absent"}', "refers to common"),
    ],
)
def test_broken_schema_stops_the_start(copied, broken, words):
    (copied / "act.schema.json").write_bytes(broken)

    with pytest.raises(ConfigurationError, match=words) as error:
        Schemas(copied)

    assert "act.schema.json" in str(error.value)


def test_unknown_name_is_a_fault_of_the_caller():
    with pytest.raises(KeyError):
        schemas.validator("article")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"uri": "urn:a"}, "the article or event lacks body; add it"),
        ({"uri": "urn:a", "body": 3}, "/body is 3; expected the text"),
        ({"uri": "urn:a", "body": "x", "source": {}}, "/source lacks name; add it"),
        (
            {"uri": "urn:a", "body": "x", "headline": ["y"]},
            "/headline is a list with 1 entries",
        ),
        ({"uri": "urn:a", "body": "x", "version": -1}, "/version is -1; expected minimum 0"),
        ([], "the value is a list with 0 entries; expected object"),
    ],
)
def test_refusal_says_where_what_and_what_is_expected(value, message):
    with pytest.raises(InvalidInput) as refused:
        schemas.validate("article.plain", value)

    assert message in str(refused.value)
    assert refused.value.stage == "schema"


def test_long_values_are_shortened_in_messages():
    with pytest.raises(InvalidInput) as refused:
        schemas.validate("article.plain", {"uri": "urn:a", "body": "x", "headline": "y" * 10_000})

    assert len(str(refused.value)) < 200


def test_pointer_is_escaped_and_placed(copied):
    schema = {"properties": {"a/b~c": {"items": {"type": "string"}}}}
    (copied / "act.schema.json").write_bytes(msgspec.json.encode(schema))

    with pytest.raises(InvalidInput) as refused:
        Schemas(copied).validate("act", {"a/b~c": ["x", 1]}, at="/data")

    assert str(refused.value) == "/data/a~1b~0c/1 is 1; expected string"


def test_packaged_schemas_are_preferred(tmp_path, monkeypatch):
    package = tmp_path / "site" / "stancewire"
    (package / "_schemas").mkdir(parents=True)
    monkeypatch.setattr(schemas, "__file__", str(package / "plumbing" / "schemas.py"))

    assert schemas_directory() == package / "_schemas"


def test_no_schemas_at_all_is_a_configuration_error(tmp_path, monkeypatch):
    lonely = tmp_path / "a" / "b" / "c" / "d.py"
    monkeypatch.setattr(schemas, "__file__", str(lonely))

    with pytest.raises(ConfigurationError, match="install the package again"):
        schemas_directory()
