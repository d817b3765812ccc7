"""The gateway as a process of its own: many listeners, articles to a broker, and its end."""

import asyncio
import re
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
from redis.asyncio import Redis

from gateway_world import GatewayWorld, spoken
from stancewire.gateway.examples import ARTICLE
from stancewire.plumbing.embedded import embedded_kafka
from worker_process import WorkerProcess
from worker_world import WorkerWorld

CLIENTS = 200
MEBIBYTE = 1024 * 1024
OPEN = {"STANCEWIRE_GATEWAY__ACCESS": "open", "STANCEWIRE_GATEWAY__PORT": "0"}


@pytest.mark.timeout(600)
async def test_two_hundred_listen_and_the_memory_stays_bounded(
    redis_url: str, tmp_path: Path
) -> None:
    async with Redis.from_url(redis_url) as client:
        world = GatewayWorld(client)
        gateway = started(
            {
                "STANCEWIRE_REDIS__URL": redis_url,
                "STANCEWIRE_REDIS__NAMESPACE": world.namespace,
            },
            tmp_path,
        )
        try:
            await listened_to(gateway, world)
        finally:
            if gateway.is_alive:
                gateway.kill()


async def listened_to(gateway: WorkerProcess, world: GatewayWorld) -> None:
    before = memory(gateway)
    async with AsyncExitStack() as stack:
        connector = aiohttp.TCPConnector(limit=0)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        url = f"{address_of(gateway)}/api/v1/stream"
        streams = await asyncio.gather(
            *(stack.enter_async_context(http.get(url)) for _ in range(CLIENTS))
        )
        assert [stream.status for stream in streams] == [200] * CLIENTS
        await asyncio.gather(*(line_with(stream, b"event: hello") for stream in streams))
        told = await world.track(*spoken("hhhwwwhhhwww"))
        for change in told:
            heard = [line_with(stream, change.change_id.encode()) for stream in streams]
            await asyncio.gather(*heard)
        grown = memory(gateway) - before
        assert grown < 64 * MEBIBYTE, f"{CLIENTS} streams take {grown / MEBIBYTE:.0f} MiB"
        code, _ = await asyncio.to_thread(gateway.terminate, within=60)
        assert code == 0
        await asyncio.gather(*(stream.content.read() for stream in streams))


@pytest.mark.timeout(600)
async def test_an_article_reaches_its_topic(redis_url: str, tmp_path: Path) -> None:
    with embedded_kafka() as broker, WorkerWorld(broker, redis_url, tmp_path) as world:
        gateway = started(world.environment, tmp_path)
        try:
            async with aiohttp.ClientSession() as http:
                url = f"{address_of(gateway)}/api/v1/articles?backfill=true"
                async with http.post(url, json=ARTICLE) as answer:
                    assert answer.status == 202, await answer.text()
            articles = world.topic(world.topics.articles)
            articles.wait_for(lambda seen: len(seen) == 1, seconds=60)
        finally:
            code, _ = gateway.terminate(within=60)
        (record,) = articles.seen
        assert record.key == str(ARTICLE["uri"]).encode()
        assert dict(record.headers)["stancewire-backfill"] == b"1"
        assert code == 0


def started(environment: dict[str, str], directory: Path) -> WorkerProcess:
    gateway = WorkerProcess("gateway", {**environment, **OPEN}, directory / "gateway.log")
    gateway.wait_until_ready()
    return gateway


def address_of(gateway: WorkerProcess) -> str:
    return next(line["serves"] for line in gateway.lines if "serves" in line)


def memory(gateway: WorkerProcess) -> float:
    """Resident bytes of the process."""
    found = re.search(r"^process_resident_memory_bytes (\S+)$", gateway.metrics(), re.MULTILINE)
    assert found is not None
    return float(found[1])


async def line_with(stream: aiohttp.ClientResponse, text: bytes) -> None:
    """Read up to the line that holds the text."""
    async with asyncio.timeout(120):
        while text not in (line := await stream.content.readline()):
            assert line, "the stream ended"
