from datetime import timedelta

import pytest

from flow_fakes import NOON, FakePublisher, FakeStore
from stancewire.errors import Unavailable
from stancewire.plumbing.clock import ManualClock
from stancewire.stores.recorded import Parked
from stancewire.workers.embargo import Embargo


class EnoughError(Exception):
    pass


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def publisher() -> FakePublisher:
    return FakePublisher()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def embargo(store: FakeStore, publisher: FakePublisher, clock: ManualClock) -> Embargo:
    return Embargo(store, publisher=publisher, topic="articles", clock=clock)


def parked(value: bytes = b"v", *, hours: int = 1) -> Parked:
    due = NOON + timedelta(hours=hours)
    return Parked(key=b"urn:a", value=value, headers=(("h", b"1"),), due=due)


async def test_it_comes_out_as_it_went_in(embargo, store, publisher, clock) -> None:
    await store.park("urn:a", parked())
    clock.advance(timedelta(hours=1))
    assert await embargo.lift() == 1
    [sent] = publisher.sent
    assert (sent.topic, sent.record.key, sent.record.value) == ("articles", b"urn:a", b"v")
    assert sent.record.headers == [("h", b"1")]
    assert store.parked == {}


async def test_what_was_not_acknowledged_stays_parked(embargo, store, publisher, clock) -> None:
    await store.park("urn:a", parked())
    clock.advance(timedelta(hours=1))
    publisher.fail_at, publisher.error = 0, Unavailable
    with pytest.raises(Unavailable):
        await embargo.lift()
    assert await embargo.lift() == 1


async def test_a_version_that_took_its_place_meanwhile_stays(embargo, store, publisher, clock):
    await store.park("urn:a", parked(b"one"))
    clock.advance(timedelta(hours=1))

    async def publish(records: object) -> None:
        await store.park("urn:a", parked(b"two", hours=5))

    publisher.publish = publish
    await embargo.lift()
    assert store.parked["urn:a"].value == b"two"


async def test_the_watch_goes_on_when_redis_was_away(embargo, store, publisher, clock) -> None:
    await store.park("urn:a", parked())
    clock.advance(timedelta(hours=1))
    store.away = 2
    rounds = []

    async def sleep(pause: float) -> None:
        rounds.append(pause)
        if publisher.sent:
            raise EnoughError

    with pytest.raises(EnoughError):
        await embargo.watch(every_s=5.0, sleep=sleep)
    assert rounds == [5.0, 5.0, 5.0]
