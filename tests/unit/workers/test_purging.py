"""Purging on a real Redis, with reader and tracker in this process and topics in memory."""

import itertools
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs
from redis.asyncio import Redis

from flow_fakes import NOON, FakePublisher, FakeReader, decode_plain
from rebuild_world import Reading
from rule_reader import CONFUSION, MODEL
from stancewire.acts import Act
from stancewire.events import Assignment, Observation, Source, StanceChange
from stancewire.plumbing.clock import ManualClock
from stancewire.plumbing.envelope import Record, decode_event
from stancewire.plumbing.kafka import Topics
from stancewire.plumbing.settings import Settings
from stancewire.reading.languages import LanguageRule
from stancewire.stores.acts import Acts
from stancewire.stores.assignments import Assignments
from stancewire.stores.life import Life
from stancewire.stores.mending import MendableTracks
from stancewire.stores.track_index import TrackIndex
from stancewire.workers.erasing_log import Subject
from stancewire.workers.purging import Purge, Purged
from stancewire.workers.reading_flow import ReadingFlow
from stancewire.workers.rebuild_log import Log
from stancewire.workers.rebuilding import Rebuilt, rebuild
from stancewire.workers.records import Incoming, Outgoing
from stancewire.workers.tracker import detector
from stancewire.workers.tracking_flow import TrackingFlow
from story_builders import BY_VECTOR

TOPICS = Topics("stancewire")
ANN, BEN = "Ann Lindqvist", "Ben Okafor"
ANN_ID = "person:ann lindqvist"
FIRST = "Summit opens in Varnsdorf"
OUTLETS = ("Herald", "Courier", "Post", "Mirror")
_numbers = itertools.count()


