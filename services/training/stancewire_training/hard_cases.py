"""What a model makes of short texts that are hard to read, as a table for its card."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from stancewire.events import ActorReading
from stancewire.reading.protocols import ReaderLike
from stancewire.reading.scoring.gold import GoldArticle, parse_gold


def hard_cases(reader: ReaderLike, file: Path) -> str:
    """Markdown of the labelled texts in `file`, whose lines also say what each is `about`."""
    return "\n".join(
        ("| what is hard | text | labelled | read as |", "|---|---|---|---|", *_rows(reader, file))
    )


def _rows(reader: ReaderLike, file: Path) -> Iterator[str]:
    for line in file.read_bytes().splitlines():
        gold = parse_gold(line)
        read = reader.read(gold.article).actors
        cells = (json.loads(line)["about"], gold.text, _labelled(gold), _read(read))
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _labelled(gold: GoldArticle) -> str:
    stances = (f"{a.name}: {' or '.join((a.stance, *a.alt))}" for a in gold.actors)
    return "; ".join(stances) or "nobody"


def _read(actors: Sequence[ActorReading]) -> str:
    found = (f"{a.actor.name}: {a.stance.label} {a.stance.confidence:.2f}" for a in actors)
    return "; ".join(found) or "nobody"
