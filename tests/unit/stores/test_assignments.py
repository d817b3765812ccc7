"""The assignments store on a real Redis; the flow's fake must pass what both can do."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import msgspec
import numpy as np
import pytest
from redis.asyncio import Redis

from flow_fakes import NOON, FakeStore
from rule_reader import MODEL
from stancewire.errors import Unavailable
from stancewire.plumbing.embedded import embedded_redis
from stancewire.stores.assignments import Assignments, Decision, Stories
from stancewire.stores.recorded import Arrival, Parked, Recorded
from story_builders import days, story, vector_at


def recorded(uri: str = "urn:a", *, version: int = 1, at: int = 0) -> Recorded:
    return Recorded(
        article=None,
        uri=uri,
        version=version,
        declared=version,
        modified_at=None,
        digest="d",
        status="active",
        story=None,
        story_external=None,
        vector=vector_at(0).tobytes(),
        observations=(),
        superseded=(),
        model=MODEL,
        arrival=Arrival(partition=0, offset=at, at=NOON + timedelta(minutes=at)),
    )


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with embedded_redis() as url:
        yield url


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def namespace() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def real(client: Redis, namespace: str) -> Assignments:
    return Assignments(client, namespace=namespace)


@pytest.fixture(params=["fake", "real"])
def store(request: pytest.FixtureRequest) -> FakeStore | Assignments:
    return FakeStore() if request.param == "fake" else request.getfixturevalue("real")


async def decide(
    store: FakeStore | Assignments, one: Recorded, *changed: object, **seen: object
) -> Decision:
    stories = seen.get("stories") or await store.stories()
    return await store.decide(
        one, instead_of=seen.get("instead_of"), stories=stories, changed=changed
    )


async def test_what_is_decided_is_found(store) -> None:
    assert await store.find("urn:a") is None
    one = recorded()
    assert await decide(store, one, story("s")) is Decision.DECIDED
    assert await store.find("urn:a") == one
    found = (await store.stories()).running["s"]
    assert found.total.tolist() == story("s").total.tolist()
    assert (found.id, found.label, found.articles) == ("s", "Story s", 3)
    assert (found.last_event, found.touched) == (NOON, NOON)


async def test_a_decision_on_old_stories_is_refused_and_changes_nothing(store) -> None:
    seen = await store.stories()
    assert await decide(store, recorded("urn:a"), story("s"), stories=seen) is Decision.DECIDED
    again = await decide(store, recorded("urn:b"), story("t"), stories=seen)
    assert again is Decision.STORIES_CHANGED
    assert await store.find("urn:b") is None
    assert set((await store.stories()).running) == {"s"}


async def test_a_decision_on_an_old_version_is_refused(store) -> None:
    first, second = recorded(version=1), recorded(version=2)
    assert await decide(store, first) is Decision.DECIDED
    assert await decide(store, second) is Decision.ARTICLE_CHANGED
    assert await decide(store, second, instead_of=first) is Decision.DECIDED
    assert await decide(store, recorded(version=3), instead_of=first) is Decision.ARTICLE_CHANGED


async def test_a_decision_that_changes_no_story_needs_no_fresh_stories(store) -> None:
    seen = await store.stories()
    await decide(store, recorded("urn:a"), story("s"))
    assert await decide(store, recorded("urn:b"), stories=seen) is Decision.DECIDED


async def test_only_the_version_that_was_decided_is_confirmed(store) -> None:
    one = recorded()
    done = msgspec.structs.replace(one, published=True)
    await decide(store, one)
    assert await store.confirm(one, as_published=done)
    assert await store.find("urn:a") == done
    assert not await store.confirm(one, as_published=done)


async def test_a_story_whose_last_article_left_is_forgotten(store) -> None:
    await decide(store, recorded("urn:a"), story("s", articles=1))
    await decide(store, recorded("urn:b"), story("s", articles=0), story("t"))
    assert set((await store.stories()).running) == {"t"}


async def test_parked_articles_come_out_when_due_and_only_as_they_were(store) -> None:
    early, late = (
        Parked(key=b"k", value=value, headers=(("h", b"\xff"),), due=NOON + days(due))
        for value, due in ((b"early", 1), (b"late", 2))
    )
    await store.park("urn:a", early)
    await store.park("urn:b", late)
    assert list(await store.due(NOON)) == []
    assert list(await store.due(NOON + days(1))) == [("urn:a", early)]
    await store.park("urn:a", late)
    await store.release("urn:a", early)
    assert [uri for uri, _ in await store.due(NOON + days(2))] == ["urn:a", "urn:b"]
    await store.unpark("urn:a")
    await store.release("urn:b", late)
    assert list(await store.due(NOON + days(2))) == []


async def test_two_readers_that_open_the_same_story_at_once_get_one(client, namespace) -> None:
    stores = [Assignments(client, namespace=namespace) for _ in range(2)]

    async def join(store: Assignments, number: int) -> int:
        attempts = 0
        for article in range(20):
            outcome = None
            while outcome is not Decision.DECIDED:
                attempts += 1
                seen = await store.stories()
                base = seen.running.get("s") or story("s", articles=0)
                joined = base.joined_by(vector_at(5), published_at=NOON, received_at=NOON)
                one = recorded(f"urn:{number}:{article}")
                outcome = await store.decide(one, instead_of=None, stories=seen, changed=[joined])
        return attempts

    attempts = sum(await asyncio.gather(*(join(store, n) for n, store in enumerate(stores))))
    assert attempts > 40, "the two never met, so nothing was tested"
    found = (await stores[0].stories()).running["s"]
    assert found.articles == 40
    assert found.total.tolist() == (vector_at(5).astype(np.int32) * 40).tolist()


async def test_a_reader_fetches_only_what_changed(client, namespace, real) -> None:
    other = Assignments(client, namespace=namespace)
    await decide(real, recorded("urn:a"), story("s"), story("t"))
    before = set((await real.stories()).running)
    await decide(other, recorded("urn:b"), story("t", degrees=9), story("s", articles=0))
    after = (await real.stories()).running
    assert set(after) == {"t"}
    assert after["t"].total.tolist() == story("t", degrees=9).total.tolist()
    assert (await real.stories()).running["t"] is after["t"], "fetched again though unchanged"
    assert before == {"s", "t"}


async def test_stories_without_new_articles_are_forgotten_by_every_reader(
    client, namespace
) -> None:
    one, two = (
        Assignments(client, namespace=namespace, keep_stories=timedelta(hours=1)) for _ in range(2)
    )
    await decide(one, recorded("urn:a"), story("old"))
    assert set((await two.stories()).running) == {"old"}
    await decide(one, recorded("urn:b", at=61), story("new", at=NOON + timedelta(minutes=61)))
    assert set((await one.stories()).running) == set((await two.stories()).running) == {"new"}


async def test_a_redis_that_was_emptied_is_noticed(client, namespace, real) -> None:
    for number in range(3):
        await decide(real, recorded(f"urn:{number}"), story("s"))
    other = Assignments(client, namespace=namespace)
    await client.flushdb()
    for number in range(4):
        await decide(other, recorded(f"urn:{number}"), story("t"))
    assert set((await real.stories()).running) == {"t"}


async def test_what_was_seen_before_redis_was_emptied_decides_nothing(client, real) -> None:
    await decide(real, recorded("urn:a"), story("s"))
    seen = await real.stories()
    await client.flushdb()
    await decide(real, recorded("urn:b"), story("t"), stories=Stories())
    outcome = await decide(real, recorded("urn:c"), story("u"), stories=seen)
    assert outcome is Decision.STORIES_CHANGED


async def test_articles_are_forgotten_after_their_time(client, namespace) -> None:
    store = Assignments(client, namespace=namespace, keep_articles=timedelta(days=2))
    await decide(store, recorded())
    [key] = await client.keys(f"*{namespace}*article:urn:a")
    assert timedelta(days=1, hours=23) < timedelta(milliseconds=await client.pttl(key)) <= days(2)


async def test_a_redis_that_is_away_is_unavailable() -> None:
    client = Redis.from_url("redis://127.0.0.1:1/0", retry=None)
    store = Assignments(client, namespace="n")
    with pytest.raises(Unavailable, match="check that it runs"):
        await store.find("urn:a")
    with pytest.raises(Unavailable):
        await store.stories()
    await client.aclose()


async def test_a_redis_that_takes_no_writes_is_unavailable(client, real) -> None:
    await client.config_set("maxmemory", "1")
    try:
        with pytest.raises(Unavailable, match="memory"):
            await real.decide(recorded(), instead_of=None, stories=Stories())
    finally:
        await client.config_set("maxmemory", "0")