class World(FakePublisher):
    """One reader and one tracker; what they publish lies in topics of one partition each."""

    def __init__(self, client: Redis) -> None:
        super().__init__()
        self.client = client
        self.namespace = f"purge{next(_numbers)}"
        self.logs: dict[str, list[Incoming]] = defaultdict(list)
        self.taken: dict[str, int] = defaultdict(int)
        self.clock = ManualClock(NOON)
        self.tracks_are_away = False

    async def start(self) -> None:
        """A new process of each worker."""
        life = Life(self.client, namespace=self.namespace)
        if not await life.find():
            await life.begin()
        self.reader = ReadingFlow(
            decode=_decode,
            read=FakeReader(),
            model=MODEL,
            store=Assignments(self.client, namespace=self.namespace, life=life),
            publisher=self,
            topics=TOPICS,
            rule=BY_VECTOR,
            clock=self.clock,
            languages=LanguageRule(supported=("en",), otherwise="skip"),
            acts=self._acts(life),
        )
        own = Life(self.client, namespace=self.namespace)
        await own.find()
        self.tracker = TrackingFlow(
            store=MendableTracks(self.client, namespace=self.namespace, life=own),
            publisher=self,
            topics=TOPICS,
            config=detector(Settings(), CONFUSION),
            acts=self._acts(own),
        )

    def _acts(self, life: Life) -> Acts:
        acts = Acts(self.client, namespace=self.namespace, life=life)
        acts.learn(self.events(TOPICS.acts, Act))
        return acts

    async def publish(self, records: Sequence[Outgoing]) -> None:
        for outgoing in records:
            self.put(outgoing.topic, outgoing.record)

    def send(self, topic: str, records: Sequence[Record]) -> None:
        for record in records:
            self.put(topic, record)

    def put(self, topic: str, record: Record) -> None:
        log = self.logs[topic]
        log.append(
            Incoming(
                topic=topic,
                partition=0,
                offset=len(log),
                key=record.key,
                value=record.value,
                headers=tuple(record.headers),
                timestamp=NOON + timedelta(hours=len(log)),
            )
        )

    def article(self, number: int, **fields: object) -> None:
        body = f"{ANN}: hopeful that matter {number}\n{BEN}: warning of danger {number}\n"
        title = FIRST if number == 0 else f"Summit goes on, day {number}"
        source = OUTLETS[number % len(OUTLETS)]
        whole = {"uri": f"urn:news:{number}", "title": title, "body": body, "source": source}
        value = json.dumps({**whole, **fields}).encode()
        self.put(TOPICS.articles, Record(key=f"urn:news:{number}".encode(), value=value))

    async def work(self) -> None:
        """Take everything that has come."""
        await self._take(TOPICS.articles, self.reader.handle)
        await self._take(TOPICS.observations, self.tracker.handle)

    async def _take(self, topic: str, handle: Any) -> None:
        while self.taken[topic] < len(self.logs[topic]):
            self.outcome = await handle(self.logs[topic][self.taken[topic]])
            self.taken[topic] += 1

    async def purge(self, subject: Subject, *, wait_s: float = 5.0) -> Purged:
        async def sleep(_: float) -> None:
            await self.work()

        work = Purge(
            subject,
            namespace=self.namespace,
            client=self.client,
            topics=TOPICS,
            read=lambda topic: list(self.logs[topic]),
            send=self.send,
            clock=self.clock,
            by="desk",
            keep_articles=timedelta(days=180),
        )
        return await work.run(wait_s=wait_s, sleep=sleep)

    async def rebuild(self) -> Rebuilt:
        @contextmanager
        def open_log(topic: str) -> Iterator[Log]:
            records = list(self.logs[topic])
            yield Log(Reading([records], 0), {0: len(records)})

        settings = Settings().replace(redis={"namespace": self.namespace})
        return await rebuild(
            settings,
            client=self.client,
            config=detector(settings, CONFUSION),
            clock=self.clock,
            open_log=open_log,
            committed=lambda _: {0: self.taken[TOPICS.observations]},
        )

    def events(self, topic: str, kind: type) -> list[Any]:
        found = [
            decode_event(record.value, record.headers)
            for record in self.logs[topic]
            if record.value is not None
        ]
        return [event for event in found if isinstance(event, kind)]

    async def holding(self, *traces: str) -> dict[str, list[str]]:
        """The keys in whose names or values each trace stands, as a plain search finds it."""
        found: dict[str, list[str]] = {}
        async for name in self.client.scan_iter(match=f"{{{self.namespace}}}:*"):
            raw = name + b" " + b" ".join(await self._value(name))
            for trace in traces:
                if trace.encode() in raw:
                    found.setdefault(trace, []).append(name.decode())
        return found

    async def _value(self, name: bytes) -> Iterable[bytes]:
        client: Any = self.client
        match await client.type(name):
            case b"string":
                return [await client.get(name)]
            case b"hash":
                return [part for pair in (await client.hgetall(name)).items() for part in pair]
            case b"zset":
                return await client.zrange(name, 0, -1)
            case b"list":
                return await client.lrange(name, 0, -1)
            case b"stream":
                rows = await client.xrange(name)
                return [part for _, pairs in rows for part in pairs.values()]
        raise AssertionError(f"{name!r} is of a type that this search does not know")


def _decode(incoming: Incoming) -> Any:
    """`decode_plain`, and each article of its own outlet."""
    decoded = decode_plain(incoming)
    if incoming.value is None:
        return decoded
    outlet = json.loads(incoming.value)["source"]
    return structs.replace(decoded, source=Source(name=outlet, owner=outlet))


def said(observation: Observation) -> str:
    return " ".join(statement.text for statement in observation.statements)


@pytest.fixture
async def world(redis_url: str) -> AsyncIterator[World]:
    client = Redis.from_url(redis_url)
    world = World(client)
    await world.start()
    for number in range(6):
        world.article(number)
    await world.work()
    yield world
    await client.aclose()


ARTICLE = Subject(kind="article", name="urn:news:0")
ACTOR = Subject(kind="actor", name=ANN_ID)
OF_ARTICLE = ("urn:news:0", FIRST, "hopeful that matter 0", "warning of danger 0")
OF_ACTOR = (ANN_ID, ANN, "hopeful that matter")


async def test_the_search_finds_all_of_it_before(world: World) -> None:
    assert set(await world.holding(*OF_ARTICLE, *OF_ACTOR)) == {*OF_ARTICLE, *OF_ACTOR}
    types = [change.type for change in world.events(TOPICS.changes, StanceChange)]
    assert types == ["established", "established"]


async def test_an_article_leaves_no_trace_in_redis(world: World) -> None:
    done = await world.purge(ARTICLE)
    assert done.is_done, done
    assert await world.holding(*OF_ARTICLE) == {}
    assert set(await world.holding("urn:news:1", "hopeful that matter 1", ANN)) == {
        "urn:news:1",
        "hopeful that matter 1",
        ANN,
    }


