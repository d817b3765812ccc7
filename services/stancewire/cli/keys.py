"""`stancewire keys`: who may use the HTTP interface."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

import click

from stancewire.plumbing.clock import SystemClock
from stancewire.plumbing.redis import redis_client
from stancewire.plumbing.settings import load_settings
from stancewire.stores.api_keys import SCOPES, ApiKeys, Scope

_T = TypeVar("_T")


@click.group()
def keys() -> None:
    """Make, list and revoke API keys."""


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    default=("read",),
    show_default=True,
    help="What it is good for; may be given more than once. admin is good for everything.",
)
def create(*, name: str, scopes: tuple[Scope, ...]) -> None:
    """Make a key for whoever NAME is, and print it.

    It is shown this once: only its hash is kept.
    """
    if not name.isprintable() or not 0 < len(name) <= 100:
        raise click.UsageError("NAME must have 1 to 100 printable characters")
    chosen = tuple(dict.fromkeys(scopes))
    text, key = _with_keys(lambda store: store.create(name, chosen, created_at=SystemClock().now()))
    click.echo(f"key {key.id} for {name}, good for {', '.join(chosen)}; shown only now:", err=True)
    click.echo(text)


@keys.command("list")
def show() -> None:
    """List the keys: id, scopes, when they were made, name."""
    for key in _with_keys(lambda store: store.list()):
        click.echo(f"{key.id}  {','.join(key.scopes):<18} {key.created_at:%Y-%m-%d}  {key.name}")


@keys.command()
@click.argument("id")
def revoke(*, id: str) -> None:
    """End the key with this ID (`stancewire keys list`), from its next request on."""
    if not _with_keys(lambda store: store.revoke(id)):
        click.echo(f"there is no key {id!r}; `stancewire keys list` shows all", err=True)
        sys.exit(1)
    click.echo(f"key {id} is revoked", err=True)


def _with_keys(act: Callable[[ApiKeys], Awaitable[_T]]) -> _T:
    settings = load_settings()

    async def run() -> _T:
        async with aclosing(redis_client(settings.redis)) as client:
            return await act(ApiKeys(client, namespace=settings.redis.namespace))

    return asyncio.run(run())
