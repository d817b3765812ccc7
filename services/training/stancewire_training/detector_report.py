"""The calibration of the detector as a page of documentation and as a file of numbers."""

import json
import math
from collections.abc import Sequence

from stancewire_training.detector import MOST_FALSE, Calibration
from stancewire_training.measure import AFTER, Quality

_HEAD = (
    "| detector | false changes per 1,000 articles | found within 60 | median delay (articles) |"
)
_RULE = "|---|---|---|---|"


def as_json(calibrations: Sequence[Calibration]) -> str:
    """`{"h": …, "languages": {…}}`: the h to set, the largest of the languages', and each one's."""
    languages = {
        c.language: {
            "h": c.h,
            "false_per_1000": round(c.chosen.false_per_1000, 3),
            "found": round(c.chosen.found, 4),
            "delay": c.chosen.delay,
        }
        for c in calibrations
    }
    fields = {"h": max(c.h for c in calibrations), "languages": languages}
    return json.dumps(fields, indent=1) + "\n"


def as_markdown(
    calibrations: Sequence[Calibration], *, streams: int, length: int, seed: int
) -> str:
    """The page: how it was measured, then a table for each language."""
    world = calibrations[0].world
    lines = [
        "# How h was chosen",
        "",
        "Written by `python -m stancewire_training calibrate-detector`; run it again after every"
        " new model.",
        "",
        f"Simulated coverage: {streams} actors who keep their stance over {length} articles each,"
        f" and as many who change it once, after 60 articles (seed {seed}). An actor's statement"
        f" takes another stance than the actor's in {world.off_stance:.0%} of cases; a statement is"
        f" printed {world.printings:g} times on average, by {world.owners} owners;"
        f" {world.alike:.0%} of the copies are read like the first printing. The reader errs as its"
        " confusion matrix says, measured on documents that it had not seen.",
        "",
        f"h is the smallest, in steps of 0.1, with at most {MOST_FALSE:g} false changes per 1,000"
        f" articles. Found and delay are then what they are, counted over the {AFTER} articles"
        " after the change. The detectors of the package river, made for dense streams of numbers,"
        " run with their defaults on the first 20 actors of each kind.",
    ]
    for calibration in calibrations:
        lines += ["", *_section(calibration)]
    return "\n".join(lines) + "\n"


def _section(c: Calibration) -> list[str]:
    names = ("hopeful", "skeptical", "warning")
    matrix = [
        f"| said {name} | {' | '.join(f'{p:.3f}' for p in row)} |"
        for name, row in zip(names, c.confusion.tolist(), strict=True)
    ]
    return [
        f"## `{c.language}`: h = {c.h:g}",
        "",
        "| reader | read as hopeful | skeptical | warning |",
        _RULE,
        *matrix,
        "",
        _HEAD,
        _RULE,
        *(_row(name, quality) for name, quality in c.others.items()),
        *(_row(f"the service's, h={h:g}", quality) for h, quality in c.curve.items()),
        _row(f"**the service's, h={c.h:g}**", c.chosen),
    ]


def _row(name: str, quality: Quality) -> str:
    delay = "-" if math.isnan(quality.delay) else f"{quality.delay:.0f}"
    return f"| {name} | {quality.false_per_1000:.1f} | {quality.found:.0%} | {delay} |"
