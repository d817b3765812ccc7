"""API keys on a real Redis: only hashes are kept."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from redis.asyncio import Redis

from stancewire.errors import Unavailable
from stancewire.stores.api_keys import ApiKeys

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def keys(client: Redis) -> ApiKeys:
    return ApiKeys(client, namespace=uuid.uuid4().hex)


async def test_a_key_is_found_by_its_text_alone(keys: ApiKeys) -> None:
    text, made = await keys.create("the newsroom", ["read", "publish"], created_at=NOW)
    assert await keys.find(text) == made
    assert (made.name, made.scopes, made.created_at) == ("the newsroom", ("read", "publish"), NOW)
    for other in ("", made.id, text[:-1], text + "A", text.upper(), f" {text}", "sw__"):
        assert await keys.find(other) is None


async def test_no_two_keys_are_alike(keys: ApiKeys) -> None:
    texts = [(await keys.create("same", ["read"], created_at=NOW))[0] for _ in range(20)]
    assert len(set(texts)) == 20
    assert len({text.split("_", 2)[2] for text in texts}) == 20


async def test_redis_never_holds_the_secret(redis_url: str, client: Redis) -> None:
    namespace = uuid.uuid4().hex
    text, _ = await ApiKeys(client, namespace=namespace).create("us", ["admin"], created_at=NOW)
    secret = text.split("_", 2)[2].encode()
    names = [name async for name in client.scan_iter(match=f"*{namespace}*")]
    assert len(names) == 2
    kept = b"".join([await client.dump(name) or b"" for name in names] + names)
    assert secret not in kept


async def test_keys_are_listed_until_they_are_revoked(keys: ApiKeys) -> None:
    text, first = await keys.create("a", ["read"], created_at=NOW)
    _, second = await keys.create("b", ["publish"], created_at=NOW.replace(hour=9))
    assert await keys.list() == (first, second)
    assert await keys.revoke(first.id) is True
    assert await keys.revoke(first.id) is False
    assert await keys.find(text) is None
    assert await keys.list() == (second,)


async def test_a_redis_that_is_away_is_unavailable() -> None:
    client = Redis.from_url("redis://127.0.0.1:1/0")
    keys = ApiKeys(client, namespace="n")
    text = "sw_" + "a" * 16 + "_" + "b" * 43
    for call in (
        keys.find(text),
        keys.list(),
        keys.revoke("a"),
        keys.create("a", ["read"], created_at=NOW),
    ):
        with pytest.raises(Unavailable):
            await call
    await client.aclose()
