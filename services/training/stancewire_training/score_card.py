"""Writes how good a model is into its model card, so that no figure there is typed by hand.

What is written stands between two marks; nothing else of the card is touched.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from stancewire.events import ModelRef
from stancewire.reading.scoring.report import Group, Measure, Report

_COLUMNS = {
    "actor_f1": "actor F1",
    "stance_macro_f1": "stance macro-F1, strict",
    "stance_accuracy_alt": "stance accuracy, alt accepted",
    "joint_f1": "joint F1",
    "ece": "ECE",
    "brier": "Brier",
    "statement_character_f1": "statement characters F1",
}


def write_part(card: Path, name: str, markdown: str) -> None:
    """Put `markdown` between the marks that `card` has for the part `name`.

    Raises ValueError where a mark is missing.
    """
    marks = begin, end = (f"<!-- {name}: written by make model-docs -->", f"<!-- end of {name} -->")
    text = card.read_text("utf-8")
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{card} lacks {marks[bool(found)]}, where a part of it belongs")
    card.write_text(f"{before}{begin}\n\n{markdown.strip()}\n\n{end}{after}", "utf-8")


def score_tables(model: ModelRef, reports: Mapping[str, Report]) -> str:
    """All tables as Markdown; those by kind, stance and confidence are of the first set."""
    first, report = next(iter(reports.items()))
    return "\n".join(
        (
            f"Version {model.version}; in brackets the 95 % bootstrap interval over articles.\n",
            *_table(["set", "language", "articles", "actors", *_COLUMNS.values()], _sets(reports)),
            f"\nBy kind of actor, {first}:\n",
            *_table(
                ["kind of actor", "actors", "recall", "stance accuracy, alt accepted"],
                _kinds(report),
            ),
            f"\nStances of found actors, {first}:\n",
            *_table(["labelled, read as", *report.confusion], _stances(report)),
            f"\nHow sure the reader is, and how often it is right, {first}:\n",
            *_table(["confidence", "actors", "mean confidence", "right"], _reliability(report)),
            "",
        )
    )


def _sets(reports: Mapping[str, Report]) -> Iterator[list[str]]:
    for name, report in reports.items():
        for language, group in {"all": report.all, **report.languages}.items():
            yield [name, language, *_counts(group), *_values(group)]


def _counts(group: Group) -> tuple[str, str]:
    return str(group.articles), str(group.actors)


def _values(group: Group) -> Iterator[str]:
    for name in _COLUMNS:
        yield _shown(group.measures[name], bare=name in ("ece", "brier"))


def _kinds(report: Report) -> Iterator[list[str]]:
    for kind, group in report.kinds.items():
        measures = (group.measures[name] for name in ("actor_recall", "stance_accuracy_alt"))
        yield [kind, str(group.actors), *(_shown(m) for m in measures)]


def _stances(report: Report) -> Iterator[list[str]]:
    for stance, row in report.confusion.items():
        yield [stance, *map(str, row.values())]


def _reliability(report: Report) -> Iterator[list[str]]:
    for i, each in enumerate(report.reliability):
        if each.actors:
            span = f"{i / 10:.1f}-{(i + 1) / 10:.1f}"
            yield [span, str(each.actors), f"{each.confidence:.2f}", f"{each.accuracy:.2f}"]


def _shown(measure: Measure, *, bare: bool = False) -> str:
    if measure.value is None:
        return "-"
    if bare or measure.low is None or measure.high is None:
        return f"{measure.value:.3f}"
    return f"{measure.value:.3f} ({measure.low:.2f}-{measure.high:.2f})"


def _table(header: Sequence[str], rows: Iterator[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield "|---" * len(header) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
