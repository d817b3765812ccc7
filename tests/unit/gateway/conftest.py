"""A gateway of its own for each test."""

from collections.abc import AsyncIterator

import httpx
import pytest
from redis.asyncio import Redis

from gateway_world import GatewayWorld


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def world(client: Redis) -> GatewayWorld:
    return GatewayWorld(client)


@pytest.fixture
async def http(world: GatewayWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with world.http() as http:
        yield http
