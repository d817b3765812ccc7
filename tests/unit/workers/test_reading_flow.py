import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow_fakes import (
    NOON,
    Crash,
    FakePublisher,
    FakeReader,
    FakeStore,
    Log,
    decode_plain,
)
from rule_reader import MODEL
from stancewire.errors import InvalidInput
from stancewire.events import ModelRef, Observation
from stancewire.plumbing.clock import ManualClock
from stancewire.plumbing.envelope import decode
from stancewire.plumbing.kafka import Topics
from stancewire.plumbing.sections import UnsupportedLanguage
from stancewire.reading.languages import LanguageRule
from stancewire.stores.recorded import Recorded, unpack
from stancewire.stories.assign import external_story_id, new_story_id
from stancewire.workers.dead_letters import ATTEMPTS
from stancewire.workers.embargo import Embargo
from stancewire.workers.reading_flow import REKEYED, ReadingFlow
from stancewire.workers.records import BACKFILL_HEADER, Incoming
from story_builders import BY_VECTOR

TOPICS = Topics("stancewire")


class World:
    """One reader with its Kafka and Redis; `restart` is a new process on the same ones."""

    def __init__(self, other_languages: UnsupportedLanguage = "skip") -> None:
        self.languages = LanguageRule(supported=("en",), otherwise=other_languages)
        self.log, self.store, self.publisher = Log(), FakeStore(), FakePublisher()
        self.reader, self.clock = FakeReader(), ManualClock(NOON)
        self.restart()

    def restart(self, model: ModelRef = MODEL) -> None:
        self.flow = ReadingFlow(
            decode=decode_plain,
            read=self.reader,
            model=model,
            store=self.store,
            publisher=self.publisher,
            topics=TOPICS,
            rule=BY_VECTOR,
            clock=self.clock,
            languages=self.languages,
        )

    async def add(self, uri: str, body: str | None = None, **fields: object) -> str:
        return await self.flow.handle(self.log.add(uri, body, **fields))

    @property
    def observations(self) -> list[Observation]:
        decoded = [decode(outgoing.record) for outgoing in self.publisher.to(TOPICS.observations)]
        return [event for event in decoded if isinstance(event, Observation)]

    @property
    def said(self) -> list[tuple[str, str, int]]:
        return [(o.actor.name, o.status, o.article.version) for o in self.observations]

    @property
    def standing(self) -> dict[str, tuple[str, ...]]:
        """Tracking keys of each article, as Redis has them."""
        recorded = {uri: unpack(raw, Recorded) for uri, raw in self.store.articles.items()}
        return {uri: one.keys for uri, one in recorded.items() if one.published}


@pytest.fixture
def world() -> World:
    return World()


async def test_an_article_gives_one_observation_per_actor_and_its_assignment(world: World) -> None:
    assert await world.add("urn:a", "Ann: hopeful\nBob: warning") == "read"
    assert world.said == [("Ann", "active", 1), ("Bob", "active", 1)]
    [assignment] = world.publisher.to(TOPICS.assignments)
    story = new_story_id(article_uri="urn:a", version=1)
    assert json.loads(assignment.record.value or b"")["keys"] == [
        f"{story}|person:ann",
        f"{story}|person:bob",
    ]
    assert {o.observed_at for o in world.observations} == {NOON}


async def test_articles_of_one_topic_share_a_story_and_others_do_not(world: World) -> None:
    for uri, title in (("urn:a", "Summit opens"), ("urn:b", "Summit ends"), ("urn:c", "Dam")):
        await world.add(uri, "Ann: hopeful", title=title)
    a, b, c = (o.story.id for o in world.observations if o.story)
    assert a == b != c


async def test_the_story_that_an_article_names_wins(world: World) -> None:
    await world.add("urn:a", "Ann: hopeful", title="Summit", story="x")
    await world.add("urn:b", "Ann: hopeful", title="Dam", story="x")
    assert {o.story.id for o in world.observations if o.story} == {external_story_id("x")}


