"""All methods on both halves of the stream, and the cost of the one that runs, as Markdown."""

from collections.abc import Callable, Mapping, Sequence

from stancewire_training.stories.agreement import Agreement, agreement
from stancewire_training.stories.cost import cost
from stancewire_training.stories.methods import Batches, Nearest, Streaming
from stancewire_training.stories.stream import Labelled

Method = Callable[[Sequence[Labelled]], list[str]]

METHODS: Mapping[str, Method] = {
    "nearest centroid, vectors as they come": Nearest(
        threshold=0.87, decay_per_day=0.005, centred=False
    ),
    "nearest centroid, centred vectors": Nearest(threshold=0.25, decay_per_day=0.05, centred=True),
    "batches of a day, average linkage": Batches(link=0.35),
    "streaming, several representations": Streaming(),
}
"""Thresholds are those of the best B-cubed F1 on the development half."""


OPEN_STORIES = (500, 5_000)


def report(halves: Mapping[str, Sequence[Labelled]]) -> str:
    """The table of the methods, then that of the cost."""
    return f"{table(halves)}\n{_costs(next(iter(halves.values())))}"


def table(halves: Mapping[str, Sequence[Labelled]]) -> str:
    """One row for each method and half; B-cubed F1 by language, the rest over both languages."""
    head = ["method", "half", "German", "English", "mixed", "precision", "recall"]
    head += ["pairwise F1", "fragmentation"]
    lines = [_row(head), _row(["---"] * len(head))]
    for name, method in METHODS.items():
        for half, stream in halves.items():
            lines.append(_row([name, half, *_figures(stream, method(stream))]))
    return "\n".join(lines) + "\n"


def of_language(stream: Sequence[Labelled], found: Sequence[str], language: str) -> Agreement:
    """How well the articles of one language agree, clustered among all."""
    rows = [row for row, one in enumerate(stream) if one.article.language == language]
    return agreement([stream[row].story for row in rows], [found[row] for row in rows])


def _figures(stream: Sequence[Labelled], found: Sequence[str]) -> list[str]:
    mixed = agreement([one.story for one in stream], found)
    languages = [of_language(stream, found, language).b_cubed_f1 for language in ("de", "en")]
    values = [*languages, mixed.b_cubed_f1, mixed.precision, mixed.recall, mixed.pairwise_f1]
    return [*(f"{value:.3f}" for value in values), f"{mixed.fragmentation:.2f}"]


def _costs(stream: Sequence[Labelled]) -> str:
    head = [
        "open stories",
        "ms, median",
        "ms, 99th percentile",
        "MB in a reader",
        "kB in Redis each",
    ]
    lines = [_row(head), _row(["---"] * len(head))]
    for stories in OPEN_STORIES:
        found = cost(stream, stories=stories)
        times = [f"{found.median_ms:.1f}", f"{found.p99_ms:.1f}"]
        lines.append(
            _row([f"{stories:,}", *times, f"{found.memory_mb:.0f}", f"{found.redis_kb:.1f}"])
        )
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
