"""The run behind `stancewire demo`, with stand-ins for the services on the embedded broker."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from kafka import KafkaConsumer

from patience import wait_for
from stancewire import coverage
from stancewire.cli.letters import Letter
from stancewire.cli.playing import Playing
from stancewire.cli.sending import Sender, sending
from stancewire.errors import InvalidInput, Unavailable
from stancewire.events import (
    Actor,
    ActorRef,
    Article,
    ArticleRef,
    Assignment,
    Detector,
    ModelRef,
    Observation,
    Source,
    Stance,
    StanceChange,
    StanceReading,
    StanceSince,
    StoryRef,
    Support,
)
from stancewire.intake.decode import decode
from stancewire.plumbing.embedded import embedded_kafka
from stancewire.plumbing.envelope import Record, decode_event, encode
from stancewire.plumbing.kafka import Topics, apply_topics
from stancewire.plumbing.kafka_clients import client_options
from stancewire.plumbing.sections import KafkaSettings
from stancewire.workers.dead_letters import dead_letter
from stancewire.workers.following import incoming_of
from stancewire.workers.records import Incoming

MODEL = ModelRef(name="stand-in", version="1")
STORY = StoryRef(id="s", label="A story")
SCORES = dict.fromkeys(Stance, 0.25)
ACTOR = Actor(id="person:a", name="A", kind="person")


class Outputs:
    """The topics to which stand-ins write, by their attribute in `Topics`."""

    def __init__(self, senders: dict[str, Sender]) -> None:
        self._senders = senders

    def send(self, name: str, record: Record) -> None:
        key = (record.key or b"").decode()
        self._senders[name].send(record.value, key=key, headers=record.headers)

    def confirm(self) -> None:
        for sender in self._senders.values():
            sender.confirm()


Take = Callable[[Incoming, Outputs], None]


class Shown:
    """A screen that remembers."""

    def __init__(self) -> None:
        self.changes: list[StanceChange] = []
        self.letters: list[tuple[str | None, datetime]] = []
        self.progress: list[tuple[int, int]] = []

    def changed(self, change: StanceChange) -> None:
        self.changes.append(change)

    def buried(self, letter: Letter, at: datetime) -> None:
        self.letters.append((letter.key, at))

    def progressed(self, done: int, total: int) -> None:
        self.progress.append((done, total))


def refer(uri: str, version: int, at: datetime) -> ArticleRef:
    source = Source(name="a", owner="a")
    return ArticleRef(
        uri=uri, version=version, title="", url=None, language="en", source=source, published_at=at
    )


def read(incoming: Incoming, outputs: Outputs) -> None:
    """What a reader does with a record, the reading left out."""
    try:
        value = decode(
            incoming.value or b"", key=incoming.key, headers=(), received_at=incoming.timestamp
        )
    except InvalidInput as error:
        outputs.send("articles_dlq", dead_letter(incoming, error))
        return
    article = refer(value.uri, value.version or 1, incoming.timestamp)
    is_active = isinstance(value, Article)
    if not is_active:
        article = refer(value.uri, 1, incoming.timestamp)
    observation = Observation(
        observation_id=value.uri,
        status="active" if is_active else "withdrawn",
        article=article,
        story=STORY,
        actor=ACTOR,
        stance=StanceReading(label=Stance.HOPEFUL, confidence=0.9, scores=SCORES),
        statements=(),
        model=MODEL,
        observed_at=incoming.timestamp,
    )
    assignment = Assignment(
        article=article,
        status=observation.status,
        story=STORY if is_active else None,
        story_external=None,
        embedding=None,
        actors=(),
        keys=(),
        digest="",
        model=MODEL,
        assigned_at=incoming.timestamp,
    )
    outputs.send("observations", encode(observation))
    outputs.send("assignments", encode(assignment))


def track(incoming: Incoming, outputs: Outputs) -> None:
    """What a tracker does with an observation, were each a change of stance."""
    observation = decode_event(incoming.value, incoming.headers)
    assert isinstance(observation, Observation)
    since = StanceSince(stance=Stance.HOPEFUL, since=incoming.timestamp, confidence=0.9)
    change = StanceChange(
        change_id=f"{incoming.partition}-{incoming.offset}",
        sequence=incoming.offset,
        type="changed",
        story=STORY,
        actor=ActorRef(id="person:a", name="A", kind="person"),
        previous=since,
        current=since,
        support=Support(statements=3, articles=3, sources=3),
        evidence=(),
        detector=Detector(name="d", statistic=5.1, threshold=5.0),
        supersedes=None,
        model=MODEL,
        occurred_at=incoming.timestamp,
        recorded_at=incoming.timestamp,
    )
    outputs.send("changes", encode(change))


@contextmanager
def service(kafka: KafkaSettings, name: str, topic: str, take: Take) -> Iterator[None]:
    """Run a stand-in in a thread; it commits a record after all of it was acknowledged."""
    ended = threading.Event()
    topics = Topics(kafka.topic_prefix)
    consumer: Any = KafkaConsumer(
        getattr(topics, topic),
        **client_options(kafka),
        group_id=f"{kafka.group_prefix}-{name}",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=6000,
        heartbeat_interval_ms=2000,
    )
    names = ("observations", "assignments", "changes", "articles_dlq")

    def run() -> None:
        with ExitStack() as stack:
            stack.callback(consumer.close)
            senders = {
                each: stack.enter_context(sending(kafka, getattr(topics, each))) for each in names
            }
            outputs = Outputs(senders)
            while not ended.is_set():
                for records in consumer.poll(timeout_ms=100).values():
                    for record in records:
                        take(incoming_of(record), outputs)
                outputs.confirm()
                consumer.commit()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.fixture(scope="module")
def servers() -> Iterator[str]:
    with embedded_kafka() as address:
        yield address


@pytest.fixture
def kafka(servers: str, request: pytest.FixtureRequest) -> KafkaSettings:
    """Topics and groups of the test's own on the module's broker."""
    prefix = request.node.name.replace("_", "-")[:60]
    settings = KafkaSettings(
        bootstrap_servers=servers, partitions=2, topic_prefix=prefix, group_prefix=prefix
    )
    apply_topics(settings)
    return settings


def playing(kafka: KafkaSettings, shown: Shown, *, patience_s: float = 30) -> Playing:
    entries = coverage.load(date(2026, 11, 9))
    return Playing(kafka, entries, screen=shown, clock=time.monotonic, patience_s=patience_s)


def test_ends_when_all_is_read_tracked_and_shown(kafka: KafkaSettings) -> None:
    shown = Shown()

    def read_slowly(incoming: Incoming, outputs: Outputs) -> None:
        read(incoming, outputs)
        if incoming.offset % 10 == 0:
            threading.Event().wait(0.2)

    with (
        service(kafka, "reader", "articles", read_slowly),
        service(kafka, "tracker", "observations", track),
    ):
        run = playing(kafka, shown)
        outcome = run.play()
    assert outcome is not None
    assert outcome.lost == []
    assert (outcome.published, outcome.read, outcome.withdrawn, outcome.refused) == (60, 57, 1, 2)
    times = {entry.key: entry.at for entry in coverage.load(date(2026, 11, 9))}
    assert len(shown.letters) == 2
    assert all(at == times[key] for key, at in shown.letters if key)
    assert len(shown.changes) == outcome.changes == 58
    assert shown.progress[-1] == (60, 60)
    ((_, (standing,)),) = run.board.standings()
    assert standing.articles.total() == 55, "57 versions of 56 articles, one of them withdrawn"


def test_says_what_was_not_processed(kafka: KafkaSettings) -> None:
    def read_badly(incoming: Incoming, outputs: Outputs) -> None:
        if incoming.key == b"https://elbkurier.example/a03":
            return
        if incoming.key == b"https://ledger.example/a04":
            outputs.send("articles_dlq", dead_letter(incoming, ValueError("the model broke")))
            return
        read(incoming, outputs)

    with (
        service(kafka, "reader", "articles", read_badly),
        service(kafka, "tracker", "observations", track),
    ):
        outcome = playing(kafka, Shown()).play()
    assert outcome is not None
    assert outcome.lost == [
        "https://elbkurier.example/a03: neither read nor a dead letter",
        "https://ledger.example/a04: the model broke",
    ]
    assert outcome.read == 55


def test_gives_up_when_nothing_happens_any_more(kafka: KafkaSettings) -> None:
    with (
        service(kafka, "reader", "articles", read),
        pytest.raises(Unavailable, match=r"nothing has happened for 6 s.*60 of 60 articles read"),
    ):
        playing(kafka, Shown(), patience_s=6).play()


def test_stops_when_told(kafka: KafkaSettings) -> None:
    run = playing(kafka, Shown())
    run.stopped.set()
    assert run.play() is None


def test_lingering_publishes_what_comes_in_live(kafka: KafkaSettings) -> None:
    shown = Shown()
    late = coverage.live()[:3]
    published = []

    def read_noting(incoming: Incoming, outputs: Outputs) -> None:
        published.append(incoming.timestamp)
        read(incoming, outputs)

    with (
        service(kafka, "reader", "articles", read_noting),
        service(kafka, "tracker", "observations", track),
    ):
        run = Playing(kafka, [], screen=shown, clock=time.monotonic)
        lingering = threading.Thread(target=run.linger, args=(late,), kwargs={"every_s": 0.5})
        lingering.start()
        wait_for(lambda: len(shown.changes) == len(late), what="all were published", seconds=60)
        run.stopped.set()
        lingering.join()
    assert max(published) - min(published) >= timedelta(seconds=0.9), "one after the other"
