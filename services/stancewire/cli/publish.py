"""`stancewire publish`: send article files to Kafka."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import click
import msgspec

from stancewire.cli.inputs import Input, read_inputs
from stancewire.cli.progress import progress
from stancewire.cli.sending import Sender, sending
from stancewire.errors import InvalidInput
from stancewire.plumbing.kafka import Topics
from stancewire.plumbing.settings import load_settings
from stancewire.workers.records import BACKFILL_HEADER

_CONFIRM_EVERY = 1_000


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
)
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="Articles per second.")
@click.option("--loop", is_flag=True, help="Start again at the end, until Ctrl-C.")
@click.option(
    "--backfill", is_flag=True, help="Have them read and tracked, but never alert because of them."
)
def publish(files: tuple[Path, ...], rate: float | None, loop: bool, backfill: bool) -> None:
    """Send articles to Kafka.

    FILE is .jsonl or .json (articles of any accepted shape), .txt or .html; - is standard input.
    Records are keyed by the article's uri. What is no article is sent as well and ends among the
    dead letters; only what is over the size limit is refused, and the exit code is then 1.
    A version that the reader already knows is sent again by --loop, but not read again.
    """
    settings = load_settings()
    headers = [BACKFILL_HEADER] if backfill else []
    topic = Topics(settings.kafka.topic_prefix).articles
    with sending(settings.kafka, topic) as sender, progress("publishing") as advance:
        sent, refused = _send_all(
            _inputs(files, loop=loop),
            sender,
            headers,
            pace=_pace(rate),
            advance=advance,
            # Ctrl-C is how a loop ends: what was sent is still confirmed and counted.
            ends=(KeyboardInterrupt,) if loop else (),
        )
    click.echo(f"{sent:,} articles published to {topic}", err=True)
    if refused:
        sys.exit(1)


def uri_of(value: bytes) -> str | None:
    """The uri by which an article is keyed: `uri`, `@id` or `url`; None where it has none."""
    try:
        names = msgspec.json.decode(value, type=_Names)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    found = (names.uri, names.at_id, names.url)
    return next((name for name in found if isinstance(name, str) and name), None)


class _Names(msgspec.Struct):
    uri: object = None
    at_id: object = msgspec.field(default=None, name="@id")
    url: object = None


def _inputs(files: Sequence[Path], *, loop: bool) -> Iterator[Input]:
    while True:
        for file in files:
            yield from read_inputs(file)
        if not loop:
            return


def _send_all(
    inputs: Iterator[Input],
    sender: Sender,
    headers: Sequence[tuple[str, bytes]],
    *,
    pace: Callable[[int], None],
    advance: Callable[[], None],
    ends: tuple[type[BaseException], ...],
) -> tuple[int, int]:
    """How many were sent, how many refused (told on standard error); `ends` end it in order."""
    sent = refused = 0
    with suppress(*ends):
        for item in inputs:
            pace(sent)
            try:
                sender.send(item.value, key=uri_of(item.value), headers=headers)
            except InvalidInput as error:
                click.echo(f"{item.where}: {error}", err=True)
                refused += 1
                continue
            sent += 1
            advance()
            if sent % _CONFIRM_EVERY == 0:
                sender.confirm()
    sender.confirm()
    return sent, refused


def _pace(rate: float | None) -> Callable[[int], None]:
    """A function that waits until the record of that number is due."""
    started = time.monotonic()

    def wait(number: int) -> None:
        if rate is not None:
            time.sleep(max(0.0, started + number / rate - time.monotonic()))

    return wait
