"""`stancewire rebuild`: compare Redis with the topics, and put right what differs."""

import asyncio
import sys
from contextlib import aclosing

import click

from stancewire.plumbing.clock import SystemClock
from stancewire.plumbing.redis import redis_client
from stancewire.plumbing.settings import Settings, load_settings
from stancewire.workers.rebuild_tracks import Compared
from stancewire.workers.rebuilding import Rebuilt
from stancewire.workers.rebuilding import rebuild as run_rebuild
from stancewire.workers.tracker import named_detector


@click.command()
@click.option("--check", is_flag=True, help="Only compare; exit 1 where something differs.")
@click.option(
    "--force",
    is_flag=True,
    help="Take the topic's word also where its oldest observations have left it.",
)
def rebuild(*, check: bool, force: bool) -> None:
    """Fold Redis anew from the topics, and compare.

    What differs is put right. Services may go on meanwhile; nothing is published. Exit 0 where
    Redis is now as the topics have it, 1 where it is not.
    """
    settings = load_settings()
    found = asyncio.run(_rebuild(settings, swap=not check, force=force))
    for line in summary(found):
        click.echo(line)
    sys.exit(0 if is_right(found) else 1)


async def _rebuild(settings: Settings, *, swap: bool, force: bool) -> Rebuilt:
    config = named_detector(settings)
    async with aclosing(redis_client(settings.redis)) as client:
        return await run_rebuild(
            settings, client=client, config=config, clock=SystemClock(), swap=swap, force=force
        )


def is_right(found: Rebuilt) -> bool:
    """Whether Redis is as the topics have it, now that the rebuild has ended."""
    return all(
        each.swapped == each.different + each.missing + each.unknown
        for each in (found.tracks, found.articles)
    )


def summary(found: Rebuilt) -> list[str]:
    """What was found and done, for people."""
    rate = found.observations / found.seconds if found.seconds else 0.0
    million = 1_000_000 / rate / 60 if rate else 0.0
    lines = [
        f"{found.observations:,} observations folded in {found.seconds:,.1f} s: {rate:,.0f}/s,"
        f" {million:,.1f} minutes per million"
    ]
    if found.had_lost_everything:
        lines.append("Redis had lost everything")
    lines += _lines("actors in stories", found.tracks)
    lines += _lines("articles", found.articles)
    if found.parked:
        lines.append(f"{found.parked} articles under embargo wait again")
    if not found.is_whole and found.tracks.different + found.tracks.unknown:
        lines.append(
            "the oldest observations have left their topic, which may be why keys differ; they are"
            " left as they are unless --force is given"
        )
    return lines


def _lines(what: str, compared: Compared) -> list[str]:
    if compared.is_equal:
        return [f"{what}: {compared.equal} equal to the byte"]
    counts = (
        f"{what}: {compared.equal} equal, {compared.different} different, {compared.missing}"
        f" missing, {compared.unknown} unknown to the log; {compared.swapped} put right"
    )
    return [counts, *(f"  {example}" for example in compared.examples)]