async def test_a_repeat_is_not_read_again(world: World) -> None:
    await world.add("urn:a", "Ann: hopeful", version=1)
    assert await world.add("urn:a", "Ann: hopeful", version=1) == "known"
    assert await world.flow.handle(world.log.records[0]) == "known"
    assert world.reader.read_uris == ["urn:a"]
    assert len(world.publisher.sent) == 2


@pytest.mark.parametrize("second", [{"version": 1}, {"version": 2}])
async def test_only_a_higher_version_replaces(world: World, second: dict[str, object]) -> None:
    await world.add("urn:a", "Ann: hopeful", version=2)
    assert await world.add("urn:a", "Ann: warning", **second) == "known"
    assert await world.add("urn:a", "Ann: warning", version=3) == "read"
    assert world.said == [("Ann", "active", 2), ("Ann", "active", 3)]


async def test_without_versions_other_content_replaces_and_equal_content_does_not(
    world: World,
) -> None:
    for body in ("Ann: hopeful", "Ann: hopeful", "Ann: warning"):
        await world.add("urn:a", body)
    assert world.said == [("Ann", "active", 1), ("Ann", "active", 2)]


async def test_an_actor_that_vanished_is_withdrawn_under_the_old_key(world: World) -> None:
    await world.add("urn:a", "Ann: hopeful\nBob: warning", version=1)
    await world.add("urn:a", "Ann: hopeful", version=2)
    assert world.said[2:] == [("Bob", "withdrawn", 1), ("Ann", "active", 2)]
    first_bob, gone_bob = world.observations[1], world.observations[2]
    assert gone_bob.observation_id == first_bob.observation_id
    assert gone_bob.observed_at == NOON + timedelta(minutes=1)
    keys = [outgoing.record.key for outgoing in world.publisher.to(TOPICS.observations)]
    assert keys[1] == keys[2]


async def test_a_version_in_another_story_is_withdrawn_from_the_first(world: World) -> None:
    await world.add("urn:a", "Ann: hopeful", version=1, story="x")
    await world.add("urn:a", "Ann: hopeful", version=2, story="y")
    stories = [(o.story.id, o.status) for o in world.observations if o.story]
    x, y = external_story_id("x"), external_story_id("y")
    assert stories == [(x, "active"), (x, "withdrawn"), (y, "active")]
    assert set(world.store.running) == {y}


@pytest.mark.parametrize("way", ["null", "canceled"])
async def test_a_withdrawal_takes_back_every_key(world: World, way: str) -> None:
    await world.add("urn:a", "Ann: hopeful\nBob: warning", version=1)
    if way == "null":
        assert await world.add("urn:a") == "withdrawn"
    else:
        assert await world.add("urn:a", "", version=2, withdrawn=True) == "withdrawn"
    assert world.said[2:] == [("Ann", "withdrawn", 1), ("Bob", "withdrawn", 1)]
    assert world.store.running == {}
    assert json.loads(world.publisher.sent[-1].record.value or b"")["status"] == "withdrawn"
    assert await world.add("urn:a") == "known"


async def test_a_withdrawal_of_an_older_version_is_ignored(world: World) -> None:
    await world.add("urn:a", "Ann: hopeful", version=3)
    assert await world.add("urn:a", "", version=2, withdrawn=True) == "known"


async def test_an_article_withdrawn_before_it_came_is_not_read(world: World) -> None:
    await world.add("urn:a", "", version=2, withdrawn=True)
    assert await world.add("urn:a", "Ann: hopeful", version=1) == "known"
    assert await world.add("urn:a", "Ann: hopeful", version=3) == "read"


async def test_new_content_puts_an_article_back_after_a_withdrawal(
    world: World,
) -> None:
    await world.add("urn:a", "Ann: hopeful")
    await world.add("urn:a")
    assert await world.add("urn:a", "Ann: hopeful") == "known"
    assert await world.add("urn:a", "Ann: warning") == "read"
    assert world.said[-1] == ("Ann", "active", 2)


async def test_records_taken_again_after_a_crash_change_nothing(world: World) -> None:
    for body in ("Ann: hopeful", None, "Ann: warning", "Bob: warning"):
        await world.add("urn:a", body)
    sent = list(world.publisher.sent)
    for record in world.log.records:
        assert await world.flow.handle(record) == "known"
    assert world.publisher.sent == sent


