"""Readiness follows what the last look found; the clients time out instead of hanging."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest
from structlog.testing import capture_logs

from stancewire.errors import Unavailable
from stancewire.plumbing.redis import redis_client
from stancewire.plumbing.sections import KafkaSettings, RedisSettings
from stancewire.workers.guard import Readiness
from stancewire.workers.watching import ask_kafka, ask_redis, watch


class Enough(Exception):
    """The test has seen all it wanted."""


def ready() -> Readiness:
    readiness = Readiness()
    readiness.found("start")
    return readiness


async def test_readiness_follows_each_look_and_only_turns_are_logged() -> None:
    readiness, seen = ready(), []
    answers = [None, "gone", "gone", None, None, "gone"]

    async def ask() -> None:
        if (reason := answers[len(seen)]) is not None:
            raise Unavailable(reason)

    async def sleep(seconds: float) -> None:
        assert seconds == 7
        seen.append(readiness.problems)
        if len(seen) == len(answers):
            raise Enough

    with capture_logs() as lines, pytest.raises(Enough):
        await watch("kafka", ask, readiness, every_s=7, sleep=sleep)

    assert seen == [{} if reason is None else {"kafka": reason} for reason in answers]
    assert [line["event"] for line in lines] == ["away", "back", "away"]
    assert lines[0]["log_level"] == "error"


@asynccontextmanager
async def deaf_server() -> AsyncIterator[int]:
    """Takes connections and never answers; yields its port."""
    held = []
    server = await asyncio.start_server(
        lambda _, writer: held.append(writer), host="127.0.0.1", port=0
    )
    async with server:
        yield server.sockets[0].getsockname()[1]
        for writer in held:
            writer.close()


async def test_kafka_that_is_not_there_is_unavailable() -> None:
    kafka = KafkaSettings(bootstrap_servers="127.0.0.1:1")
    with pytest.raises(Unavailable, match=r"check that it runs"):
        await ask_kafka(kafka)


async def test_kafka_that_is_deaf_is_unavailable_in_time() -> None:
    async with deaf_server() as port:
        kafka = KafkaSettings(bootstrap_servers=f"127.0.0.1:{port}")
        with pytest.raises(Unavailable, match=r"nothing came in 0\.2 s"):
            await ask_kafka(kafka, patience_s=0.2)


async def test_redis_that_answers_is_found(redis_url: str) -> None:
    async with aclosing(redis_client(RedisSettings(url=redis_url))) as client:
        await ask_redis(client)


async def test_redis_that_is_deaf_is_unavailable_in_time() -> None:
    async with deaf_server() as port:
        settings = RedisSettings(url=f"redis://127.0.0.1:{port}/0")
        async with aclosing(redis_client(settings)) as client:
            with pytest.raises(Unavailable, match=r"not answered for 0\.2 s"):
                await ask_redis(client, patience_s=0.2)
