"""Idempotency keys on a real Redis."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from stancewire.stores.repeats import CLAIMED_S, KEPT_S, Claim, Repeats

ME, KEY = "key:me", "one"


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def repeats(client: Redis) -> Repeats:
    return Repeats(client, namespace=uuid.uuid4().hex)


async def test_of_many_at_once_one_is_the_first(repeats: Repeats) -> None:
    claims = await asyncio.gather(*(repeats.claim(ME, KEY, body=b"x") for _ in range(20)))
    assert sorted(map(str, claims)) == sorted(map(str, [Claim.NEW] + [Claim.RUNNING] * 19))


async def test_the_answer_is_kept_for_the_same_body_only(repeats: Repeats) -> None:
    await repeats.claim(ME, KEY, body=b"x")
    await repeats.settle(ME, KEY, b"answer")
    assert await repeats.claim(ME, KEY, body=b"x") == b"answer"
    assert await repeats.claim(ME, KEY, body=b"y") is Claim.OTHER
    assert await repeats.claim("key:other", KEY, body=b"x") is Claim.NEW
    assert await repeats.claim(ME, "two", body=b"x") is Claim.NEW


async def test_a_failed_one_may_come_again(repeats: Repeats) -> None:
    await repeats.claim(ME, KEY, body=b"x")
    await repeats.forget(ME, KEY)
    assert await repeats.claim(ME, KEY, body=b"y") is Claim.NEW


async def test_nothing_is_kept_for_ever(repeats: Repeats, client: Redis) -> None:
    """What a gateway left behind that was killed is open again after a while."""
    await repeats.claim(ME, KEY, body=b"x")
    name = repeats._name(ME, KEY)
    assert 0 < await client.ttl(name) <= CLAIMED_S
    await repeats.settle(ME, KEY, b"answer")
    assert CLAIMED_S < await client.ttl(name) <= KEPT_S
