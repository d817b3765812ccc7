"""`stancewire purge`: erase an article or a person everywhere."""

import asyncio
import getpass
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from datetime import datetime

import click

from stancewire.acts import ErasedKind
from stancewire.cli import render
from stancewire.cli.sending import sending
from stancewire.errors import StancewireError
from stancewire.plumbing.clock import SystemClock
from stancewire.plumbing.envelope import Record
from stancewire.plumbing.kafka import Topics, topic_specs
from stancewire.plumbing.redis import redis_client
from stancewire.plumbing.settings import Settings, load_settings
from stancewire.workers.erasing_log import Subject
from stancewire.workers.following import read_to_end
from stancewire.workers.purging import Purge, Purged, Send
from stancewire.workers.reader import keep_articles


@dataclass(kw_only=True)
class Remains:
    """The records of one partition that still name the subject."""

    records: int = 0
    last_offset: int = -1
    newest: datetime | None = None


@click.command()
@click.option("--article", metavar="URI", help="The article of this uri.")
@click.option("--actor", metavar="ID", help="The actor of this id, such as person:jane-doe.")
@click.option("--reason", help="Why; it is kept with the act, so let it name nobody.")
@click.option("--by", help="Who decided it.  [default: the user of this machine]")
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    help="Seconds to wait for the trackers to do their part.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def purge(
    *,
    article: str | None,
    actor: str | None,
    reason: str | None,
    by: str | None,
    wait_s: float,
    yes: bool,
) -> None:
    """Erase an article or a person everywhere.

    It goes from Redis, and by record from the topics; it never comes back, whatever is published
    or replayed later. What lies in topics that Kafka cannot alter is listed at the end, with the
    time at which retention removes it. Doing it again is safe.
    """
    if (article is None) == (actor is None):
        raise click.UsageError("give either --article URI or --actor ID")
    kind: ErasedKind = "article" if actor is None else "actor"
    subject = Subject(kind=kind, name=article or actor or "")
    if not yes:
        named = render.plain(subject.name)
        click.confirm(f"Erase the {kind} {named} for good?", abort=True, err=True)
    settings = load_settings()
    with _publishing(settings) as send:
        done = asyncio.run(
            _purge(settings, subject, send, by=by or _user(), reason=reason, wait_s=wait_s)
        )
    _report(done, subject)
    for line in _remaining(settings, subject):
        click.echo(line)
    if not done.is_done:
        raise click.exceptions.Exit(1)


async def _purge(
    settings: Settings,
    subject: Subject,
    send: Send,
    *,
    by: str,
    reason: str | None,
    wait_s: float,
) -> Purged:
    async with aclosing(redis_client(settings.redis)) as client:
        work = Purge(
            subject,
            namespace=settings.redis.namespace,
            client=client,
            topics=Topics(settings.kafka.topic_prefix),
            read=lambda topic: read_to_end(settings.kafka, [topic]),
            send=send,
            clock=SystemClock(),
            by=by,
            keep_articles=keep_articles(settings),
            reason=reason,
        )
        return await work.run(wait_s=wait_s)


@contextmanager
def _publishing(settings: Settings) -> Iterator[Send]:
    with sending(settings.kafka, Topics(settings.kafka.topic_prefix).observations) as sender:

        def send(topic: str, records: Sequence[Record]) -> None:
            for one in records:
                sender.send(one.value, key=one.key, headers=one.headers, topic=topic)
            sender.confirm()

        yield send


def _report(done: Purged, subject: Subject) -> None:
    click.echo(f"{len(done.keys):,} stories of actors held it; {done.withdrawn:,} withdrawals sent")
    for story in done.renamed:
        click.echo(
            f"the story {story.id} was called after it, and is now {render.plain(story.label)}"
        )
    for key in done.waiting:
        click.echo(
            f"no tracker has taken it out of {render.plain(key)} yet; see that one runs, then purge"
            " again",
            err=True,
        )
    for name in done.left:
        click.echo(f"Redis still holds it in {render.plain(name)}; purge again", err=True)
    if done.is_done:
        click.echo(f"Redis holds nothing of the {subject.kind} any more")


def _remaining(settings: Settings, subject: Subject) -> Iterator[str]:
    """What topics still hold, and until when."""
    for spec in topic_specs(settings.kafka):
        found: defaultdict[int, Remains] = defaultdict(Remains)
        for record in read_to_end(settings.kafka, [spec.name]):
            headers = [value for _, value in record.headers]
            if subject.is_all_of(record.key) or subject.is_in(record.key, record.value, *headers):
                one = found[record.partition]
                one.records += 1
                one.last_offset, one.newest = record.offset, record.timestamp
        for partition, one in sorted(found.items()):
            yield (
                f"{spec.name}[{partition}] still holds it in {one.records:,} records up to offset"
                f" {one.last_offset}; {_until(spec.configs, one.newest)}"
            )


def _until(configs: dict[str, str], newest: datetime | None) -> str:
    if configs["cleanup.policy"] == "compact":
        return "compaction removes them"
    days = int(configs["retention.ms"]) // 86_400_000
    if int(configs["retention.ms"]) < 0 or newest is None:
        return "this topic keeps its records for ever"
    return f"retention removes them {days} days after {newest:%Y-%m-%d}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:
        raise StancewireError("this user has no name; say who decides it with --by") from error
