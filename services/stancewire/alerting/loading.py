"""A rule file, TOML or YAML, as a rulebook; what is wrong in it is named by its key."""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from stancewire.alerting import receivers
from stancewire.alerting.rules import Match, QuietHours, Rule, Rulebook
from stancewire.errors import ConfigurationError

_YAML = {".yaml", ".yml"}
_KINDS: dict[str, type[BaseModel]] = {
    "webhook": receivers.Webhook,
    "alertmanager": receivers.Alertmanager,
    "pagerduty": receivers.PagerDuty,
    "slack": receivers.Slack,
    "email": receivers.Email,
}
_SECRETS = {"url", "secrets", "routing_key", "password"}
"""Keys whose values no message repeats."""


def load_rules(file: Path, *, environ: Mapping[str, str]) -> Rulebook:
    """The rulebook of a file; `environ` is where `{ env = "NAME" }` is looked up.

    Raises ConfigurationError naming the file and every key that is unknown or has a bad value.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigurationError(f"the rule file {file} cannot be read: {reason}") from error
    return parse_rules(text, file=file, environ=environ)


def parse_rules(text: str, *, file: Path, environ: Mapping[str, str]) -> Rulebook:
    """The rulebook of a text that stands in `file`; see `load_rules`."""
    tables = _tables(text, file)
    try:
        return Rulebook.model_validate(_revealed(tables, environ, at="", file=file))
    except ValidationError as error:
        raise ConfigurationError(f"{file}: {_explain(error, tables)}") from None


def _tables(text: str, file: Path) -> dict[str, Any]:
    try:
        tables = yaml.safe_load(text) if file.suffix in _YAML else tomllib.loads(text)
    except (tomllib.TOMLDecodeError, yaml.YAMLError) as error:
        kind = "YAML" if file.suffix in _YAML else "TOML"
        raise ConfigurationError(f"{file} is not valid {kind}: {error}") from error
    if not isinstance(tables, dict):
        raise ConfigurationError(f"{file} has no rules; see docs/alerting.md")
    return tables


def _revealed(node: Any, environ: Mapping[str, str], *, at: str, file: Path) -> Any:
    """`node` with every `{ env = … }` and `{ file = … }` replaced by what it stands for."""
    if isinstance(node, dict):
        if set(node) == {"env"}:
            return _from_environment(str(node["env"]), environ, at=at, file=file)
        if set(node) == {"file"}:
            return _from_file(Path(str(node["file"])), at=at, file=file)
        return {
            key: _revealed(value, environ, at=f"{at}.{key}" if at else str(key), file=file)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [
            _revealed(value, environ, at=f"{at}[{place}]", file=file)
            for place, value in enumerate(node)
        ]
    return node


def _from_environment(name: str, environ: Mapping[str, str], *, at: str, file: Path) -> str:
    value = environ.get(name)
    if not value:
        raise ConfigurationError(f"{file}: {at} names {name}, which the environment does not have")
    return value


def _from_file(secret: Path, *, at: str, file: Path) -> str:
    try:
        return (file.parent / secret).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: {at} names {secret}, which cannot be read") from error


def _explain(error: ValidationError, tables: Mapping[str, Any]) -> str:
    problems = []
    for detail in error.errors(include_url=False, include_context=False):
        message = detail["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
        loc = list(detail["loc"])
        where = _place(loc, tables)
        if detail["type"] == "extra_forbidden":
            problems.append(f"{where} is no key that can be set here{_hint(loc)}")
        elif detail["type"] == "missing":
            problems.append(f"{where} is missing")
        else:
            secret = any(str(part) in _SECRETS for part in loc) or not loc
            is_plain = isinstance(detail["input"], str | int | float)
            given = f" (it is {detail['input']!r})" if is_plain and not secret else ""
            problems.append(f"{where}: {message}{given}" if where else message)
    return "; ".join(problems)


def _place(loc: list[int | str], tables: Mapping[str, Any]) -> str:
    """`rule[2] "name".match.stance`, from the parts of a location; counted from 1."""
    text = ""
    for depth, part in enumerate(loc):
        if isinstance(part, int):
            text += f"[{part + 1}]"
            if depth == 1:
                text += _named(tables, str(loc[0]), part)
        elif depth == 2 and loc[0] == "receiver" and part in _KINDS:
            continue
        else:
            text += f".{part}" if text else str(part)
    return text


def _named(tables: Mapping[str, Any], table: str, place: int) -> str:
    try:
        name = tables[table][place]["name"]
    except (KeyError, IndexError, TypeError):
        return ""
    return f" {name!r}"


def _hint(loc: list[int | str]) -> str:
    parts = [part for part in loc if isinstance(part, str)]
    known = _model(parts[:-1]).model_fields
    close = get_close_matches(parts[-1], sorted(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(sorted(known))}"


def _model(parents: list[str]) -> type[BaseModel]:
    if "quiet_hours" in parents:
        return QuietHours
    if "match" in parents:
        return Match
    if "rule" in parents:
        return Rule
    return _KINDS[parents[1]] if len(parents) > 1 else Rulebook
