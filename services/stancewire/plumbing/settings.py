"""One frozen, typed object with every setting, and the one place that loads it.

The environment wins over the TOML file, the file over the defaults. A setting `partitions` of the
section `kafka` is `STANCEWIRE_KAFKA__PARTITIONS` in the environment and `partitions` below
`[kafka]` in the file. Nothing is read at import.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from stancewire.errors import ConfigurationError
from stancewire.plumbing.sections import (
    AlerterSettings,
    GatewaySettings,
    GuardSettings,
    IntakeSettings,
    KafkaSettings,
    ReaderSettings,
    RedisSettings,
    Section,
    StoriesSettings,
    TelemetrySettings,
    TrackerSettings,
)

PREFIX = "STANCEWIRE_"
CONFIG_VARIABLE = "STANCEWIRE_CONFIG"
DEFAULT_FILE = Path("stancewire.toml")

# Kubernetes puts variables for every Service of a namespace into each pod; a Service that is named
# stancewire-… must not keep the pods from starting.
_SERVICE_LINK = re.compile(
    r"(_SERVICE_HOST|_SERVICE_PORT(_[A-Z0-9_]+)?|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$"
)
_LEVELS = re.compile(r"\.|__")


class Settings(BaseSettings):
    """All settings of all services. Read them with `load_settings`."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
    )

    kafka: KafkaSettings = KafkaSettings()
    redis: RedisSettings = RedisSettings()
    intake: IntakeSettings = IntakeSettings()
    reader: ReaderSettings = ReaderSettings()
    stories: StoriesSettings = StoriesSettings()
    tracker: TrackerSettings = TrackerSettings()
    guard: GuardSettings = GuardSettings()
    gateway: GatewaySettings = GatewaySettings()
    alerter: AlerterSettings = AlerterSettings()
    telemetry: TelemetrySettings = TelemetrySettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the arguments, which are the tables of the TOML file."""
        return env_settings, init_settings

    def replace(self, **sections: Mapping[str, object]) -> "Settings":
        """These settings with some values changed: `replace(kafka={"partitions": 8})`.

        Raises ConfigurationError where a new value is refused.
        """
        changed: dict[str, Section] = {}
        for name, changes in sections.items():
            section: Section = getattr(self, name)
            values = {**section.model_dump(exclude_unset=True), **changes}
            try:
                changed[name] = type(section).model_validate(values)
            except ValidationError as error:
                raise ConfigurationError(_explain(error, section=name, file=None)) from None
        return self.model_copy(update=changed)


def load_settings(config: Path | None = None) -> Settings:
    """The settings of this process, from the environment and the TOML file.

    The file is `config`, else the one that STANCEWIRE_CONFIG names, else ./stancewire.toml where
    there is one. Raises ConfigurationError naming every key that is unknown or has a bad value.
    """
    file = _find_file(config)
    tables = _read_toml(file) if file else {}
    unknown = [*_unknown_variables(os.environ), *_unknown_keys(tables)]
    if unknown:
        raise ConfigurationError("; ".join(unknown))
    try:
        return Settings(**tables)
    except ValidationError as error:
        raise ConfigurationError(_explain(error, section=None, file=file)) from None


def known_settings() -> Iterator[tuple[str, str]]:
    """Section and name of every setting, in order."""
    for section, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            for name in field.annotation.model_fields:
                yield section, name


def variable(section: str, name: str) -> str:
    """The environment variable of a setting."""
    return f"{PREFIX}{section}__{name}".upper()


def _find_file(config: Path | None) -> Path | None:
    named = config or (Path(value) if (value := os.environ.get(CONFIG_VARIABLE)) else None)
    if named is None:
        return DEFAULT_FILE if DEFAULT_FILE.is_file() else None
    if not named.is_file():
        origin = "--config" if config else CONFIG_VARIABLE
        raise ConfigurationError(f"{origin} names {named}, but there is no such file")
    return named


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is not valid TOML: {error}") from error
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error


def _unknown_variables(environ: Mapping[str, str]) -> Iterator[str]:
    known = {variable(*setting) for setting in known_settings()}
    for original, value in sorted(environ.items()):
        name = original.upper()
        if not name.startswith(PREFIX) or name in known or name == CONFIG_VARIABLE:
            continue
        if name.startswith(f"{PREFIX}TEST_") or _is_service_link(name, value):
            continue
        yield f"{original} in the environment is no setting" + _hint(name, known)


def _is_service_link(name: str, value: str) -> bool:
    return "__" not in name and (
        _SERVICE_LINK.search(name) is not None
        or (name.endswith("_PORT") and value.startswith(("tcp://", "udp://", "sctp://")))
    )


def _unknown_keys(tables: Mapping[str, Any]) -> Iterator[str]:
    known = {f"{section}.{name}" for section, name in known_settings()}
    sections = set(Settings.model_fields)
    for section, table in tables.items():
        if section not in sections:
            names = sections if isinstance(table, dict) else known
            yield f"{section} in the file is no setting" + _hint(section, names)
            continue
        for name in table if isinstance(table, dict) else ():
            if (key := f"{section}.{name}") not in known:
                yield f"{key} in the file is no setting" + _hint(key, known)


def _hint(name: str, known: set[str]) -> str:
    leaf = _LEVELS.split(name)[-1]
    elsewhere = sorted(key for key in known if _LEVELS.split(key)[-1] == leaf)
    close = elsewhere or get_close_matches(name, sorted(known), n=1, cutoff=0.8)
    return f"; did you mean {' or '.join(close)}?" if close else "; see docs/configuration.md"


def _explain(error: ValidationError, *, section: str | None, file: Path | None) -> str:
    problems = []
    for detail in error.errors(include_url=False, include_context=False):
        loc = ([section] if section else []) + [str(part) for part in detail["loc"]]
        message = detail["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
        given = "" if len(loc) < 2 or _is_secret(*loc[:2]) else f" (it is {detail['input']!r})"
        problems.append(f"{'.'.join(loc)}{_origin(loc, file)}: {message}{given}")
    return "; ".join(problems)


def _is_secret(section: str, name: str) -> bool:
    field = getattr(Settings.model_fields[section].annotation, "model_fields", {}).get(name)
    return field is None or "SecretStr" in str(field.annotation)


def _origin(loc: list[str], file: Path | None) -> str:
    if len(loc) > 1 and (name := variable(*loc[:2])) in os.environ:
        return f" from {name}"
    return f" from {file}" if file else ""
