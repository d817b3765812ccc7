"""`stancewire read`: who says what and with which stance, offline, without a broker."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
import msgspec
from rich.console import Console

from stancewire.cli.inputs import STDIN, Input, read_inputs
from stancewire.cli.progress import progress
from stancewire.cli.render import moment, reading_table
from stancewire.errors import InvalidInput
from stancewire.events import (
    Article,
    ArticleRef,
    Observation,
    StoryRef,
    Withdrawal,
)
from stancewire.intake.decode import decode
from stancewire.plumbing.settings import Settings, load_settings
from stancewire.reading.languages import LanguageRule
from stancewire.reading.many import in_order
from stancewire.reading.protocols import ReaderLike
from stancewire.stories.assign import external_story_id
from stancewire.stories.observing import observe, refer_to


@click.command()
@click.argument(
    "files",
    nargs=-1,
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl"]),
    help="Table (default on a terminal), or one line of JSON per article.",
)
@click.option("--model", help="Directory of a model or id of a classifier, as reader.model has it.")
def read(files: tuple[Path, ...], form: str | None, model: str | None) -> None:
    """Read articles offline: who says what, how.

    FILE is .jsonl or .json (articles of any accepted shape), .txt (first line the title where a
    blank line follows) or .html; - or none is standard input. A bad article is reported on standard
    error with its place, the others are still read, and the exit code is 1. An article in a
    language that the model does not know is left out with a note, unless the setting
    reader.unsupported_language says otherwise.
    """
    if not files and sys.stdin.isatty():
        raise click.UsageError("name a FILE, or - to read articles from standard input")
    settings = load_settings()
    if model is not None:
        settings = settings.replace(reader={"model": model})
    form = form or ("table" if sys.stdout.isatty() else "jsonl")
    show = _show_line if form == "jsonl" else _show_table
    reader = load_reader(settings)
    rule = LanguageRule(supported=reader.languages, otherwise=settings.reader.unsupported_language)
    articles = _articles(files or (STDIN,), rule, settings.intake.max_body_bytes)
    outcomes = in_order(partial(_outcome, reader=reader), articles, at_once=settings.reader.threads)
    failed = False
    with progress("reading", enabled=not sys.stdout.isatty()) as advance:
        for outcome in outcomes:
            if isinstance(outcome, str):
                failed = True
                click.echo(outcome, err=True)
            else:
                show(*outcome)
            advance()
    if failed:
        sys.exit(1)


def load_reader(settings: Settings) -> ReaderLike:
    """The reader with the configured model. Raises ConfigurationError where it cannot be used."""
    # Takes seconds to import, which `read --help` need not wait for.
    from stancewire.reading import loading  # noqa: PLC0415

    reader: ReaderLike = loading.load_reader(settings.reader)
    return reader


def _articles(
    files: Sequence[Path], rule: LanguageRule, max_body_bytes: int
) -> Iterator[tuple[str, Article] | str]:
    """Every input as an article and where it stands, or a message about what is wrong with it."""
    for file in files:
        try:
            for item in read_inputs(file):
                try:
                    article = _decode(item, max_body_bytes)
                    if article is None:
                        continue
                    if rule.leaves_out(article):
                        click.echo(f"{item.where}: left out: {rule.reason(article)}", err=True)
                    else:
                        yield item.where, article
                except InvalidInput as error:
                    yield f"{item.where}: {error} (stage {error.stage})"
        except (OSError, InvalidInput) as error:
            yield f"{file}: {error}"


def _outcome(
    taken: tuple[str, Article] | str, reader: ReaderLike
) -> tuple[ArticleRef, tuple[Observation, ...]] | str:
    """What was read of an article, or the message that stands in its place."""
    if isinstance(taken, str):
        return taken
    where, article = taken
    try:
        return read_article(article, reader)
    except InvalidInput as error:
        return f"{where}: {error} (stage {error.stage})"


def _decode(item: Input, max_body_bytes: int) -> Article | None:
    """The article, its missing time filled with now; None where one is withdrawn."""
    article = decode(
        item.value,
        key=None,
        headers=(),
        received_at=datetime.now(UTC),
        max_bytes=max_body_bytes,
    )
    return None if isinstance(article, Withdrawal) else article


def read_article(
    article: Article, reader: ReaderLike
) -> tuple[ArticleRef, tuple[Observation, ...]]:
    """What the reader would publish about an article, one observation an actor."""
    reading = reader.read(article)
    reference = refer_to(article, version=article.version or 1)
    observations = observe(
        reading.actors,
        article=reference,
        story=_named_story(article),
        model=reader.model,
        observed_at=article.published_at,
    )
    return reference, observations


def _named_story(article: Article) -> StoryRef | None:
    if article.story is None:
        return None
    label = article.story_label or article.story
    return StoryRef(id=external_story_id(article.story), label=label)


def _show_line(article: ArticleRef, observations: tuple[Observation, ...]) -> None:
    line = {"article": article, "observations": [_without_embeddings(o) for o in observations]}
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


def _without_embeddings(observation: Observation) -> dict[str, object]:
    value: dict[str, object] = msgspec.to_builtins(observation)
    for statement in value["statements"]:  # type: ignore[attr-defined]
        del statement["embedding"]
    return value


def _show_table(article: ArticleRef, observations: tuple[Observation, ...]) -> None:
    byline = f"{article.source.name} · {moment(article.published_at)} · {article.language}"
    Console().print(reading_table(article.title, byline, observations))
