"""A new model takes over: the plan shows what that changes, and no `changed` comes of it."""

import json
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace
from redis.asyncio import Redis

from flow_fakes import decode_plain
from rebuild_world import TOPICS, RebuildWorld
from rule_reader import RuleReader, RuleReading
from stancewire.events import Article, ModelRef, Observation
from stancewire.plumbing.envelope import decode_event
from stancewire.stores.mending import MendableTracks
from stancewire.stores.recorded import Recorded, unpack
from stancewire.stores.shadow import Shadow
from stancewire.workers.rereading import Reread, Rereader
from stancewire.workers.upgrading import Difference, Upgrade

SECOND = ModelRef(name="rules", version="2")


async def read_anew(article: Article) -> RuleReading:
    """The second model: Ann warns where the first one heard her hope; it never finds Cid."""
    body = article.body.replace("Ann: hopeful", "Ann: warning")
    lines = [line for line in body.splitlines(keepends=True) if not line.startswith("Cid")]
    return RuleReader().read(replace(article, body="".join(lines)))


class UpgradeWorld(RebuildWorld):
    async def reread(self, read=read_anew) -> Reread:  # type: ignore[no-untyped-def]
        rereader = Rereader(
            model=SECOND,
            decode=decode_plain,
            read=read,
            articles=self.articles,
            shadow=self.shadow,
        )
        with self.open_log(TOPICS.articles) as log:
            return await rereader.run(log.first_pass())

    @property
    def shadow(self) -> Shadow:
        return Shadow(self.client, namespace=self.namespace, model_version=SECOND.version)

    @property
    def upgrade(self) -> Upgrade:
        return Upgrade(
            model=SECOND,
            shadow=self.shadow,
            articles=self.articles,
            tracks=MendableTracks(self.client, namespace=self.namespace, life=self.life),
            config=self.config,
            clock=self.clock,
        )

    async def apply(self) -> Difference:
        return await self.upgrade.apply(self.broker, TOPICS)

    def observations(self) -> list[Observation]:
        records = [r for each in self.broker.topics[TOPICS.observations] for r in each]
        events = [decode_event(r.value, r.headers) for r in records]
        return [event for event in events if isinstance(event, Observation)]


@pytest.fixture
async def world(redis_url: str) -> AsyncIterator[UpgradeWorld]:
    client = Redis.from_url(redis_url)
    world = UpgradeWorld(client)
    await world.begin()
    for number in range(8):
        lines = [f"Ann: hopeful about matter {number}", f"Cid: skeptical of matter {number}"]
        lines += [f"Bob: warning of matter {number}"] if number % 2 else []
        body = {"uri": f"urn:{number}", "body": "\n".join(lines)}
        await world.read(f"urn:{number}", json.dumps(body).encode())
    await world.read("urn:7", None)
    await world.track()
    yield world
    await world.lose_everything()
    await client.aclose()


async def test_the_plan_shows_the_difference_and_writes_nothing_live(world: UpgradeWorld) -> None:
    before, sent = await world.stored(), dict(world.broker.topics)
    counts = await world.reread()
    assert (counts.read, counts.known, counts.current) == (7, 0, 0)
    found = await world.upgrade.plan()
    assert (found.keys, found.different) == (3, 2)
    assert found.moves == {("hopeful", "warning"): 1, ("skeptical", "nothing"): 1}
    assert len(found.examples) == 2
    shadow = f"upgrade:{SECOND.version}"
    assert {k: v for k, v in (await world.stored()).items() if k != shadow} == before
    assert world.broker.topics == sent


async def test_a_run_that_was_cut_off_reads_only_the_rest(world: UpgradeWorld) -> None:
    read: list[str] = []

    async def read_five(article: Article) -> RuleReading:
        if len(read) == 5:
            raise KeyboardInterrupt
        read.append(article.uri)
        return await read_anew(article)

    with pytest.raises(KeyboardInterrupt):
        await world.reread(read_five)
    counts = await world.reread()
    assert (counts.read, counts.known) == (2, 5)


async def test_the_cut_over_is_told_by_rebaselined_alone(world: UpgradeWorld) -> None:
    told = len(world.published())
    await world.reread()
    await world.apply()
    await world.track()
    fresh = world.published()[told:]
    assert {event.type for event in fresh} == {"rebaselined"}
    stances = {event.actor.name: event.current.stance if event.current else None for event in fresh}
    assert stances == {"Ann": "warning", "Bob": "warning", "Cid": None}
    again = await world.reread()
    assert (again.read, again.current) == (0, 7)
    assert (await world.upgrade.plan()).keys == 0
    assert (await world.rebuild()).is_equal


async def test_whoever_reads_observations_learns_the_new_ones_and_the_end_of_the_old(
    world: UpgradeWorld,
) -> None:
    await world.reread()
    await world.apply()
    fresh = [o for o in world.observations() if o.model == SECOND]
    assert {o.actor.name for o in fresh} == {"Ann", "Bob"}
    gone = [o for o in world.observations() if o.status == "withdrawn" and o.actor.name == "Cid"]
    assert {o.article.uri for o in gone} == {f"urn:{n}" for n in range(8)}
    recorded = unpack(await world.articles.stored("urn:0") or b"", Recorded)
    assert (recorded.model, recorded.published) == (SECOND, True)
    assert [o.actor.name for o in recorded.observations] == ["Ann"]


async def test_doing_it_again_gives_the_same_bytes_and_no_second_event(
    world: UpgradeWorld,
) -> None:
    await world.reread()
    publish, calls = world.broker.publish, []

    async def publish_some(records):  # type: ignore[no-untyped-def]
        calls.append(records)
        if len(calls) == 6:
            raise KeyboardInterrupt
        await publish(records)

    world.broker.publish = publish_some  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        await world.apply()
    world.broker.publish = publish  # type: ignore[method-assign]
    await world.apply()
    await world.track()
    rebaselined = [e for e in world.published() if e.type == "rebaselined"]
    assert len(rebaselined) == 3
    assert (await world.rebuild()).is_equal


async def test_a_correction_that_comes_meanwhile_is_left_to_the_next_upgrade(
    world: UpgradeWorld,
) -> None:
    await world.reread()
    body = {"uri": "urn:0", "body": "Ann: skeptical about matter 0"}
    await world.read("urn:0", json.dumps(body).encode())
    await world.track()
    told = len(world.published())
    await world.apply()
    await world.track()
    assert {event.type for event in world.published()[told:]} == {"rebaselined"}
    recorded = unpack(await world.articles.stored("urn:0") or b"", Recorded)
    assert recorded.model != SECOND
    assert (await world.reread()).read == 1
    await world.apply()
    await world.track()
    assert {event.type for event in world.published()[told:]} == {"rebaselined"}
    assert (await world.rebuild()).is_equal