async def test_its_story_is_called_after_another_article(world: World) -> None:
    [renamed] = (await world.purge(ARTICLE)).renamed
    assert renamed.label == "Summit goes on, day 1"
    [line] = await TrackIndex(world.client, namespace=world.namespace).stories(limit=9)
    assert (line.id, line.label) == (renamed.id, renamed.label)
    world.article(6)
    await world.work()
    newest = world.events(TOPICS.observations, Observation)[-1]
    assert newest.story == renamed
    assert await world.holding(FIRST) == {}


async def test_its_records_take_it_back_and_name_no_more_than_they_must(world: World) -> None:
    before = len(world.logs[TOPICS.observations])
    await world.purge(ARTICLE)
    sent = world.logs[TOPICS.observations][before:]
    withdrawn = [decode_event(record.value, record.headers) for record in sent]
    assert [o.status for o in withdrawn] == ["withdrawn"] * 2
    for trace in (FIRST, "hopeful that", "Herald"):
        assert not any(trace.encode() in (record.value or b"") for record in sent)
    last = {record.key: record.value for record in world.logs[TOPICS.assignments]}
    assert last[b"urn:news:0"] is None
    assert world.logs[TOPICS.articles][-1].value is None
    acts = world.logs[TOPICS.acts]
    assert not any(b"urn:news:0" in (record.value or b"") for record in acts)


@pytest.mark.parametrize(("restarted", "acts_lost"), [(False, False), (True, False), (True, True)])
async def test_it_does_not_come_back(world: World, restarted: bool, acts_lost: bool) -> None:
    await world.purge(ARTICLE)
    if acts_lost:
        await world.client.delete(f"{{{world.namespace}}}:acts")
    if restarted:
        await world.start()
    world.article(0, version=9)
    await world.work()
    assert world.taken[TOPICS.articles] == len(world.logs[TOPICS.articles])
    assert await world.holding(*OF_ARTICLE) == {}


async def test_a_person_leaves_no_trace_in_redis(world: World) -> None:
    done = await world.purge(ACTOR)
    assert done.is_done, done
    assert await world.holding(*OF_ACTOR) == {}
    assert set(await world.holding(BEN, "warning of danger 0")) == {BEN, "warning of danger 0"}
    [line] = await TrackIndex(world.client, namespace=world.namespace).stories(limit=9)
    actors = await TrackIndex(world.client, namespace=world.namespace).actors(line.id, limit=9)
    assert [shown.actor.name for shown in actors] == [BEN]


async def test_what_was_published_of_a_person_is_taken_back(world: World) -> None:
    await world.purge(ACTOR)
    changes = world.events(TOPICS.changes, StanceChange)
    types = [change.type for change in changes if change.actor.id == ANN_ID]
    assert types[0] == "established"
    assert types[-1] == "retracted"
    assert [c.type for c in changes if c.actor.name == BEN] == ["established"]


async def test_assignments_forget_a_person(world: World) -> None:
    await world.purge(ACTOR)
    last = {record.key: record for record in world.logs[TOPICS.assignments]}
    assert len(last) == 6
    for record in last.values():
        event = decode_event(record.value, record.headers)
        assert isinstance(event, Assignment)
        assert ANN_ID not in (record.value or b"").decode()
        assert len(event.actors) == len(event.keys) == 1


@pytest.mark.parametrize(("restarted", "acts_lost"), [(False, False), (True, False), (True, True)])
async def test_a_person_does_not_come_back_by_a_replay_of_retained_articles(
    world: World, restarted: bool, acts_lost: bool
) -> None:
    await world.purge(ACTOR)
    if acts_lost:
        await world.client.delete(f"{{{world.namespace}}}:acts")
    if restarted:
        await world.start()
    for number in range(8):
        body = f"{ANN}: hopeful that matter {number}\n{BEN}: warning of risk {number}\n"
        world.article(number, body=body, version=2)
    await world.work()
    assert await world.holding(*OF_ACTOR) == {}
    later = [o for o in world.events(TOPICS.observations, Observation) if "risk" in said(o)]
    assert {o.actor.name for o in later} == {BEN}
    assert len(later) == 8


