"""`stancewire alerts`: look at deliveries, send them again, try rules."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from stancewire.alerting.loading import load_rules
from stancewire.alerting.values import Delivery
from stancewire.cli import render
from stancewire.cli.alert_trial import changes_in, told_by, trial
from stancewire.errors import StancewireError
from stancewire.plumbing.clock import SystemClock
from stancewire.plumbing.redis import redis_client
from stancewire.plumbing.settings import load_settings
from stancewire.reading.directory import ActorDirectory
from stancewire.stores.deliveries import Deliveries
from stancewire.stores.disabled_receivers import DisabledReceivers

_T = TypeVar("_T")
_DAY_S = 24 * 60 * 60
_SHORTEST_ID = 4
_SEARCHED = 100_000


class _Stores:
    def __init__(self, deliveries: Deliveries, disabled: DisabledReceivers) -> None:
        self.deliveries = deliveries
        self.disabled = disabled


@click.group()
def alerts() -> None:
    """Look at alerts, send them again, try rules.

    A delivery is what one receiver is told at once. It is named by its ID, or by how that begins.
    """


@alerts.command("list")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@click.option(
    "--state",
    type=click.Choice(["waiting", "sending", "delivered", "failed", "dropped"]),
    help="Only those; sending is what was tried and is to be tried again.",
)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON per delivery.")
def list_(*, limit: int, state: str | None, as_json: bool) -> None:
    """List deliveries, the newest first, and receivers that are disabled."""

    async def look(stores: _Stores) -> tuple[list[Delivery], dict[str, tuple[str, str]]]:
        searched = limit if state is None else _SEARCHED
        found = await stores.deliveries.newest(searched)
        return [one for one in found if state in (None, one.state)], await stores.disabled.all()

    found, disabled = _with_stores(look)
    for delivery in found[:limit]:
        if as_json:
            click.echo(msgspec.json.encode(delivery))
        else:
            click.echo(_line(delivery))
    for receiver, (_, reason) in sorted(disabled.items()):
        click.echo(
            f"{receiver} is disabled: {reason}; `stancewire alerts enable {receiver}` ends that",
            err=True,
        )


@alerts.command()
@click.argument("id")
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON.")
def show(*, id: str, as_json: bool) -> None:
    """Show a delivery with its alerts and what became of each try."""
    delivery = _with_stores(lambda stores: _named(stores.deliveries, id))
    if as_json:
        click.echo(msgspec.json.encode(delivery))
        return
    click.echo(_line(delivery))
    click.echo(f"id        {delivery.id}")
    click.echo(f"made      {delivery.created_at:%Y-%m-%d %H:%M:%S}Z")
    if delivery.is_open:
        click.echo(f"due       {delivery.due_at:%Y-%m-%d %H:%M:%S}Z")
    for notice in delivery.notices:
        click.echo(f"{notice.status:<9} {told_by(notice)}")
        click.echo(f"          change {notice.change.change_id}, alert {notice.alert_id}")
    for attempt in delivery.attempts:
        detail = render.plain(attempt.detail)
        click.echo(f"{attempt.at:%Y-%m-%d %H:%M:%S}Z  {attempt.reason}  {detail}".rstrip())


@alerts.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def redeliver(*, ids: tuple[str, ...]) -> None:
    """Deliver again, with the same id, what was delivered or given up.

    A running alerter does it. A receiver that remembers ids drops what it has.
    """

    async def ask(stores: _Stores) -> int:
        refused = 0
        for name in ids:
            delivery = await _named(stores.deliveries, name)
            now = SystemClock().now()
            if await stores.deliveries.redeliver(delivery.id, now=now) is None:
                click.echo(f"{delivery.id} is still being delivered", err=True)
                refused += 1
            else:
                click.echo(f"{delivery.id} is sent to {delivery.receiver} again", err=True)
        return refused

    if _with_stores(ask):
        sys.exit(1)


@alerts.command()
@click.argument("receiver")
def enable(*, receiver: str) -> None:
    """Deliver again to a RECEIVER that had asked for no more (HTTP 410)."""
    if not _with_stores(lambda stores: stores.disabled.remove(receiver)):
        click.echo(f"{receiver} was not disabled", err=True)
        sys.exit(1)
    click.echo(f"{receiver} is enabled; send again what it missed with `redeliver`", err=True)


@alerts.command()
@click.argument("rulefile", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--against",
    "file",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
    help="Changes as `stancewire tail changes --json` prints them; - is standard input.",
)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON per notice.")
def test(*, rulefile: Path, file: Path, as_json: bool) -> None:
    """Check RULEFILE, and show what would have fired on these changes. Sends nothing.

    Each change is taken at its own time, as if it came live.
    """
    rulebook = load_rules(rulefile, environ=os.environ)
    directory = ActorDirectory.load(load_settings().reader.actors_file)
    changes = changes_in(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())
    told = 0
    for notice, receivers, goes_at in trial(rulebook, changes, aliases=directory.names_of):
        told += 1
        if as_json:
            line = {"receivers": receivers, "goes_at": goes_at, "notice": notice}
            click.echo(msgspec.json.encode(line))
            continue
        when = render.moment(goes_at)
        click.echo(f"{when}  {notice.rule} -> {', '.join(receivers)}  {told_by(notice)}")
    click.echo(f"{told:,} notices from {len(changes):,} changes", err=True)


def _line(delivery: Delivery) -> str:
    first = delivery.notices[0]
    more = f" (+{len(delivery.notices) - 1})" if len(delivery.notices) > 1 else ""
    return (
        f"{delivery.id[:8]}  {render.moment(delivery.created_at)}  {delivery.state:<9}"
        f"  {delivery.tries:>2} tries  {delivery.rule} -> {delivery.receiver}"
        f"  {told_by(first)}{more}"
    )


async def _named(store: Deliveries, name: str) -> Delivery:
    found = await store.find(name)
    if found is not None:
        return found
    if len(name) >= _SHORTEST_ID:
        like = [one for one in await store.newest(_SEARCHED) if one.id.startswith(name)]
        if len(like) == 1:
            return like[0]
        if like:
            raise StancewireError(f"{len(like)} deliveries begin with {name}; give more of the id")
    raise StancewireError(f"there is no delivery {name!r}; `stancewire alerts list` shows them")


def _with_stores(act: Callable[[_Stores], Awaitable[_T]]) -> _T:
    settings = load_settings()

    async def run() -> _T:
        async with aclosing(redis_client(settings.redis)) as client:
            namespace = settings.redis.namespace
            keep_s = settings.alerter.keep_days * _DAY_S
            deliveries = Deliveries(client, namespace=namespace, keep_s=keep_s)
            return await act(_Stores(deliveries, DisabledReceivers(client, namespace=namespace)))

    return asyncio.run(run())
