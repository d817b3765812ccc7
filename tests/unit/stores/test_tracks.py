"""The tracker's store and its index on a real Redis."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from stancewire.errors import ConfigurationError, Unavailable
from stancewire.events import Observation, StoryRef
from stancewire.stores.life import Life
from stancewire.stores.track_index import TrackIndex
from stancewire.stores.tracks import StoredTrack, Tracks
from stancewire.tracking import State, step
from track_builders import RECORDED, articles, config, observation

KEY = "talks|person:jane-doe"


@pytest.fixture
def namespace() -> str:
    return uuid.uuid4().hex


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def tracks(client: Redis, namespace: str) -> Tracks:
    return Tracks(client, namespace=namespace)


@pytest.fixture
def index(client: Redis, namespace: str) -> TrackIndex:
    return TrackIndex(client, namespace=namespace)


async def track(tracks: Tracks, each: Observation, *, key: str = KEY) -> StoredTrack:
    loaded = await tracks.load(key)
    state, changes = step(loaded.state, each, config=config(), recorded_at=RECORDED)
    outbox = [change.change_id.encode() for change in changes]
    saved = await tracks.save(loaded, state=state, outbox=outbox, changes=changes)
    assert saved is not None
    return await tracks.clear_outbox(saved)


async def test_a_new_key_has_an_empty_state(tracks: Tracks) -> None:
    loaded = await tracks.load(KEY)
    assert (loaded.revision, loaded.state, loaded.outbox) == (0, State(), ())


async def test_state_and_outbox_come_back_together_as_they_were(tracks: Tracks) -> None:
    state, _ = step(State(), observation("a"), config=config(), recorded_at=RECORDED)
    saved = await tracks.save(await tracks.load(KEY), state=state, outbox=[b"x", b"\xff\x00"])
    assert await tracks.load(KEY) == saved
    assert (await tracks.load("talks|other")).state == State()


async def test_what_changed_meanwhile_is_not_overwritten(tracks: Tracks, index: TrackIndex) -> None:
    early = await tracks.load(KEY)
    first, second = (
        step(State(), observation(name), config=config(), recorded_at=RECORDED)[0] for name in "ab"
    )
    assert await tracks.save(early, state=first, outbox=[b"x"]) is not None
    assert await tracks.save(early, state=second, outbox=[b"y"]) is None
    loaded = await tracks.load(KEY)
    assert (loaded.state, loaded.outbox) == (first, (b"x",))
    assert len(await index.actors("talks", limit=9)) == 1


async def test_of_many_writers_of_one_revision_one_wins(tracks: Tracks) -> None:
    loaded = await tracks.load(KEY)
    saved = await asyncio.gather(
        *(tracks.save(loaded, state=State(sequence=n), outbox=[]) for n in range(20))
    )
    assert sum(each is not None for each in saved) == 1


async def test_the_outbox_goes_when_it_is_cleared_and_the_state_stays(tracks: Tracks) -> None:
    saved = await tracks.save(await tracks.load(KEY), state=State(sequence=1), outbox=[b"x"])
    assert saved is not None
    cleared = await tracks.clear_outbox(saved)
    assert await tracks.load(KEY) == cleared
    assert (cleared.state, cleared.outbox) == (State(sequence=1), ())


async def test_an_outbox_of_a_newer_revision_is_not_cleared(tracks: Tracks) -> None:
    old = await tracks.save(await tracks.load(KEY), state=State(sequence=1), outbox=[b"x"])
    assert old is not None
    assert await tracks.save(old, state=State(sequence=2), outbox=[b"y"]) is not None
    await tracks.clear_outbox(old)
    assert (await tracks.load(KEY)).outbox == (b"y",)


async def test_a_crash_at_any_point_loses_and_doubles_nothing(tracks: Tracks) -> None:
    """Everything is done twice, as after a crash that came before the offset was committed."""
    sent = []
    for each in articles("hhhwwwhhhwww"):
        for _ in range(2):
            loaded = await tracks.load(KEY)
            sent += loaded.outbox
            state, changes = step(loaded.state, each, config=config(), recorded_at=RECORDED)
            if state is loaded.state:
                await tracks.clear_outbox(loaded)
                continue
            outbox = [change.change_id.encode() for change in changes]
            await tracks.save(loaded, state=state, outbox=outbox, changes=changes)
    expected = [entry.change_id for entry in (await tracks.load(KEY)).state.ledger]
    assert [change.decode() for change in sent] == expected


async def test_lists_name_stories_and_actors_newest_first(
    tracks: Tracks, index: TrackIndex
) -> None:
    for each in articles("hhh"):
        await track(tracks, each)
    late = {"story": StoryRef(id="dam", label="The dam")}
    await track(tracks, observation("b", hours=9, **late), key="dam|person:jane-doe")
    stories = await index.stories(limit=10)
    assert [(story.id, story.label) for story in stories] == [
        ("dam", "The dam"),
        ("talks", "The talks"),
    ]
    assert stories[0].published_at == observation("b", hours=9).article.published_at
    assert await index.stories(limit=1, after=stories[0].place) == stories[1:]
    (shown,) = await index.actors("talks", limit=10)
    assert shown.held is not None
    assert (shown.actor.name, shown.held.stance) == ("Jane Doe", "hopeful")
    assert await index.actors("unknown", limit=10) == ()


async def test_an_older_article_does_not_bring_an_old_label_back(
    tracks: Tracks, index: TrackIndex
) -> None:
    renamed = {"story": StoryRef(id="talks", label="Talks in Bergen")}
    await track(tracks, observation("b", hours=9, **renamed))
    await track(tracks, observation("a", hours=1))
    (story,) = await index.stories(limit=10)
    assert story.label == "Talks in Bergen"
    assert story.published_at == observation("b", hours=9).article.published_at


async def test_recent_changes_can_be_followed_from_a_position(
    tracks: Tracks, index: TrackIndex
) -> None:
    for each in articles("hhhwww"):
        await track(tracks, each)
    (first, established), (second, changed) = await index.changes()
    assert (established.type, changed.type) == ("established", "changed")
    assert await index.changes(after=first) == ((second, changed),)
    assert await index.changes(after=second) == ()
    assert (await index.recent_changes(limit=1))[0][1] == changed
    assert await index.oldest_position() == first


async def test_recent_changes_are_bounded(client: Redis, namespace: str) -> None:
    tracks = Tracks(client, namespace=namespace, keep_changes=10)
    for each in articles("hhhwww"):
        await track(tracks, each)
    ((_, established), _) = await TrackIndex(client, namespace=namespace).changes()
    tracked = await tracks.load(KEY)
    for _ in range(30):
        again = await tracks.save(
            tracked, state=tracked.state, outbox=[], changes=[established] * 20
        )
        assert again is not None
        tracked = again
    assert await client.xlen(f"{{{namespace}}}:tracker:changes") < 200


async def test_stored_bytes_that_are_no_state_are_refused(
    tracks: Tracks, client: Redis, namespace: str
) -> None:
    await client.hset(f"{{{namespace}}}:tracker:key:{KEY}", "state", b"nonsense")
    with pytest.raises(ConfigurationError, match="folded anew"):
        await tracks.load(KEY)


async def test_a_redis_that_is_away_is_unavailable() -> None:
    client = Redis.from_url("redis://127.0.0.1:1/0")
    tracks, index = Tracks(client, namespace="n"), TrackIndex(client, namespace="n")
    missing = StoredTrack(key=KEY, revision=0, state=State())
    for call in (
        tracks.load(KEY),
        tracks.save(missing, state=State(), outbox=[]),
        tracks.clear_outbox(missing),
        index.stories(limit=1),
        index.actors("talks", limit=1),
        index.changes(),
        index.recent_changes(),
        index.oldest_position(),
    ):
        with pytest.raises(Unavailable):
            await call
    await client.aclose()


async def test_a_redis_that_was_emptied_takes_no_writes_until_it_is_rebuilt(
    client: Redis, namespace: str
) -> None:
    life = Life(client, namespace=namespace)
    await life.begin()
    tracks = Tracks(client, namespace=namespace, life=life)
    await track(tracks, observation("a"))
    await client.delete(life.key, f"{{{namespace}}}:tracker:key:{KEY}")
    empty = await tracks.load(KEY)
    state, _ = step(State(), observation("b"), config=config(), recorded_at=RECORDED)
    with pytest.raises(Unavailable, match="stancewire rebuild"):
        await tracks.save(empty, state=state, outbox=[])
    await Life(client, namespace=namespace).begin_anew()
    assert await tracks.save(empty, state=state, outbox=[]) is None, "first it must look again"
    assert await tracks.save(await tracks.load(KEY), state=state, outbox=[]) is not None
