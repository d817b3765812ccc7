"""A rebuild puts right what differs in Redis, publishes nothing, and disturbs nobody."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from rebuild_world import TOPICS, RebuildWorld
from stancewire.errors import Unavailable
from stancewire.stores.mending import MendableTracks
from stancewire.tracking import State, from_bytes, to_bytes

STANCES = ("hopeful", "warning", "skeptical")


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


async def make_news(world: RebuildWorld, *, articles: int = 40, seed: int = 1) -> None:
    """Articles about three actors who swing, some corrected and some withdrawn."""
    chance = Random(seed)
    for number in range(articles):
        stance = STANCES[number * 3 // articles]
        lines = [
            f"{actor}: {stance} about matter {number}"
            for actor in chance.sample(["Ann", "Bob", "Cid"], k=2)
        ]
        title = chance.choice(["Summit now", "Dam now"])
        await world.read(f"urn:{number}", written(f"urn:{number}", lines, title=title))
        if chance.random() < 0.2:
            uri = f"urn:{chance.randint(0, number)}"
            await world.read(uri, written(uri, lines[:1], title=title))
        if chance.random() < 0.1:
            await world.read(f"urn:{chance.randint(0, number)}", None)


def written(uri: str, lines: list[str], **fields: object) -> bytes:
    return json.dumps({"uri": uri, "body": "\n".join(lines), **fields}).encode()


@pytest.fixture
async def world(client: Redis) -> AsyncIterator[RebuildWorld]:
    world = RebuildWorld(client)
    await world.begin()
    await make_news(world)
    await world.track()
    yield world
    await world.lose_everything()


async def test_a_redis_that_is_right_is_equal_and_left_alone(world: RebuildWorld) -> None:
    before, sent = await world.stored(), world.broker.changes()
    found = await world.rebuild()
    assert found.is_equal
    assert found.tracks.equal >= 5
    assert found.articles.equal == 40
    assert found.observations > 60
    assert await world.stored() == before
    assert world.broker.changes() == sent


async def test_a_tracker_that_is_behind_is_not_overtaken(world: RebuildWorld) -> None:
    await make_news(world, seed=2)
    await world.track(20, commit=False)
    before = await world.stored()
    assert (await world.rebuild()).is_equal
    assert await world.stored() == before


async def test_more_keys_than_fit_into_memory_lie_in_a_namespace_of_their_own(
    world: RebuildWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stancewire.workers.rebuilding.IN_MEMORY", 1)
    assert (await world.rebuild()).is_equal
    assert not [key async for key in world.client.scan_iter(f"*{world.namespace}.rebuild*")]


async def a_key(world: RebuildWorld) -> str:
    names = [key async for key in world.client.scan_iter(f"{{{world.namespace}}}:tracker:key:*")]
    return min(names).decode()


DAMAGES = ("evidence", "unreadable", "lost", "bogus")


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_damaged_key_is_named_and_put_right(world: RebuildWorld, damage: str) -> None:
    before, sent, key = await world.stored(), world.broker.changes(), await a_key(world)
    if damage == "evidence":
        state = from_bytes(await world.client.hget(key, "state"))
        less = to_bytes(State(model=state.model, named=state.named, items=state.items[1:]))
        await world.client.hset(key, "state", less)
    elif damage == "unreadable":
        await world.client.hset(key, "state", b"nonsense")
    elif damage == "lost":
        await world.client.delete(key)
    else:
        bogus = f"{{{world.namespace}}}:tracker:key:s|person:nobody"
        await world.client.hset(
            bogus, mapping={"state": to_bytes(State(sequence=7)), "revision": 1}
        )
    checked = await world.rebuild(swap=False)
    assert not checked.is_equal
    assert len(checked.tracks.examples) == 1
    assert checked.tracks.swapped == 0
    found = await world.rebuild()
    assert found.tracks.swapped == 1
    assert (await world.rebuild()).is_equal
    assert await world.stored() == before
    assert world.broker.changes() == sent


@pytest.mark.parametrize("damage", ["lost", "altered"])
async def test_a_damaged_article_is_put_right(world: RebuildWorld, damage: str) -> None:
    before = await world.stored()
    key = f"{{{world.namespace}}}:reader:article:urn:39"
    raw = await world.client.get(key)
    await (
        world.client.delete(key)
        if damage == "lost"
        else world.client.set(key, raw.replace(b"Herald", b"Herold"))
    )
    found = await world.rebuild()
    assert (found.articles.swapped, len(found.articles.examples)) == (1, 1)
    assert await world.stored() == before
    assert 0 < await world.client.pttl(key) <= timedelta(days=180) / timedelta(milliseconds=1)


async def test_a_decision_that_is_still_to_be_published_is_the_reader_s(
    world: RebuildWorld,
) -> None:
    await world.read("urn:new", written("urn:new", ["Ann: hopeful about it"]))
    for log in (TOPICS.assignments, TOPICS.observations):
        for records in world.broker.topics[log]:
            if records and b"urn:new" in (records[-1].value or b""):
                records.pop()
    world.taken = {
        p: min(n, len(world.broker.topics[TOPICS.observations][p])) for p, n in world.taken.items()
    }
    before = await world.stored()
    assert (await world.rebuild()).articles.swapped == 0
    assert await world.stored() == before


async def test_a_redis_that_lost_everything_is_whole_again(world: RebuildWorld) -> None:
    world.clock.advance(timedelta(days=60))
    assert await world.sweeper.sweep() > 0
    before, sent = await world.stored(), world.broker.changes()
    await world.lose_everything()
    with pytest.raises(Unavailable, match="stancewire rebuild"):
        await world.read("urn:more", written("urn:more", ["Ann: hopeful about more"]))
    found = await world.rebuild()
    assert found.had_lost_everything
    assert found.tracks.swapped == found.tracks.missing > 0
    after = await world.stored()
    assert comparable(after) == comparable(before)
    assert world.broker.changes() == sent
    world.restart()
    await world.life.find()
    assert await world.sweeper.sweep() == 0
    await make_news(world, seed=3)
    await world.track()
    assert (await world.rebuild()).is_equal


def comparable(stored: dict[str, object]) -> dict[str, object]:
    """Without what is only the order of past writes: revisions of stories."""
    return {
        key: value
        for key, value in stored.items()
        if key not in ("reader:meta", "reader:changed", "reader:touched", "reader:stories")
    }


async def test_the_stories_of_a_lost_redis_take_the_next_articles_as_before(
    world: RebuildWorld,
) -> None:
    stories = (await world.articles.stories()).running
    await world.lose_everything()
    await world.rebuild()
    world.restart()
    await world.life.find()
    anew = (await world.articles.stories()).running
    assert anew.keys() == stories.keys()
    for story_id, story in stories.items():
        assert anew[story_id].articles == story.articles
        assert (anew[story_id].total == story.total).all()
        assert anew[story_id].label == story.label


async def test_embargoed_articles_of_a_lost_redis_wait_again(world: RebuildWorld) -> None:
    due = (world.clock.now() + timedelta(days=1)).isoformat()
    for uri in ("urn:held", "urn:gone"):
        await world.read(uri, written(uri, ["Ann: hopeful"], embargoed_until=due))
    await world.read("urn:gone", None)
    await world.lose_everything()
    assert (await world.rebuild()).parked == 1
    world.clock.advance(timedelta(days=2))
    assert [uri for uri, _ in await world.articles.due(world.clock.now())] == ["urn:held"]


async def test_where_the_log_has_lost_its_beginning_only_what_is_missing_is_put_back(
    world: RebuildWorld,
) -> None:
    before = await world.stored()
    world.retained_from = 3
    found = await world.rebuild()
    assert not found.is_whole
    assert found.tracks.different > 0
    assert found.tracks.swapped == 0
    assert await world.stored() == before
    assert (await world.rebuild(force=True)).tracks.swapped > 0


async def test_a_key_that_changes_while_it_is_compared_is_compared_again(
    world: RebuildWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_news(world, seed=4)
    key = await a_key(world)
    await world.client.hset(key, "state", b"nonsense")
    await world.client.hdel(key, "position")

    peek, raced = MendableTracks.peek, []

    async def peek_and_lose_the_race(self: MendableTracks, name: str) -> object:
        peeked = await peek(self, name)
        if key.endswith(name) and not raced:
            raced.append(name)
            await world.client.hincrby(key, "revision", 1)
        return peeked

    monkeypatch.setattr(MendableTracks, "peek", peek_and_lose_the_race)
    assert (await world.rebuild()).tracks.swapped == 1
    assert raced
    await world.track()
    assert (await world.rebuild()).is_equal


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    first=st.integers(0, 40),
    more=st.integers(0, 20),
    loses=st.booleans(),
)
async def test_wherever_it_happens_what_is_published_is_what_a_calm_tracker_publishes(
    redis_url: str, seed: int, first: int, more: int, loses: bool
) -> None:
    client = Redis.from_url(redis_url)
    world = RebuildWorld(client)
    await world.begin()
    await make_news(world, articles=25, seed=seed)
    await world.track(first)
    await world.track(more, commit=False)
    sent = len(world.broker.changes())
    if loses:
        await world.lose_everything()
    await world.rebuild()
    assert len(world.broker.changes()) == sent, "a rebuild publishes nothing"
    world.crash()
    await world.life.find()
    await world.track()
    shaken = world.broker.changes()
    assert shaken
    assert len({event_id for event_id, _ in shaken}) == len(set(shaken)), "repeats are identical"
    assert set(shaken) == set(await calm(world))
    assert (await world.rebuild()).is_equal
    await world.lose_everything()
    await client.aclose()


async def calm(world: RebuildWorld) -> list[tuple[str, bytes]]:
    """What one tracker publishes for the same observations, undisturbed."""
    other = RebuildWorld(world.client)
    other.broker.topics[TOPICS.observations] = world.broker.topics[TOPICS.observations]
    await other.begin()
    await other.track()
    await other.lose_everything()
    return other.broker.changes()
