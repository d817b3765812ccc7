"""What the tracker's flow needs of a store: the fake of its tests and the real one alike."""

import uuid
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from replay import FakeTracks
from stancewire.events import ModelRef
from stancewire.stores.position import Position
from stancewire.stores.tracks import Tracks
from stancewire.tracking import State
from track_builders import RECORDED, START, articles, config, days, run

ONE, TWO = (State(model=ModelRef(name="m", version=version)) for version in "12")


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture(params=["fake", "real"])
def store(request: pytest.FixtureRequest, client: Redis) -> FakeTracks | Tracks:
    if request.param == "fake":
        return FakeTracks()
    return Tracks(client, namespace=uuid.uuid4().hex)


async def test_a_new_key_has_an_empty_state(store) -> None:
    loaded = await store.load("s|a")
    assert (loaded.state, loaded.outbox) == (State(), ())


async def test_state_and_outbox_come_back_together(store) -> None:
    saved = await store.save(await store.load("s|a"), state=ONE, outbox=[b"x", b"\xff"])
    loaded = await store.load("s|a")
    assert loaded == saved
    assert (loaded.state, loaded.outbox) == (ONE, (b"x", b"\xff"))
    assert (await store.load("s|b")).state == State()


async def test_what_changed_meanwhile_is_not_overwritten(store) -> None:
    seen = await store.load("s|a")
    assert await store.save(seen, state=ONE, outbox=[b"x"]) is not None
    assert await store.save(seen, state=TWO, outbox=[]) is None
    assert (await store.load("s|a")).state == ONE


async def test_a_cleared_outbox_is_empty_and_the_state_stays(store) -> None:
    saved = await store.save(await store.load("s|a"), state=ONE, outbox=[b"x"])
    cleared = await store.clear_outbox(saved)
    assert cleared == await store.load("s|a")
    assert (cleared.state, cleared.outbox) == (ONE, ())
    assert await store.save(cleared, state=TWO, outbox=[]) is not None


async def test_a_late_clearing_leaves_a_newer_outbox_alone(store) -> None:
    first = await store.save(await store.load("s|a"), state=ONE, outbox=[b"x"])
    second = await store.save(await store.clear_outbox(first), state=TWO, outbox=[b"y"])
    await store.clear_outbox(first)
    assert (await store.load("s|a")).outbox == second.outbox == (b"y",)


async def test_the_position_is_kept_until_a_newer_one_comes(store) -> None:
    saved = await store.save(await store.load("s|a"), state=ONE, outbox=[], position=Position(2, 7))
    again = await store.save(saved, state=TWO, outbox=[])
    assert (await store.load("s|a")).position == again.position == Position(2, 7)
    assert await store.pass_by(again, Position(2, 8))
    assert not await store.pass_by(again, Position(2, 9)), "the key has changed since"
    assert (await store.load("s|a")).position == Position(2, 8)


async def test_a_held_stance_is_due_until_it_is_called_stale_and_retired(store) -> None:
    state, (established,) = run(articles("hhh"), config=config())
    vote, later = state.now.voted_at, START + days(1)
    saved = await store.save(
        await store.load("s|a"), state=state, outbox=[], position=Position(1, 0)
    )
    assert await store.due(1, before=START, limit=9) == []
    assert await store.due(0, before=later, limit=9) == []
    assert await store.due(1, before=later, limit=9) == ["s|a"]
    called = await store.call_stale(saved, vote=vote, outbox=[b"x"], change=established)
    assert await store.due(1, before=later, limit=9) == ["s|a"], "its outbox still waits"
    loaded = await store.load("s|a")
    assert (loaded.outbox, loaded.called_stale, loaded.state) == ((b"x",), (vote,), state)
    await store.retire(called, partition=1)
    assert await store.due(1, before=later, limit=9) == []


async def test_a_key_that_changed_meanwhile_is_not_retired(store) -> None:
    state, _ = run(articles("hhh"), config=config())
    old = await store.save(await store.load("s|a"), state=state, outbox=[], position=Position(0, 0))
    newer, _ = run(articles("hhhh"), config=config())
    await store.save(old, state=newer, outbox=[], position=Position(0, 1))
    await store.retire(old, partition=0)
    assert await store.due(0, before=RECORDED, limit=9) == ["s|a"]


async def test_a_stance_that_no_longer_holds_is_not_due(store) -> None:
    state, _ = run(articles("hhh"), config=config())
    saved = await store.save(
        await store.load("s|a"), state=state, outbox=[], position=Position(0, 0)
    )
    await store.save(saved, state=ONE, outbox=[], position=Position(0, 1))
    assert await store.due(0, before=RECORDED, limit=9) == []
