"""How much one tracker takes on a real Redis, and what a key costs there.

Kafka is left out: records lie in memory, and what would be published is only counted. The floor is
what the same Redis takes of the same records when nothing is done with them.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis.asyncio import Redis

from flow_fakes import FakePublisher
from redis_server import RedisServer
from rule_reader import CONFUSION
from stancewire.plumbing.kafka import Topics
from stancewire.plumbing.settings import Settings
from stancewire.stores.mending import MendableTracks
from stancewire.workers.records import Incoming
from stancewire.workers.tracker import detector
from stancewire.workers.tracking_flow import TrackingFlow
from tracking_log import incoming, observation

TOPICS = Topics("stancewire")
STANCES = ("hopeful", "warning", "skeptical")
KEYS, ARTICLES = 150, 20
AT_LEAST_A_SECOND = 1_500
Handle = Callable[[Incoming], Awaitable[object]]


@dataclass(frozen=True)
class Redises:
    server: RedisServer
    client: Redis

    def flow(self, namespace: str) -> TrackingFlow:
        return TrackingFlow(
            store=MendableTracks(self.client, namespace=namespace),
            publisher=FakePublisher(),
            topics=TOPICS,
            config=detector(Settings(), CONFUSION),
        )


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[Redises]:
    with RedisServer(tmp_path, fsync="everysec") as server:
        async with aclosing(Redis.from_url(server.url)) as client:
            yield Redises(server, client)


def log(keys: int, articles: int) -> list[Incoming]:
    """Every actor's stance swings after each third of the articles."""
    made = []
    for number in range(articles):
        stance = STANCES[number * len(STANCES) // articles]
        for key in range(keys):
            event = observation(number, stance, actor=f"Actor{key}")
            made.append(incoming(event, offset=len(made)))
    return made


@dataclass(frozen=True)
class Rate:
    """Records a second by the clock, and by the processor time of this process alone."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:,.0f}/s ({self.processor:,.0f} a second of processor time)"


async def rate_of(handle: Handle, records: Sequence[Incoming]) -> Rate:
    clock, processor = time.perf_counter(), time.process_time()
    for record in records:
        await handle(record)
    size = len(records)
    return Rate(size / (time.perf_counter() - clock), size / (time.process_time() - processor))


async def test_one_tracker_takes_enough(redis: Redises) -> None:
    records = log(KEYS, ARTICLES)

    async def floor(record: Incoming) -> None:
        """A read and a write of Redis, as a tracker has at least."""
        name = b"floor:" + (record.key or b"")
        await redis.client.hmget(name, ["state"])
        await redis.client.hset(name, "state", record.value or b"")

    await rate_of(redis.flow("warm").handle, records[:KEYS])
    least = await rate_of(floor, records)
    found = await rate_of(redis.flow("bench").handle, records)
    print(f"{KEYS} keys, {ARTICLES} articles each: {found}; Redis alone: {least}")
    assert found.clock >= AT_LEAST_A_SECOND


@pytest.mark.parametrize("articles", [20, 200])
async def test_a_key_costs_so_much(redis: Redises, articles: int) -> None:
    await rate_of(redis.flow("cost").handle, log(1, articles))
    [name] = [key async for key in redis.client.scan_iter("{cost}:tracker:key:*")]
    used = await redis.client.memory_usage(name, samples=0)
    print(f"{articles} articles: {used:,} bytes of Redis for the key")
    assert used < 1_000 * articles
