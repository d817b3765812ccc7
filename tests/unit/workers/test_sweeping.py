"""`stale` is published once by whoever owns the partition, whatever crashes in between."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow_fakes import NOON, Crash, FakePublisher
from replay import TOPICS, FakeTracks
from rule_reader import CONFUSION
from stancewire.errors import Unavailable
from stancewire.events import StanceChange
from stancewire.plumbing.clock import ManualClock
from stancewire.plumbing.envelope import decode
from stancewire.plumbing.settings import Settings
from stancewire.workers.sweeping import Sweeper
from stancewire.workers.tracker import detector
from stancewire.workers.tracking_flow import TrackingFlow
from tracking_log import incoming, observation

LAST_VOTE = NOON + timedelta(hours=3)
MONTH = timedelta(days=30)


class Owned:
    def __init__(self, *partitions: int) -> None:
        self.partitions = set(partitions)

    def of(self, topic: str) -> set[int]:
        return self.partitions if topic == TOPICS.observations else set()


class World:
    """One tracker with its sweeper; several may share a store and a publisher."""

    def __init__(self, other: "World | None" = None, *, owned: Owned | None = None) -> None:
        self.store = other.store if other else FakeTracks()
        self.publisher = other.publisher if other else FakePublisher()
        self.clock = other.clock if other else ManualClock(NOON)
        self.owned = owned or Owned(0)
        self.flow = TrackingFlow(
            store=self.store,
            publisher=self.publisher,
            topics=TOPICS,
            config=detector(Settings(), CONFUSION),
        )
        self.sweeper = Sweeper(
            self.flow, topic=TOPICS.observations, partitions=self.owned, clock=self.clock
        )

    async def establish(self, actor: str = "Ann", *, partition: int = 0) -> None:
        for number in range(4):
            await self.vote(number, actor, partition=partition)

    async def vote(self, number: int, actor: str = "Ann", *, partition: int = 0) -> None:
        event = observation(number, "hopeful", actor=actor)
        await self.flow.handle(incoming(event, number, partition=partition))

    @property
    def stale(self) -> list[StanceChange]:
        found = [decode(outgoing.record) for outgoing in self.publisher.to(TOPICS.changes)]
        return [e for e in found if isinstance(e, StanceChange) and e.type == "stale"]


@pytest.fixture
async def world() -> World:
    world = World()
    await world.establish()
    return world


async def test_a_stance_is_called_stale_once_when_its_time_has_come(world: World) -> None:
    world.clock.advance(timedelta(hours=3) + MONTH - timedelta(seconds=1))
    assert await world.sweeper.sweep() == 0
    world.clock.advance(timedelta(seconds=1))
    assert await world.sweeper.sweep() == 1
    world.clock.advance(MONTH)
    assert await world.sweeper.sweep() == 0
    (stale,) = world.stale
    assert stale.occurred_at == LAST_VOTE + MONTH
    assert [o.topic for o in world.publisher.sent if b'"stale"' in (o.record.value or b"")] == [
        TOPICS.changes
    ]


async def test_a_new_vote_begins_the_time_anew(world: World) -> None:
    world.clock.advance(2 * MONTH)
    await world.sweeper.sweep()
    await world.vote(9 + 24 * 40)
    assert await world.sweeper.sweep() == 0
    world.clock.advance(2 * MONTH)
    assert await world.sweeper.sweep() == 1
    first, second = world.stale
    assert second.occurred_at - first.occurred_at > timedelta(days=40)
    assert second.change_id != first.change_id


async def test_each_tracker_sweeps_the_partitions_that_it_owns(world: World) -> None:
    other = World(world, owned=Owned(1))
    await other.establish("Bob", partition=1)
    world.clock.advance(2 * MONTH)
    assert await world.sweeper.sweep() == 1
    assert [event.actor.name for event in world.stale] == ["Ann"]
    world.owned.partitions, other.owned.partitions = {0, 1}, set()
    assert await other.sweeper.sweep() == 0
    assert await world.sweeper.sweep() == 1
    assert [event.actor.name for event in world.stale] == ["Ann", "Bob"]


async def test_a_partition_that_is_lost_meanwhile_is_left_at_once(world: World) -> None:
    await world.establish("Bob")
    world.clock.advance(2 * MONTH)
    retire = world.store.retire

    async def retire_and_lose(*args: object, **kwargs: object) -> None:
        await retire(*args, **kwargs)  # type: ignore[arg-type]
        world.owned.partitions = set()

    world.store.retire = retire_and_lose  # type: ignore[method-assign]
    assert await world.sweeper.sweep() == 1
    assert len(world.stale) == 1


@given(
    at=st.sampled_from(["due", "load", "save", "saved", "clear", "cleared", "retire", "retired"]),
    publishing=st.booleans(),
)
async def test_whatever_crashes_it_is_called_stale_by_the_next_owner(
    at: str, publishing: bool
) -> None:
    world = World()
    await world.establish()
    world.clock.advance(2 * MONTH)
    if publishing:
        world.publisher.fail_at = len(world.publisher.sent)
    else:
        world.store.crash_at = at
    with pytest.raises(Crash):
        await world.sweeper.sweep()
    world.clock.advance(timedelta(hours=5))
    heir = World(world)
    await heir.sweeper.sweep()
    assert len({event.change_id for event in heir.stale}) == 1
    assert len(set(heir.publisher.events(TOPICS.changes))) == 2
    assert await heir.sweeper.sweep() == 0
    assert not any(one.outbox for one in world.store.kept.values())


async def test_two_owners_of_one_partition_publish_the_same_bytes(world: World) -> None:
    other = World(world)
    world.clock.advance(2 * MONTH)
    load, raced = world.store.load, []

    async def load_before_the_other(key: str) -> object:
        loaded = await load(key)
        if not raced:
            raced.append(key)
            await other.sweeper.sweep()
        return loaded

    world.store.load = load_before_the_other  # type: ignore[method-assign, assignment]
    assert await world.sweeper.sweep() == 0
    assert len(world.stale) == 1


async def test_a_redis_that_is_away_only_delays_it(world: World) -> None:
    world.clock.advance(2 * MONTH)
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 1:
            world.store.away = 1
        if len(naps) == 3:
            raise Crash("enough")

    with pytest.raises(Crash):
        await world.sweeper.watch(every_s=60.0, sleep=nap)
    assert naps == [60.0] * 3
    assert len(world.stale) == 1
    world.store.away = 1
    with pytest.raises(Unavailable):
        await world.sweeper.sweep()
