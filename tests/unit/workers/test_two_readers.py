"""Two readers on one Redis, each with the other partition of the same coverage."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from flow_fakes import NOON, FakePublisher, FakeReader, Log, decode_plain
from rule_reader import MODEL, RuleReading
from stancewire.events import Article
from stancewire.plumbing.clock import ManualClock
from stancewire.plumbing.embedded import embedded_redis
from stancewire.plumbing.kafka import Topics
from stancewire.reading.languages import LanguageRule
from stancewire.stores.assignments import Assignments
from stancewire.workers.reading_flow import ReadingFlow
from story_builders import BY_VECTOR

ROUNDS = 25


class Together(FakeReader):
    """Reads, and goes on only when the other reader has read as well."""

    def __init__(self, meeting: asyncio.Barrier) -> None:
        super().__init__()
        self._meeting = meeting

    async def __call__(self, article: Article) -> RuleReading:
        reading = await super().__call__(article)
        await self._meeting.wait()
        return reading


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with embedded_redis() as url:
        yield url


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


def reader(store: Assignments, meeting: asyncio.Barrier) -> ReadingFlow:
    return ReadingFlow(
        decode=decode_plain,
        read=Together(meeting),
        model=MODEL,
        store=store,
        publisher=FakePublisher(),
        topics=Topics("stancewire"),
        rule=BY_VECTOR,
        clock=ManualClock(NOON),
        languages=LanguageRule(supported=("en",), otherwise="skip"),
    )


async def test_the_same_new_story_opened_by_both_at_once_is_one(client: Redis) -> None:
    namespace, meeting = uuid.uuid4().hex, asyncio.Barrier(2)
    stores = [Assignments(client, namespace=namespace) for _ in range(2)]
    logs = [Log(), Log()]
    flows = [reader(store, meeting) for store in stores]
    for number in range(ROUNDS):
        records = [
            log.add(f"urn:{side}:{number}", "Ann: hopeful", title=f"Event{number} in {side}")
            for side, log in enumerate(logs)
        ]
        pairs = zip(flows, records, strict=True)
        ended = await asyncio.gather(*(flow.handle(record) for flow, record in pairs))
        assert ended == ["read", "read"]
    for store in stores:
        running = (await store.stories()).running
        assert sorted(story.articles for story in running.values()) == [2] * ROUNDS
    found = [await stores[0].find(f"urn:{side}:{n}") for n in range(ROUNDS) for side in (0, 1)]
    stories = [one.story.id for one in found if one and one.story]
    assert stories[::2] == stories[1::2]
    assert len(set(stories)) == ROUNDS
