"""`stancewire evaluate`: how good the reader is, on labelled articles."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click
import msgspec
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from stancewire.cli.progress import progress
from stancewire.cli.read import load_reader, read_article
from stancewire.errors import ConfigurationError, InvalidInput
from stancewire.events import ModelRef, Observation
from stancewire.plumbing.settings import load_settings
from stancewire.reading.foreign.measured import cases, fit
from stancewire.reading.many import in_order
from stancewire.reading.named import UNCALIBRATED
from stancewire.reading.protocols import ReaderLike
from stancewire.reading.scoring.diagram import reliability_svg
from stancewire.reading.scoring.gold import GoldArticle, parse_gold
from stancewire.reading.scoring.report import Measure, Report
from stancewire.reading.scoring.report import evaluate as measure

_TITLES = {
    "actor_precision": "actors: precision",
    "actor_recall": "actors: recall",
    "actor_f1": "actors: F1",
    "stance_accuracy": "stance: accuracy",
    "stance_accuracy_alt": "stance: accuracy (alt)",
    "stance_macro_f1": "stance: macro-F1",
    "stance_macro_f1_alt": "stance: macro-F1 (alt)",
    "joint_f1": "actor and stance: F1 (alt)",
    "ece": "calibration error ↓",
    "brier": "Brier score ↓",
    "statement_character_f1": "statement characters: F1",
}
_LEGEND = (
    "In brackets the 95 % interval. (alt): other stances that can be defended are accepted."
    " ↓: less is better."
)


@click.command()
@click.argument("gold", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
@click.option("--model", help="Directory of a model or id of a classifier, as reader.model has it.")
@click.option(
    "--calibrate",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Write what GOLD tells about somebody else's classifier, for reader.stance_calibration.",
)
@click.option(
    "--reliability",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="SVG file to write: how sure the reader is, and how often it is right.",
)
def evaluate(
    gold: Path,
    as_json: bool,
    model: str | None,
    calibrate: Path | None,
    reliability: Path | None,
) -> None:
    """Score the reader on labelled articles.

    GOLD is a .jsonl file, an article a line with its actors and their stances; docs/evaluation.md
    describes it and the measures. Each measure comes with its 95 % bootstrap interval over
    articles. Where a line is bad, every bad one is named, nothing is scored, and the exit code is
    1.
    """
    settings = load_settings()
    if model is not None:
        settings = settings.replace(reader={"model": model})
    if calibrate is not None:
        settings = settings.replace(reader={"stance_calibration": None})
    articles = _load(gold)
    reader = load_reader(settings)
    version = None if calibrate is None else _uncalibrated(reader.model)
    readings = _read(articles, reader, at_once=settings.reader.threads)
    if calibrate is not None and version is not None:
        calibrate.write_text(fit(cases(articles, readings), version=version).to_json(), "utf-8")
        click.echo(f"{calibrate} written; set reader.stance_calibration to it", err=True)
    report = measure(articles, readings)
    if reliability is not None:
        title = f"{reader.model.name} {reader.model.version}, {report.all.articles} articles"
        reliability.write_text(reliability_svg(report.reliability, title=title), "utf-8")
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(_fields(report, reader.model))))
    else:
        Console().print(_tables(report, reader.model))


def _load(file: Path) -> list[GoldArticle]:
    articles: list[GoldArticle] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                article = parse_gold(line)
                if (first := seen.setdefault(article.id, number)) != number:
                    raise InvalidInput(
                        f"the id {article.id!r} stands in line {first} already", stage="article"
                    )
            except InvalidInput as error:
                problems.append(f"{file}:{number}: {error}")
            else:
                articles.append(article)
    if not articles and not problems:
        problems.append(f"{file}: there is no article in it")
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)
    return articles


def _read(
    articles: Sequence[GoldArticle], reader: ReaderLike, *, at_once: int
) -> list[Sequence[Observation]]:
    """What would be published about each article, so that nothing but that is measured."""
    readings: list[Sequence[Observation]] = []
    with progress("reading", total=len(articles)) as advance:
        read = partial(read_article, reader=reader)
        for _, observations in in_order(read, (g.article for g in articles), at_once=at_once):
            readings.append(observations)
            advance()
    return readings


def _uncalibrated(model: ModelRef) -> str:
    """The version of somebody else's classifier. Raises ConfigurationError for one of ours."""
    if not model.version.endswith(UNCALIBRATED):
        raise ConfigurationError(
            f"--calibrate is for somebody else's classifier; {model.name} {model.version} was"
            " calibrated when it was trained"
        )
    return model.version.removesuffix(f".{UNCALIBRATED}")


def _fields(report: Report, model: ModelRef) -> dict[str, object]:
    return {"model": model, **msgspec.structs.asdict(report)}


def _tables(report: Report, model: ModelRef) -> RenderableType:
    heading = Text.assemble(
        (f"{model.name} {model.version}", "bold"),
        f" on {report.all.articles} articles with {report.all.actors} actors\n",
        (_LEGEND, "dim"),
    )
    return Group(
        heading, Text(), _overview(report), Text(), _kinds(report), Text(), _stances(report)
    )


def _overview(report: Report) -> Table:
    groups = {"all": report.all, **report.languages}
    table = _table("measure", *groups)
    table.add_row("articles", *(str(group.articles) for group in groups.values()))
    table.add_row("actors", *(str(group.actors) for group in groups.values()))
    for name, title in _TITLES.items():
        table.add_row(title, *(_shown(group.measures[name]) for group in groups.values()))
    return table


def _kinds(report: Report) -> Table:
    table = _table("kind of actor", "actors", "recall", "stance: accuracy", "(alt)")
    for kind, group in report.kinds.items():
        table.add_row(kind, str(group.actors), *(_shown(m) for m in group.measures.values()))
    return table


def _stances(report: Report) -> Table:
    """The confusion matrix, and how well each stance is told."""
    table = _table("labelled ↓ read →", *report.confusion, "F1", "F1 (alt)")
    for stance, row in report.confusion.items():
        scores = (report.stance_f1[stance], report.stance_f1_alt[stance])
        table.add_row(stance, *map(str, row.values()), *(f"{score:.3f}" for score in scores))
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _shown(measure: Measure) -> str:
    """`0.898 [.86 .93]`."""
    if measure.value is None or measure.low is None or measure.high is None:
        return "–"
    return f"{measure.value:.3f} [{_short(measure.low)} {_short(measure.high)}]"


def _short(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")