async def test_an_observation_that_was_under_way_is_not_tracked(world: World) -> None:
    under_way = next(
        record
        for record in world.logs[TOPICS.observations]
        if record.key is not None and record.key.endswith(ANN_ID.encode())
    )
    await world.purge(ACTOR)
    world.put(
        TOPICS.observations,
        Record(key=under_way.key, value=under_way.value, headers=list(under_way.headers)),
    )
    await world.work()
    assert world.outcome == "erased"
    assert await world.holding(*OF_ACTOR) == {}


@pytest.mark.parametrize("subject", [ARTICLE, ACTOR])
async def test_purging_again_does_no_harm_and_sends_no_second_act(
    world: World, subject: Subject
) -> None:
    await world.purge(subject)
    sizes = {topic: len(world.logs[topic]) for topic in (TOPICS.acts, TOPICS.changes)}
    world.clock.advance(timedelta(days=1))
    done = await world.purge(subject)
    assert done.is_done
    assert sizes == {topic: len(world.logs[topic]) for topic in sizes}


@pytest.mark.parametrize("subject", [ARTICLE, ACTOR])
async def test_without_a_tracker_it_says_where_it_waits(world: World, subject: Subject) -> None:
    done = await world.purge(subject, wait_s=0)
    assert not done.is_done
    assert done.waiting
    await world.work()
    assert (await world.purge(subject)).is_done
    assert await world.holding(*(OF_ARTICLE if subject is ARTICLE else OF_ACTOR)) == {}


async def test_what_the_log_has_lost_is_found_in_redis(world: World) -> None:
    world.logs[TOPICS.observations].clear()
    world.taken[TOPICS.observations] = 0
    await world.client.delete(f"{{{world.namespace}}}:reader:article:urn:news:0")
    assert (await world.purge(ARTICLE)).is_done
    assert (await world.purge(ACTOR)).is_done
    assert await world.holding("hopeful that matter", "warning of danger 0") == {}


async def test_pages_keep_their_place_among_the_changes(world: World) -> None:
    index = TrackIndex(world.client, namespace=world.namespace)
    newest = await index.newest_position()
    before = await index.changes()
    await world.purge(ACTOR)
    kept = await index.changes()
    assert [c.actor.name for _, c in kept] == [BEN]
    assert {position for position, _ in kept} <= {position for position, _ in before}
    world.article(6, body=f"{BEN}: hopeful at last\n")
    for number in range(7, 16):
        world.article(number, body=f"{BEN}: hopeful at last, time {number}\n")
    await world.work()
    assert await index.changes(after=newest)


async def test_nobody_is_erased_who_is_not_there(world: World) -> None:
    done = await world.purge(Subject(kind="actor", name="person:nobody"))
    assert done.is_done
    assert (done.keys, done.withdrawn) == ([], 0)
    assert set(await world.holding(*OF_ACTOR)) == set(OF_ACTOR)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b'{"uri":"urn:news:0"}', True),
        (b"stancewire:reader:article:urn:news:0", True),
        (b"\xaaurn:news:0\x01", True),
        (b'{"uri":"urn:news:01"}', False),
        (b"stancewire:reader:article:urn:news:01", False),
        (b"\xaburn:news:01\x01", False),
    ],
)
def test_a_longer_name_is_another_one(text: bytes, found: bool) -> None:
    assert ARTICLE.is_in(text) is found


@pytest.mark.parametrize("redis_lost", [False, True])
@pytest.mark.parametrize("subject", [ARTICLE, ACTOR])
async def test_a_rebuild_leaves_it_out_and_finds_the_rest_as_it_is(
    world: World, subject: Subject, redis_lost: bool
) -> None:
    await world.purge(subject)
    if redis_lost:
        async for name in world.client.scan_iter(match=f"{{{world.namespace}}}:*"):
            await world.client.delete(name)
    rebuilt = await world.rebuild()
    if not redis_lost:
        assert rebuilt.is_equal, (rebuilt.tracks.examples, rebuilt.articles.examples)
    assert (await world.rebuild()).is_equal
    traces = OF_ARTICLE if subject is ARTICLE else OF_ACTOR
    assert await world.holding(*traces) == {}
    assert await world.holding(BEN)
    await world.start()
    world.article(0, version=9)
    await world.work()
    assert await world.holding(*traces) == {}
