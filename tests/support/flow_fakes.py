"""Kafka, Redis and the model as the reader's flow sees them, in memory, failing on request."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from rule_reader import RuleReader, RuleReading
from stancewire.errors import InvalidInput, Unavailable
from stancewire.events import Article, Source, Withdrawal, utc
from stancewire.stores.assignments import Decision, Stories
from stancewire.stores.recorded import Parked, Recorded, pack, unpack
from stancewire.stories.running import RunningStory
from stancewire.workers.records import Incoming, Outgoing

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Crash(BaseException):
    """The process dies here."""


class FakeReader:
    def __init__(self) -> None:
        self.read_uris: list[str] = []

    async def __call__(self, article: Article) -> RuleReading:
        self.read_uris.append(article.uri)
        if "explode" in article.body:
            raise ZeroDivisionError("the model broke")
        return RuleReader().read(article)


def decode_plain(incoming: Incoming) -> Article | Withdrawal:
    """The plain shape only, as small as the flow's tests need it."""
    if incoming.value is None:
        if incoming.key is None:
            raise InvalidInput("neither key nor value", stage="decode")
        return Withdrawal(uri=incoming.key.decode())
    try:
        fields = json.loads(incoming.value)
    except ValueError as error:
        raise InvalidInput(f"not JSON: {error}", stage="decode") from error
    if fields.get("withdrawn"):
        return Withdrawal(uri=fields["uri"], version=fields.get("version"))
    embargo = fields.get("embargoed_until")
    return Article(
        uri=fields["uri"],
        title=fields.get("title", "Summit"),
        body=fields["body"],
        language=fields.get("language", "en"),
        source=Source(name="Herald", owner="Herald Group"),
        published_at=incoming.timestamp,
        version=fields.get("version"),
        story=fields.get("story"),
        embargoed_until=utc(datetime.fromisoformat(embargo)) if embargo else None,
    )


@dataclass
class Log:
    """One partition of the articles topic; its records are a minute apart."""

    records: list[Incoming] = field(default_factory=list)

    def add(self, uri: str, body: str | None = None, **fields: object) -> Incoming:
        value = None if body is None else json.dumps({"uri": uri, "body": body, **fields}).encode()
        return self.put(uri.encode(), value)

    def put(self, key: bytes | None, value: bytes | None, *headers: tuple[str, bytes]) -> Incoming:
        record = Incoming(
            topic="stancewire.articles",
            partition=0,
            offset=len(self.records),
            key=key,
            value=value,
            headers=headers,
            timestamp=NOON + timedelta(minutes=len(self.records)),
        )
        self.records.append(record)
        return record


class FakePublisher:
    """`fail_at` counts records: that one raises, those before it in the same call are published."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.fail_at: int | None = None
        self.error: type[BaseException] = Crash

    async def publish(self, records: Sequence[Outgoing]) -> None:
        for outgoing in records:
            if self.fail_at == len(self.sent):
                self.fail_at = None
                raise self.error("publishing failed")
            self.sent.append(outgoing)

    def to(self, topic: str) -> list[Outgoing]:
        return [outgoing for outgoing in self.sent if outgoing.topic == topic]

    def events(self, topic: str) -> Iterator[tuple[str, bytes]]:
        """`ce_id` and value of each record on a topic."""
        for outgoing in self.to(topic):
            yield dict(outgoing.record.headers)["ce_id"].decode(), outgoing.record.value or b""


class FailingStore:
    """Dies once at the call named `crash_at`, and is away for the next `away` calls."""

    def __init__(self) -> None:
        self.crash_at: str | None = None
        self.away = 0

    def _call(self, name: str) -> None:
        if self.away:
            self.away -= 1
            raise Unavailable("Redis is away")
        if self.crash_at == name:
            self.crash_at = None
            raise Crash(name)


class FakeStore(FailingStore):
    """The assignments in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.articles: dict[str, bytes] = {}
        self.running: dict[str, RunningStory] = {}
        self.revision = 0
        self.parked: dict[str, Parked] = {}

    async def find(self, uri: str) -> Recorded | None:
        self._call("find")
        raw = self.articles.get(uri)
        return None if raw is None else unpack(raw, Recorded)

    async def stories(self) -> Stories:
        self._call("stories")
        return Stories(epoch=b"e", revision=self.revision, running=dict(self.running))

    async def decide(
        self,
        recorded: Recorded,
        *,
        instead_of: Recorded | None,
        stories: Stories,
        changed: Sequence[RunningStory] = (),
    ) -> Decision:
        self._call("decide")
        if self.articles.get(recorded.uri) != (pack(instead_of) if instead_of else None):
            return Decision.ARTICLE_CHANGED
        if changed and stories.revision != self.revision:
            return Decision.STORIES_CHANGED
        for story in changed:
            if story.articles:
                self.running[story.id] = replace(story)
            else:
                self.running.pop(story.id, None)
        self.revision += bool(changed)
        self.articles[recorded.uri] = pack(recorded)
        self._call("decided")
        return Decision.DECIDED

    async def confirm(self, recorded: Recorded, *, as_published: Recorded) -> bool:
        self._call("confirm")
        if self.articles.get(recorded.uri) != pack(recorded):
            return False
        self.articles[recorded.uri] = pack(as_published)
        self._call("confirmed")
        return True

    async def park(self, uri: str, parked: Parked) -> None:
        self._call("park")
        self.parked[uri] = parked

    async def unpark(self, uri: str) -> None:
        self._call("unpark")
        self.parked.pop(uri, None)

    async def due(self, now: datetime, *, limit: int = 100) -> Sequence[tuple[str, Parked]]:
        self._call("due")
        return [(uri, parked) for uri, parked in self.parked.items() if parked.due <= now][:limit]

    async def release(self, uri: str, parked: Parked) -> None:
        self._call("release")
        if self.parked.get(uri) == parked:
            del self.parked[uri]
