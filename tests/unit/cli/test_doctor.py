from collections.abc import Iterator
from contextlib import aclosing
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from stancewire.cli import main
from stancewire.cli.doctor import _ask_redis
from stancewire.errors import ConfigurationError
from stancewire.events import ModelRef
from stancewire.plumbing.embedded import embedded_redis
from stancewire.plumbing.redis import redis_client
from stancewire.plumbing.sections import RedisSettings


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with embedded_redis() as url:
        yield url


@pytest.fixture(autouse=True)
def _model_that_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = SimpleNamespace(model=ModelRef(name="stancewire-reader", version="9"))
    monkeypatch.setattr("stancewire.reading.reader.Reader.load", lambda *_, **__: loaded)


def examine(monkeypatch: pytest.MonkeyPatch, kafka: str, redis: str) -> tuple[int, str]:
    monkeypatch.setattr("stancewire.cli.doctor._PATIENCE_S", 0.5)
    monkeypatch.setenv("STANCEWIRE_KAFKA__BOOTSTRAP_SERVERS", kafka)
    monkeypatch.setenv("STANCEWIRE_KAFKA__TOPIC_PREFIX", "doctor")
    monkeypatch.setenv("STANCEWIRE_REDIS__URL", redis)
    monkeypatch.setenv("STANCEWIRE_REDIS__RETRIES", "0")
    result = CliRunner().invoke(main, ["doctor"])
    return result.exit_code, result.output


def test_missing_topics_are_found_and_after_apply_all_is_well(
    monkeypatch: pytest.MonkeyPatch, embedded_broker: str, redis_url: str
) -> None:
    code, said = examine(monkeypatch, embedded_broker, redis_url)
    assert code == 1
    assert "doctor.observations is missing; run `stancewire topics apply`" in said
    assert CliRunner().invoke(main, ["topics", "apply"]).exit_code == 0
    code, said = examine(monkeypatch, embedded_broker, redis_url)
    assert code == 0, said
    assert "stancewire-reader 9 loads" in said
    assert "all topics doctor.* are as the settings want them" in said
    assert "wrong" not in said


def test_everything_that_is_away_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = examine(monkeypatch, "127.0.0.1:1", "redis://:hunter2@127.0.0.1:1/0")
    assert code == 1
    assert "wrong    kafka          Kafka does not answer at 127.0.0.1:1" in said
    assert "wrong    redis          Redis does not answer at redis://127.0.0.1:1/0" in said
    assert "hunter2" not in said


def test_a_model_that_does_not_load_is_said(
    monkeypatch: pytest.MonkeyPatch, embedded_broker: str, redis_url: str
) -> None:
    def load(*_: object, **__: object) -> None:
        raise ConfigurationError("reader.model /tmp/m has no manifest.json")

    monkeypatch.setattr("stancewire.reading.reader.Reader.load", load)
    code, said = examine(monkeypatch, embedded_broker, redis_url)
    assert code == 1
    assert "wrong    model          reader.model /tmp/m has no manifest.json" in said


def test_a_configuration_that_cannot_be_read_ends_with_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANCEWIRE_KAFKA__PARTITION", "4")
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 2
    assert "did you mean STANCEWIRE_KAFKA__PARTITIONS?" in result.output


async def _configure(url: str, **values: str) -> None:
    async with aclosing(redis_client(RedisSettings.model_validate({"url": url}))) as client:
        for name, value in values.items():
            await client.config_set(name.replace("_", "-"), value)


async def test_a_redis_that_may_lose_keys_is_found() -> None:
    with embedded_redis() as url:
        settings = RedisSettings.model_validate({"url": url})
        await _configure(url, appendonly="yes")
        assert [f.state for f in await _ask_redis(settings)] == ["ok"]
        await _configure(url, appendonly="no", maxmemory="100mb", maxmemory_policy="allkeys-lru")
        said = {finding.state: finding.text for finding in await _ask_redis(settings)}
    assert "appendonly yes" in said["warning"]
    assert "maxmemory-policy noeviction" in said["wrong"]
