"""`stancewire doctor`: look at everything a service needs, and say how to mend what is wrong."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing
from typing import NamedTuple

import click
from redis.exceptions import RedisError

from stancewire.cli.topics import describe
from stancewire.errors import ConfigurationError, StancewireError
from stancewire.plumbing import schemas
from stancewire.plumbing.kafka import diff_topics
from stancewire.plumbing.kafka_admin import wait_for_broker
from stancewire.plumbing.redis import redis_client, shown_url, wait_for_redis
from stancewire.plumbing.sections import RedisSettings
from stancewire.plumbing.settings import Settings, load_settings
from stancewire.reading.named import UNCALIBRATED

_PATIENCE_S = 5.0
_OLDEST_REDIS = (6, 2)


class Finding(NamedTuple):
    """What one check found: `ok`, `warning` (it works, but) or `wrong`."""

    state: str
    text: str


Check = Callable[[Settings], Iterator[Finding]]
"""Yields findings; a StancewireError that it raises is one more, `wrong`."""


@click.command()
def doctor() -> None:
    """Find what is wrong, and how to mend it.

    Checks configuration, schemas, model, Kafka with its topics, and Redis. Exit code 1 if a
    service could not work, 2 if the configuration cannot be read.
    """
    settings = load_settings()
    _report("configuration", Finding("ok", "every setting is known and has a valid value"))
    checks: dict[str, Check] = {
        "schemas": _schemas,
        "model": _model,
        "kafka": _kafka,
        "redis": _redis,
    }
    wrong = False
    for name, check in checks.items():
        for finding in _findings(check, settings):
            _report(name, finding)
            wrong = wrong or finding.state == "wrong"
    if wrong:
        raise click.exceptions.Exit(1)


def _findings(check: Check, settings: Settings) -> Iterator[Finding]:
    try:
        yield from check(settings)
    except StancewireError as error:
        yield Finding("wrong", str(error))


def _report(name: str, finding: Finding) -> None:
    colour = {"ok": "green", "warning": "yellow", "wrong": "red"}[finding.state]
    click.echo(f"{click.style(f'{finding.state:8}', fg=colour)} {name:14} {finding.text}")


def _schemas(_: Settings) -> Iterator[Finding]:
    schemas.load()
    yield Finding("ok", f"all in {schemas.schemas_directory()} are sound")


def _model(settings: Settings) -> Iterator[Finding]:
    # The reader brings transformers along, which takes seconds to import.
    from stancewire.reading.loading import load_reader  # noqa: PLC0415

    model = load_reader(settings.reader).model
    yield Finding("ok", f"{model.name} {model.version} loads")
    if model.version.endswith(UNCALIBRATED):
        text = "its scores are not calibrated, and no tracker starts: set reader.stance_calibration"
        yield Finding("warning", text)


def _kafka(settings: Settings) -> Iterator[Finding]:
    wait_for_broker(settings.kafka, deadline_s=_PATIENCE_S)
    yield Finding("ok", f"Kafka answers at {settings.kafka.bootstrap_servers}")
    differences = diff_topics(settings.kafka, deadline_s=_PATIENCE_S)
    for difference in differences:
        state = "wrong" if difference.setting == "topic" else "warning"
        yield Finding(state, describe(difference))
    if not differences:
        prefix = settings.kafka.topic_prefix
        yield Finding("ok", f"all topics {prefix}.* are as the settings want them")


def _redis(settings: Settings) -> Iterator[Finding]:
    yield from asyncio.run(_ask_redis(settings.redis))


async def _ask_redis(redis: RedisSettings) -> list[Finding]:
    await wait_for_redis(redis, deadline_s=_PATIENCE_S)
    async with aclosing(redis_client(redis)) as client:
        try:
            info = {**await client.info("server"), **await client.info("persistence")}
            memory = await client.info("memory")
        except RedisError as error:
            text = f"Redis answers, but its INFO may not be read: {error}"
            return [Finding("warning", text)]
    found = str(info.get("redis_version", "0"))
    if tuple(int(part) for part in found.split(".")[:2]) < _OLDEST_REDIS:
        raise ConfigurationError(f"Redis {found} is too old; use 6.2 or newer, or Valkey")
    findings = [Finding("ok", f"Redis {found} answers at {shown_url(redis)}")]
    if not info.get("aof_enabled"):
        text = "Redis keeps no append-only file and may forget; set `appendonly yes`"
        findings.append(Finding("warning", text))
    if memory.get("maxmemory") and memory.get("maxmemory_policy") != "noeviction":
        text = "Redis evicts keys when its memory is full; set `maxmemory-policy noeviction`"
        findings.append(Finding("wrong", text))
    return findings
