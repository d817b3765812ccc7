"""`stancewire bench`: how fast this machine reads, and how that compares."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

import click
import msgspec
from rich.console import Console

from stancewire.cli.benching import baselines
from stancewire.cli.benching.process import Started, start_reader
from stancewire.cli.benching.report import Measured, Report, make_report, tables
from stancewire.cli.benching.rounds import Contender, Spread, take_turns
from stancewire.cli.benching.texts import german_articles
from stancewire.cli.progress import progress
from stancewire.plumbing.settings import Settings, load_settings
from stancewire.reading import model
from stancewire.reading.named import find_model

if TYPE_CHECKING:
    from stancewire.cli.benching.reading import Encoded

STARTS = 3


@click.command()
@click.option("--rounds", type=click.IntRange(1, 1000), default=5, show_default=True)
@click.option(
    "--articles",
    "number",
    type=click.IntRange(1, 10_000),
    default=16,
    show_default=True,
    help="How many articles a round reads.",
)
@click.option(
    "--words",
    type=click.IntRange(1, 20_000),
    default=300,
    show_default=True,
    help="How long each of them is.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
def bench(rounds: int, number: int, words: int, as_json: bool) -> None:
    """Measure how fast this machine reads.

    Throughput, latency, memory and start, on German articles made of the bundled coverage. Where
    the extra `torch` is installed, the same encoder as a torch pipeline and a zero-shot pipeline
    take turns with the reader. The figures are medians over rounds, with the least and the
    greatest; docs/performance.md says what each means.
    """
    settings = load_settings()
    compared = baselines.installed()
    contenders = 4 + 2 * compared
    with progress("measuring", total=STARTS + contenders * (rounds + 1)) as advance:
        started = _started(advance)
        measured, taking_part = prepare(settings, number=number, words=words, compared=compared)
        rates = take_turns(taking_part, rounds=rounds, done=advance)
    report = make_report(measured, rates, started, load=os.getloadavg()[0])
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(report)))
    else:
        _show(report, compared=compared)


def _show(report: Report, *, compared: bool) -> None:
    Console().print(tables(report))
    if not compared:
        click.echo(baselines.HOW_TO_COMPARE, err=True)


def _started(advance: Callable[[], None]) -> Started:
    """The median start of a few, and the most memory of any.

    They come first, while this process has loaded nothing.
    """
    starts = []
    for _ in range(STARTS):
        starts.append(start_reader())
        advance()
    return Started(
        seconds=Spread.of([start.seconds for start in starts]).median,
        megabytes=max(start.megabytes for start in starts),
    )


def prepare(
    settings: Settings, *, number: int, words: int, compared: bool
) -> tuple[Measured, list[Contender]]:
    """What is read, and everybody who takes part, loaded. Raises ConfigurationError."""
    # The model's libraries take seconds to import, which `bench --help` need not wait for.
    from stancewire.cli.benching import peak, reading  # noqa: PLC0415
    from stancewire.reading.encoder import TextTokenizer  # noqa: PLC0415
    from stancewire.reading.loading import load_reader  # noqa: PLC0415

    directory = find_model(settings.reader.model).directory
    threads = settings.reader.threads
    articles = german_articles(number=number, words=words)
    tokenizer = directory / "tokenizer.json"
    encode = TextTokenizer(tokenizer)
    encoded = [reading.encode(article, encode) for article in articles]
    reader = load_reader(settings.reader)
    said = [
        [s.text for actor in reader.read(article).actors for s in actor.statements]
        for article in articles
    ]
    contenders = [
        reading.as_read(reader, articles, threads=threads),
        reading.as_service(load_reader(settings.reader, embed_statements=True), articles),
        reading.encoder_alone(directory, encoded, threads=threads),
        peak.int8_peak(threads=threads),
    ]
    if compared:
        contenders += _compared(encoded, said, tokenizer)
    measured = Measured(
        model=reader.model,
        threads=threads,
        articles=number,
        words=words,
        body_tokens=sum(e.tokens for e in encoded) / number,
        statements=sum(map(len, said)) / number,
        shipped_bytes=_shipped(directory),
    )
    return measured, contenders


def _compared(
    encoded: Sequence["Encoded"], said: Sequence[Sequence[str]], tokenizer: Path
) -> list[Contender]:
    """The two pipelines on a few of the articles, counted as articles of the mean length."""
    few = slice(baselines.FEW)
    tokens = [article.encoded for article in encoded]
    found = [len(statements) for statements in said]
    return [
        baselines.same_encoder(
            [text for article in encoded[few] for text in article.texts],
            tokenizer=tokenizer,
            amount=sum(tokens[few]) / mean(tokens),
        ),
        baselines.zero_shot(
            [statement for statements in said[few] for statement in statements],
            tokenizer=tokenizer,
            amount=sum(found[few]) / mean(found),
        ),
    ]


def _shipped(directory: Path) -> int:
    """Bytes of everything that reading and stories need of a model directory."""
    return sum((directory / name).stat().st_size for name in (*model.FILES, "manifest.json"))
