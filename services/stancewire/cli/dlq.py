"""`stancewire dlq`: look at dead letters, replay or discard them."""

import base64
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stancewire.cli import render
from stancewire.cli.letter_file import (
    OPEN,
    Filed,
    Filter,
    file_letters,
    is_named,
    moment_since,
    originals,
)
from stancewire.cli.letter_text import described
from stancewire.cli.progress import progress
from stancewire.cli.sending import Sender, sending
from stancewire.errors import InvalidInput, StancewireError
from stancewire.plumbing.kafka import Topics
from stancewire.plumbing.settings import Settings, load_settings
from stancewire.workers.dead_letters import Fate, id_of, mark, original_of
from stancewire.workers.following import read_to_end
from stancewire.workers.records import Incoming

_BATCH = 200
_BATCH_BYTES = 32 * 1024 * 1024
_REASON_LENGTH = 160


@click.group()
def dlq() -> None:
    """Look at dead letters, replay or discard them.

    A letter is named by its ID, `PARTITION-OFFSET` or `TOPIC-PARTITION-OFFSET`, as `list` shows it.
    What became of a letter is recorded in the dead-letter topic itself.
    """


def _filtered(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that filter letters, as one argument `wanted`."""

    @click.option("--stage", "stages", multiple=True, help="Given up at this stage; repeatable.")
    @click.option("--exception", help="These words in the exception's class or message.")
    @click.option("--topic", help="Came from this topic.")
    @click.option("--since", help="Given up since then: 90m, 2h, 3d, or 2026-03-01T08:00.")
    @wraps(command)
    def with_filter(
        *args: Any,
        stages: tuple[str, ...],
        exception: str | None,
        topic: str | None,
        since: str | None,
        **kwargs: Any,
    ) -> None:
        try:
            begin = moment_since(since, now=datetime.now(UTC)) if since else None
        except ValueError as error:
            raise click.BadParameter(
                f"{since!r} is no time; write 90m, 2h, 3d or 2026-03-01T08:00", param_hint="--since"
            ) from error
        wanted = Filter(stages=stages, exception=exception, topic=topic, since=begin)
        command(*args, wanted=wanted, **kwargs)

    return with_filter


@dlq.command("list")
@_filtered
@click.option("--all", "with_closed", is_flag=True, help="Also what was replayed or discarded.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON per letter.")
def list_(*, wanted: Filter, with_closed: bool, as_json: bool) -> None:
    """List the open dead letters, oldest first."""
    letters = [
        letter
        for letter in _letters(load_settings())
        if wanted.takes(letter) and (with_closed or letter.state == OPEN)
    ]
    if as_json:
        for letter in letters:
            click.echo(msgspec.json.encode(asdict(letter)))
        return
    _print_table(letters)
    click.echo(f"{len(letters):,} dead letters", err=True)


@dlq.command()
@click.argument("letter_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="As JSON, the value in base64.")
@click.option("--raw", is_flag=True, help="Only the value, byte for byte.")
@click.option("--whole", is_flag=True, help="A long value to its end.")
def show(letter_id: str, *, as_json: bool, raw: bool, whole: bool) -> None:
    """Show one letter, and how to mend it."""
    settings = load_settings()
    letter = _named(_letters(settings), [letter_id])[0]
    record = next(originals(_records(settings), letter.id.__eq__))
    if raw:
        sys.stdout.buffer.write(record.value or b"")
    elif as_json:
        headers = [(name, base64.b64encode(value).decode()) for name, value in record.headers]
        value = None if record.value is None else base64.b64encode(record.value).decode()
        whole_letter = {**asdict(letter), "headers_base64": headers, "value_base64": value}
        click.echo(msgspec.json.encode(whole_letter))
    else:
        for line in described(letter, record, whole=whole):
            click.echo(line)


@dlq.command()
@click.argument("letter_ids", nargs=-1, metavar="[ID]...")
@_filtered
@click.option("--again", is_flag=True, help="Also what was replayed or discarded before.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def replay(letter_ids: Sequence[str], *, wanted: Filter, again: bool, yes: bool) -> None:
    """Publish records again where they came from, as they were received.

    Take letters by ID or by filters. A record that fails again becomes a new letter with one
    attempt more. A letter that was replayed or discarded is passed over unless --again is given.
    """
    settings = load_settings()
    chosen = _chosen(settings, letter_ids, wanted, again=again)
    _ask("Replay", chosen, yes=yes)
    topics = Topics(settings.kafka.topic_prefix)
    takes = (topics.articles, topics.observations)

    def send(sender: Sender, record: Incoming, letter: Filed) -> None:
        if letter.topic not in takes:
            raise InvalidInput(
                f"it came from {render.plain(letter.topic) or 'an unknown topic'}, which no service"
                f" with kafka.topic_prefix = {settings.kafka.topic_prefix} reads; publish it there"
                " by other means, or discard it",
                stage="publish",
            )
        original = original_of(record)
        headers = original.headers
        sender.send(original.value, key=original.key, headers=headers, topic=letter.topic)

    _close(settings, chosen, "replayed", send)


@dlq.command()
@click.argument("letter_ids", nargs=-1, metavar="[ID]...")
@_filtered
@click.option("--yes", is_flag=True, help="Do not ask.")
def discard(letter_ids: Sequence[str], *, wanted: Filter, yes: bool) -> None:
    """Mark letters as done with: they are listed no more.

    Take letters by ID or by filters. Their bytes stay in the topic until its retention ends.
    """
    settings = load_settings()
    chosen = _chosen(settings, letter_ids, wanted, again=False)
    _ask("Discard", chosen, yes=yes)
    _close(settings, chosen, "discarded", lambda sender, record, letter: None)


def _topic(settings: Settings) -> str:
    return Topics(settings.kafka.topic_prefix).articles_dlq


def _records(settings: Settings) -> Iterator[Incoming]:
    return read_to_end(settings.kafka, [_topic(settings)])


def _letters(settings: Settings) -> list[Filed]:
    return file_letters(_records(settings))


def _named(letters: Sequence[Filed], names: Sequence[str]) -> list[Filed]:
    found = {name: [letter for letter in letters if is_named(letter, name)] for name in names}
    missing = [name for name, named in found.items() if not named]
    if missing:
        raise StancewireError(
            f"there is no dead letter {', '.join(missing)}; `stancewire dlq list --all` shows those"
            " that are kept"
        )
    return list({named[0].id: named[0] for named in found.values()}.values())


def _chosen(
    settings: Settings, names: Sequence[str], wanted: Filter, *, again: bool
) -> dict[str, Filed]:
    if names and not wanted.is_empty:
        raise click.UsageError("give IDs or filters, not both")
    if not names and wanted.is_empty:
        raise click.UsageError(
            "say which letters: IDs, or filters such as --stage unexpected or --since 1d"
        )
    letters = _letters(settings)
    named = _named(letters, names) if names else [one for one in letters if wanted.takes(one)]
    for letter in named:
        if names and letter.state != OPEN and not again:
            click.echo(f"{letter.short_id} was {letter.state} before and is passed over", err=True)
    return {letter.id: letter for letter in named if again or letter.state == OPEN}


def _ask(verb: str, chosen: dict[str, Filed], *, yes: bool) -> None:
    if len(chosen) > 1 and not yes:
        click.confirm(f"{verb} {len(chosen):,} dead letters?", abort=True, err=True)


def _close(
    settings: Settings,
    chosen: dict[str, Filed],
    fate: Fate,
    send: Callable[[Sender, Incoming, Filed], None],
) -> None:
    """Do with each letter what `send` does, then mark it; exit code 1 where one was refused.

    A letter is marked only after what was sent has arrived, so a crash repeats and never loses.
    """
    if not chosen:
        click.echo("no open dead letter is meant; nothing was done", err=True)
        return
    done, refused = 0, 0
    with (
        sending(settings.kafka, _topic(settings)) as sender,
        progress(fate, total=len(chosen)) as advance,
    ):
        closing = _Closing(sender, fate)
        for record in originals(_records(settings), chosen.__contains__):
            letter = chosen[id_of(record)]
            try:
                send(sender, record, letter)
            except InvalidInput as error:
                click.echo(f"{letter.short_id}: {error}", err=True)
                refused += 1
                continue
            closing.add(record)
            done += 1
            advance()
        closing.settle()
    click.echo(f"{done:,} dead letters {fate}", err=True)
    if refused:
        raise click.exceptions.Exit(1)


class _Closing:
    """Marks letters once what was sent for them has arrived, many at a time."""

    def __init__(self, sender: Sender, fate: Fate) -> None:
        self._sender = sender
        self._fate = fate
        self._waiting: list[Incoming] = []
        self._bytes = 0

    def add(self, record: Incoming) -> None:
        """What was sent for a letter is on its way."""
        self._waiting.append(replace(record, value=None, headers=()))
        self._bytes += len(record.value or b"")
        if len(self._waiting) >= _BATCH or self._bytes >= _BATCH_BYTES:
            self.settle()

    def settle(self) -> None:
        """Wait until all has arrived, then mark; raises Unavailable."""
        self._sender.confirm()
        for record in self._waiting:
            made = mark(id_of(record), self._fate)
            self._sender.send(
                made.value, key=made.key, headers=made.headers, partition=record.partition
            )
        self._sender.confirm()
        self._waiting, self._bytes = [], 0


def _print_table(letters: Sequence[Filed]) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        for letter in letters:
            click.echo("  ".join(_cells(letter)))
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("id", "given up", "tries", "stage"):
        table.add_column(name, no_wrap=True)
    table.add_column("key", max_width=40, no_wrap=True, overflow="ellipsis")
    table.add_column("reason", ratio=1)
    for letter in letters:
        table.add_row(*map(Text, _cells(letter)))
    console.print(table)


def _cells(letter: Filed) -> tuple[str, ...]:
    stage = render.plain(letter.stage)
    return (
        letter.short_id,
        render.moment(letter.at),
        str(letter.attempts),
        stage if letter.state == OPEN else f"{stage} ({render.plain(letter.state)})",
        render.clip(letter.key if letter.key is not None else "(no key)", 60),
        render.clip(letter.reason, _REASON_LENGTH),
    )
