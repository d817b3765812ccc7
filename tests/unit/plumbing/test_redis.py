from contextlib import aclosing

import pytest

from stancewire.errors import ConfigurationError, Unavailable
from stancewire.plumbing.embedded import embedded_redis
from stancewire.plumbing.redis import redis_client, shown_url, wait_for_redis
from stancewire.plumbing.sections import RedisSettings


def settings(url: str, **values: object) -> RedisSettings:
    return RedisSettings.model_validate({"url": url, **values})


async def test_a_client_speaks_bytes_with_a_redis_that_answers() -> None:
    with embedded_redis() as url:
        await wait_for_redis(settings(url), deadline_s=10)
        async with aclosing(redis_client(settings(url))) as client:
            await client.set("key", "value")
            assert await client.get("key") == b"value"


async def test_a_wrong_password_is_no_outage() -> None:
    with embedded_redis() as url:
        async with aclosing(redis_client(settings(url))) as client:
            await client.config_set("requirepass", "sesame")
        with pytest.raises(ConfigurationError, match=r"refuses the login in redis\.url"):
            await wait_for_redis(settings(url.replace("://", "://:hunter2@")), deadline_s=5)
        await wait_for_redis(settings(url.replace("://", "://:sesame@")), deadline_s=5)


async def test_a_redis_that_is_away_is_reported_without_its_password() -> None:
    away = settings("redis://reader:hunter2@127.0.0.1:1/0", retries=0)
    with pytest.raises(Unavailable) as outage:
        await wait_for_redis(away, deadline_s=0.2)
    assert "redis://127.0.0.1:1/0" in str(outage.value)
    assert "hunter2" not in str(outage.value)


async def test_tls_and_timeouts_reach_the_connections() -> None:
    tls = settings("rediss://cache:6380/2", ssl_ca_file="ca.pem", timeout_s=1.5)
    async with aclosing(redis_client(tls)) as client:
        options = client.connection_pool.connection_kwargs
        assert client.connection_pool.connection_class.__name__ == "SSLConnection"
        assert options["ssl_ca_certs"] == "ca.pem"
        assert (options["host"], options["port"], options["db"]) == ("cache", 6380, 2)
        assert options["socket_timeout"] == options["socket_connect_timeout"] == 1.5


def test_a_url_that_makes_no_sense_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match=r"redis\.url redis://127"):
        redis_client(settings("redis://:hunter2@127.0.0.1:many/0"))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://user:hunter2@cache:6379/1?ssl=x", "redis://cache:6379/1"),
        ("unix://:hunter2@/run/redis.sock", "unix:///run/redis.sock"),
        ("rediss://:hunter2@/0", "rediss:///0"),
    ],
)
def test_a_shown_url_keeps_the_secret(url: str, shown: str) -> None:
    assert shown_url(settings(url)) == shown