async def test_an_article_under_another_key_is_published_once_under_its_uri(world: World) -> None:
    value = json.dumps({"uri": "urn:a", "body": "Ann: hopeful"}).encode()
    first = world.log.put(b"17", value, ("traceparent", b"t"))
    assert await world.flow.handle(first) == "keyed-anew"
    [again] = world.publisher.to(TOPICS.articles)
    assert (again.record.key, again.record.value) == (b"urn:a", value)
    assert again.timestamp == first.timestamp
    assert again.record.headers == [("traceparent", b"t"), (REKEYED, b"1")]
    second = world.log.put(again.record.key, again.record.value, *again.record.headers)
    assert await world.flow.handle(second) == "read"


async def test_an_article_that_was_keyed_anew_in_vain_is_refused(world: World) -> None:
    value = json.dumps({"uri": "urn:a", "body": "Ann: hopeful"}).encode()
    with pytest.raises(InvalidInput, match="keyed anew") as caught:
        await world.flow.handle(world.log.put(b"17", value, (REKEYED, b"1")))
    assert caught.value.stage == "key"


async def test_an_embargoed_article_waits_for_its_time(world: World) -> None:
    due = NOON + timedelta(hours=2)
    embargo = Embargo(
        world.store, publisher=world.publisher, topic=TOPICS.articles, clock=world.clock
    )
    record = world.log.add("urn:a", "Ann: hopeful", embargoed_until=due.isoformat())
    assert await world.flow.handle(record) == "parked"
    world.clock.advance(timedelta(hours=1))
    assert await embargo.lift() == 0
    world.clock.advance(timedelta(hours=1))
    assert await embargo.lift() == 1
    assert await embargo.lift() == 0
    [again] = world.publisher.to(TOPICS.articles)
    assert await world.flow.handle(world.log.put(again.record.key, again.record.value)) == "read"


async def test_a_withdrawal_lifts_no_embargo(world: World) -> None:
    due = NOON + timedelta(hours=2)
    await world.add("urn:a", "Ann: hopeful", embargoed_until=due.isoformat())
    await world.add("urn:a")
    assert world.store.parked == {}


async def test_the_trace_is_carried_through(world: World) -> None:
    trace = b"00-" + b"1" * 32 + b"-" + b"2" * 16 + b"-01"
    value = json.dumps({"uri": "urn:a", "body": "Ann: hopeful"}).encode()
    await world.flow.handle(world.log.put(b"urn:a", value, ("traceparent", trace)))
    assert all(("traceparent", trace) in o.record.headers for o in world.publisher.sent)


@pytest.mark.parametrize("header", [BACKFILL_HEADER, (ATTEMPTS, b"1")])
async def test_what_follows_from_a_backfilled_or_replayed_article_is_marked(
    world: World, header: tuple[str, bytes]
) -> None:
    value = json.dumps({"uri": "urn:a", "body": "Ann: hopeful"}).encode()
    await world.flow.handle(world.log.put(b"urn:a", value, header))
    assert world.publisher.sent
    assert all(BACKFILL_HEADER in sent.record.headers for sent in world.publisher.sent)
    world.publisher.sent.clear()
    await world.add("urn:b", "Ann: hopeful")
    assert world.publisher.sent
    assert not any(BACKFILL_HEADER in sent.record.headers for sent in world.publisher.sent)


async def test_what_another_model_left_unfinished_is_read_anew(world: World) -> None:
    record = world.log.add("urn:a", "Ann: hopeful", version=1)
    world.store.crash_at = "decided"
    with pytest.raises(Crash):
        await world.flow.handle(record)
    world.restart(ModelRef(name="rules", version="2"))
    assert await world.flow.handle(record) == "read"
    assert {o.model.version for o in world.observations} == {"2"}


