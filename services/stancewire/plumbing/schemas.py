"""The public contract as code: the JSON Schemas of `schemas/`, loaded once and checked.

A wheel carries them as `stancewire/_schemas`, a checkout at its top level. A schema that is
missing, is no JSON, or points to a part that does not exist stops the service at its start:
no check is ever skipped silently.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from stancewire.errors import ConfigurationError, InvalidInput

ARTICLE_SCHEMAS = (
    "article.plain",
    "article.ninjs-3",
    "article.ninjs-2",
    "article.schema-org",
)
EVENT_SCHEMAS = ("observation", "baseline", "stance-change", "assignment", "act")
NAMES = (*ARTICLE_SCHEMAS, *EVENT_SCHEMAS, "alert")
_SHARED = ("common",)
_SHOWN = 60
"""Characters of a bad value that a message shows."""


class Schemas:
    """Every schema of one directory, each valid in itself and with all its references resolved."""

    def __init__(self, directory: Path) -> None:
        """Raises ConfigurationError naming the file that is missing or broken."""
        documents = {name: _read(_file(directory, name)) for name in (*NAMES, *_SHARED)}
        registry: Registry[Any] = Registry().with_resources(
            (f"{name}.schema.json", DRAFT202012.create_resource(document))
            for name, document in documents.items()
        )
        for name, document in documents.items():
            _check(_file(directory, name), document, registry)
        formats = FormatChecker(["date-time"])
        self._validators = {
            name: Draft202012Validator(documents[name], registry=registry, format_checker=formats)
            for name in NAMES
        }

    def validator(self, name: str) -> Draft202012Validator:
        """The validator of one schema; `name` is one of `NAMES`, else KeyError."""
        return self._validators[name]

    def validate(self, name: str, value: object, *, at: str = "") -> None:
        """Check a decoded JSON value; `at` is the JSON pointer under which it was found.

        Raises InvalidInput(stage="schema"): where, what is wrong there and what is expected.
        """
        error = best_match(self._validators[name].iter_errors(value))
        if error is not None:
            raise InvalidInput(explain(error, at=at), stage="schema")


def schemas_directory() -> Path:
    """Where the schemas lie: in the installed package, else at the top of the checkout."""
    here = Path(__file__).resolve()
    packaged, checkout = here.parents[1] / "_schemas", here.parents[3] / "schemas"
    for directory in (packaged, checkout):
        if directory.is_dir():
            return directory
    raise ConfigurationError(
        f"the JSON schemas are missing: neither {packaged} nor {checkout} exists; "
        "install the package again"
    )


@lru_cache(maxsize=1)
def load() -> Schemas:
    """The schemas of this installation, read once. Raises ConfigurationError; call it at start."""
    return Schemas(schemas_directory())


def validator(name: str) -> Draft202012Validator:
    """The validator of one schema of this installation."""
    return load().validator(name)


def validate(name: str, value: object, *, at: str = "") -> None:
    """Check a value against a schema of this installation; see `Schemas.validate`."""
    load().validate(name, value, at=at)


def explain(error: ValidationError, *, at: str = "") -> str:
    """One line: where (a JSON pointer), what is wrong there, what is expected."""
    place = at + "".join(f"/{_escaped(part)}" for part in error.absolute_path)
    keyword, wanted = str(error.validator), _plain(error.validator_value)
    value: Any = error.instance
    if keyword == "required":
        missing = ", ".join(name for name in wanted if name not in value)
        return f"{place or 'the article or event'} lacks {missing}; add it"
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    if keyword == "additionalProperties":
        extra = next(name for name in value if name not in schema.get("properties", ()))
        return f"{place}/{_escaped(extra)} is not known here; remove it"
    described = schema.get("description") if error.absolute_path else None
    rule = _rule(keyword, wanted)
    expected = f"{described} ({rule})" if described and rule else described or rule
    return f"{place or 'the value'} is {_shown(value)}; expected {expected or 'another value'}"


def _rule(keyword: str, wanted: Any) -> str:
    """The violated keyword in words; empty where its value would tell a person nothing."""
    match keyword:
        case "type":
            return wanted if isinstance(wanted, str) else " or ".join(wanted)
        case "enum":
            return "one of " + ", ".join("null" if each is None else str(each) for each in wanted)
        case "uniqueItems":
            return "no entry twice"
        case "anyOf" | "allOf" | "not":
            return ""
    return f"{keyword} {wanted}"


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | list | int | float | None) else ""


def _shown(value: object) -> str:
    if isinstance(value, Mapping | list):
        kind = "an object" if isinstance(value, Mapping) else "a list"
        return f"{kind} with {len(value)} entries"
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _escaped(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _file(directory: Path, name: str) -> Path:
    return directory / f"{name}.schema.json"


def _read(file: Path) -> Any:
    try:
        return msgspec.json.decode(file.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"the schema {file} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the schema {file} is not JSON: {error}") from error


def _check(file: Path, document: Any, registry: Registry[Any]) -> None:
    try:
        Draft202012Validator.check_schema(document)
    except SchemaError as error:
        raise ConfigurationError(
            f"the schema {file} is broken at {error.json_path}: {error.message}"
        ) from error
    resolver = registry.resolver(base_uri=file.name)
    for reference in _references(document):
        try:
            resolver.lookup(reference)
        except Unresolvable as error:
            raise ConfigurationError(
                f"the schema {file} refers to {reference}, which does not exist"
            ) from error


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(reference := node.get("$ref"), str):
            yield reference
        for child in node.values():
            yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)
