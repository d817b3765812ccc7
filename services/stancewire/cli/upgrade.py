"""`stancewire upgrade`: move to another reading model without a change that is none."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, aclosing, asynccontextmanager
from functools import partial

import click
from redis.asyncio import Redis

from stancewire.cli.progress import progress
from stancewire.cli.sending import Sender, sending
from stancewire.errors import StancewireError
from stancewire.events import Article
from stancewire.plumbing.clock import SystemClock
from stancewire.plumbing.kafka import Topics
from stancewire.plumbing.redis import redis_client
from stancewire.plumbing.settings import Settings, load_settings
from stancewire.reading.protocols import ReaderLike, ReadingLike
from stancewire.stores.assignments import Assignments
from stancewire.stores.life import Life
from stancewire.stores.mending import MendableTracks
from stancewire.stores.shadow import Shadow
from stancewire.workers.following import committed_offsets, end_offsets
from stancewire.workers.reader import decode_article, keep_articles, keep_stories, named_reader
from stancewire.workers.rebuilding import kafka_log
from stancewire.workers.records import Outgoing
from stancewire.workers.rereading import Reread, Rereader
from stancewire.workers.tracker import named_detector
from stancewire.workers.upgrading import Difference, Upgrade


@click.group()
def upgrade() -> None:
    """Move to another reading model."""


@upgrade.command()
def plan() -> None:
    """Show what the model that the settings name would change.

    Reads every retained article again, which takes as long as reading it did; a run that is cut off
    goes on where it was. Services may go on meanwhile: nothing is published.
    """
    settings = load_settings()
    counts, difference = asyncio.run(_plan(settings, named_reader(settings)))
    for line in described(counts, difference):
        click.echo(line)


@upgrade.command()
def apply() -> None:
    """Move over to the model that the settings name.

    Stop the readers, wait until the trackers have no lag, stop them; run this; start all with the
    new settings. Done again after a crash it goes on where it was.
    """
    settings = load_settings()
    _require_drained(settings)
    counts, difference = asyncio.run(_apply(settings, named_reader(settings)))
    for line in described(counts, difference):
        click.echo(line)
    click.echo("published; start trackers and readers with these settings")


def described(counts: Reread, difference: Difference) -> list[str]:
    """What an upgrade changes, for people."""
    read = counts.read + counts.known
    lines = [
        f"{read} articles read again, {counts.current} were this model's already",
        f"{difference.different} of {difference.keys} actors in stories hold another stance",
    ]
    moves = sorted(difference.moves.items(), key=lambda move: -move[1])
    lines += [f"  {before} becomes {after}: {count}" for (before, after), count in moves]
    return lines + [f"  {example}" for example in difference.examples]


async def _plan(settings: Settings, reader: ReaderLike) -> tuple[Reread, Difference]:
    async with _upgrade(settings, reader) as (counts, moving):
        return counts, await moving.plan()


async def _apply(settings: Settings, reader: ReaderLike) -> tuple[Reread, Difference]:
    topics = Topics(settings.kafka.topic_prefix)
    async with _upgrade(settings, reader) as (counts, moving):
        with ExitStack() as stack:
            senders = {
                topic: stack.enter_context(sending(settings.kafka, topic))
                for topic in (topics.observations, topics.assignments)
            }
            return counts, await moving.apply(_Senders(senders), topics)


@asynccontextmanager
async def _upgrade(settings: Settings, reader: ReaderLike) -> AsyncIterator[tuple[Reread, Upgrade]]:
    """The upgrade to a reader's model, with every retained article read again."""
    namespace = settings.redis.namespace
    async with aclosing(redis_client(settings.redis)) as client:
        life = Life(client, namespace=namespace)
        if not await life.find():
            raise StancewireError("Redis holds nothing to upgrade; run `stancewire rebuild` first")
        shadow = Shadow(client, namespace=namespace, model_version=reader.model.version)
        articles = _articles(settings, client, life)
        counts = await _read_again(settings, reader, articles=articles, shadow=shadow)
        yield (
            counts,
            Upgrade(
                model=reader.model,
                shadow=shadow,
                articles=articles,
                tracks=MendableTracks(client, namespace=namespace, life=life),
                config=named_detector(settings),
                clock=SystemClock(),
            ),
        )


def _articles(settings: Settings, client: Redis, life: Life) -> Assignments:
    keep = keep_stories(settings)
    return Assignments(
        client,
        namespace=settings.redis.namespace,
        keep_articles=keep_articles(settings),
        keep_stories=keep,
        life=life,
    )


async def _read_again(
    settings: Settings, reader: ReaderLike, *, articles: Assignments, shadow: Shadow
) -> Reread:
    async def read(article: Article) -> ReadingLike:
        return await asyncio.to_thread(reader.read, article)

    rereader = Rereader(
        model=reader.model,
        decode=partial(decode_article, max_bytes=settings.intake.max_body_bytes),
        read=read,
        articles=articles,
        shadow=shadow,
    )
    with (
        kafka_log(settings, Topics(settings.kafka.topic_prefix).articles) as log,
        progress("Reading articles again") as done,
    ):
        return await rereader.run(log.first_pass(), done=done)


def _require_drained(settings: Settings) -> None:
    """Raise StancewireError while trackers have observations to take."""
    topic = Topics(settings.kafka.topic_prefix).observations
    done = committed_offsets(settings.kafka, f"{settings.kafka.group_prefix}-tracker")
    ends = end_offsets(settings.kafka, [topic])
    left = sum(max(end - done.get(place, 0), 0) for place, end in ends.items())
    if left:
        raise StancewireError(
            f"{left} observations are not tracked yet; stop the readers, let the trackers come to"
            " the end, stop them, and run this again"
        )


class _Senders:
    """A publisher with one sender a topic."""

    def __init__(self, senders: dict[str, Sender]) -> None:
        self._senders = senders

    async def publish(self, records: Sequence[Outgoing]) -> None:
        for outgoing in records:
            record = outgoing.record
            key = record.key.decode() if record.key is not None else None
            self._senders[outgoing.topic].send(record.value, key=key, headers=record.headers)
        for topic in dict.fromkeys(outgoing.topic for outgoing in records):
            self._senders[topic].confirm()