SCRIPT = [
    ("urn:a", "Ann: hopeful\nBob: warning"),
    ("urn:b", "Cid: hopeful"),
    ("urn:a", "Ann: warning"),
    ("urn:b", None),
    ("urn:b", "Cid: hopeful\nDan: skeptical"),
]
CRASHES = ["find", "stories", "decide", "decided", "confirm", "confirmed", "unpark"]


def script(world: World) -> list[Incoming]:
    return [world.log.add(uri, body) for uri, body in SCRIPT]


@given(
    crashes=st.lists(
        st.one_of(st.sampled_from(CRASHES), st.integers(0, 12)), min_size=1, max_size=6
    ),
    back=st.lists(st.integers(0, 4), min_size=6, max_size=6),
)
async def test_whatever_crashes_the_log_is_the_same_but_for_identical_repeats(
    crashes: list[str | int], back: list[int]
) -> None:
    calm = World()
    for record in script(calm):
        await calm.flow.handle(record)

    shaken, position = World(), 0
    records, steps = script(shaken), list(zip(crashes, back, strict=False))
    while position < len(records):
        if steps:
            at, _ = steps[0]
            shaken.store.crash_at = at if isinstance(at, str) else None
            shaken.publisher.fail_at = at if isinstance(at, int) else None
        try:
            await shaken.flow.handle(records[position])
            position += 1
        except Crash:
            position = max(0, position - steps.pop(0)[1])
            shaken.restart()

    for topic in (TOPICS.observations, TOPICS.assignments):
        repeated = list(shaken.publisher.events(topic))
        assert len({event_id for event_id, _ in repeated}) == len(set(repeated))
        first_seen = list(dict.fromkeys(repeated))
        assert sorted(first_seen) == sorted(calm.publisher.events(topic))
    assert shaken.standing == calm.standing
    assert {s.id: s.total.tolist() for s in shaken.store.running.values()} == {
        s.id: s.total.tolist() for s in calm.store.running.values()
    }


async def test_another_language_is_passed_over() -> None:
    world = World()
    assert await world.add("urn:a", "Ann: hopeful", language="fr") == "unsupported-language"
    assert await world.add("urn:b", "Ann: hopeful") == "read"
    assert world.reader.read_uris == ["urn:b"]
    assert set(world.standing) == {"urn:b"}


async def test_another_language_is_refused_or_read_by_setting() -> None:
    with pytest.raises(InvalidInput, match="'fr', and the model reads en") as caught:
        await World("dead_letter").add("urn:a", "Ann: hopeful", language="fr")
    assert caught.value.stage == "language"
    assert await World("read").add("urn:a", "Ann: hopeful", language="fr") == "read"


async def test_a_version_in_another_language_takes_the_earlier_one_back() -> None:
    world = World()
    await world.add("urn:a", "Ann: hopeful", version=1)
    assert (
        await world.add("urn:a", "Ann: hopeful", language="fr", version=2) == "unsupported-language"
    )
    assert world.said == [("Ann", "active", 1), ("Ann", "withdrawn", 1)]
    assert await world.add("urn:a", "Ann: warning", version=3) == "read"
    assert world.said[2:] == [("Ann", "active", 3)]


async def test_an_older_version_in_another_language_takes_nothing_back() -> None:
    world = World()
    await world.add("urn:a", "Ann: hopeful", version=2)
    for version in (1, 2):
        await world.add("urn:a", "Ann: hopeful", language="fr", version=version)
    assert world.said == [("Ann", "active", 2)]


@pytest.mark.parametrize("crash", ["find", "stories", "decide", "decided", "confirm", "confirmed"])
async def test_what_a_crash_left_of_it_is_taken_back_after_all(crash: str) -> None:
    world = World()
    await world.add("urn:a", "Ann: hopeful", version=1)
    record = world.log.add("urn:a", "Ann: hopeful", language="fr", version=2)
    world.store.crash_at = crash
    with pytest.raises(Crash):
        await world.flow.handle(record)
    world.restart()
    assert await world.flow.handle(record) == "unsupported-language"
    assert {(name, status) for name, status, _ in world.said} == {
        ("Ann", "active"),
        ("Ann", "withdrawn"),
    }
    assert world.standing == {"urn:a": ()}
