"""Chooses h for a reader's confusion matrix, and shows what other detectors would do instead."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stancewire.errors import ConfigurationError
from stancewire.tracking.cusum import OFF_STANCE, Matrix, heard_as, smoothed
from stancewire_training.detectors import (
    Detect,
    DriftDetector,
    cusum,
    drift,
    ewma,
    last_label,
    majority,
)
from stancewire_training.measure import Quality, Sample, false_changes, measure, sample
from stancewire_training.simulate import World

MOST_FALSE = 2.0
"""False changes per 1,000 articles that h must not exceed."""
GRID = tuple(tenths / 10 for tenths in range(20, 161))
CURVE = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0)


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """For one language."""

    language: str
    confusion: NDArray[np.float64]
    world: World
    h: float
    chosen: Quality
    curve: Mapping[float, Quality]
    """The service's detector at several h."""
    others: Mapping[str, Quality]
    """Other detectors, by name."""


def load_confusion(path: Path) -> dict[str, Matrix]:
    """Counts [true][read] per language, from a model's `manifest.json` or a file of them alone.

    Raises ConfigurationError where the file holds none.
    """
    try:
        fields = json.loads(path.read_text("utf-8"))
        counts = fields.get("confusion", fields)
        return {str(language): _counts(rows) for language, rows in counts.items()}
    except (AttributeError, OSError, TypeError, ValueError) as error:
        raise ConfigurationError(
            f"{path} holds no confusion counts, an object of 3x3 tables by language: {error}"
        ) from error


def calibrate(
    language: str,
    counts: Matrix,
    *,
    streams: int,
    length: int,
    seed: int,
    off_stance: float = OFF_STANCE,
    drifts: Mapping[str, Detect] | None = None,
    drift_streams: int = 20,
) -> Calibration:
    """Choose h for one language and measure the alternatives on the same streams.

    `counts` are smoothed, and the likelihoods made of them, as the tracker does; `off_stance` is
    how the simulated actors speak. `drifts` are slow detectors: they get `drift_streams`.
    """
    confusion = np.array(smoothed(counts))
    heard = np.array(heard_as(smoothed(counts), OFF_STANCE))
    world = World(confusion=confusion, off_stance=off_stance)
    on = sample(world, streams=streams, length=length, seed=seed)
    fewer = sample(world, streams=drift_streams, length=length, seed=seed)
    h = choose_h(heard, on)
    alone = choose_h(confusion, on)
    simple = alternatives(heard, h)
    simple[f"CUSUM on the reader's matrix alone, h={alone:g}"] = partial(
        cusum, likelihoods=confusion, h=alone
    )
    others = {name: measure(detect, on) for name, detect in simple.items()}
    slow = {name: measure(detect, fewer) for name, detect in (drifts or {}).items()}
    return Calibration(
        language=language,
        confusion=confusion,
        world=world,
        h=h,
        chosen=measure(partial(cusum, likelihoods=heard, h=h), on),
        curve={each: measure(partial(cusum, likelihoods=heard, h=each), on) for each in CURVE},
        others={**others, **slow},
    )


def choose_h(likelihoods: NDArray[np.float64], on: Sample) -> float:
    """The least h of the grid with at most `MOST_FALSE` false changes, by bisection.

    Raises ConfigurationError where even the largest makes more: such a reader cannot be tracked.
    """
    low, high = 0, len(GRID) - 1

    def is_quiet(place: int) -> bool:
        detect = partial(cusum, likelihoods=likelihoods, h=GRID[place])
        return false_changes(detect, on.steady) <= MOST_FALSE

    if not is_quiet(high):
        raise ConfigurationError(
            f"no h up to {GRID[-1]:g} keeps to {MOST_FALSE:g} false changes per 1,000 articles:"
            " the reader errs too often to track changes with"
        )
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_quiet(middle) else (middle + 1, high)
    return GRID[low]


def alternatives(likelihoods: NDArray[np.float64], h: float) -> dict[str, Detect]:
    """Other detectors, by the name under which the report shows them."""
    plain = partial(cusum, likelihoods=likelihoods, h=h, min_votes=1, min_owners=1)
    return {
        "last label wins": last_label,
        "majority of 5": majority,
        "EWMA 0.2, margin 0.25": ewma,
        f"CUSUM h={h:g}, copies counted": partial(plain, count_copies=True),
        f"CUSUM h={h:g}, without minimum evidence": plain,
    }


def river_detectors(seed: int) -> dict[str, Detect]:
    """Drift detectors of the package river (extra `train`) with its defaults, one vote a statement.

    Raises ConfigurationError where river is not installed.
    """
    try:
        from river import drift as river  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError(
            "river is not installed: pip install 'stancewire[train]', or leave out --river"
        ) from error
    makes: dict[str, Callable[[], DriftDetector]] = {
        "river ADWIN": river.ADWIN,
        "river Page-Hinkley": river.PageHinkley,
        "river KSWIN": partial(river.KSWIN, seed=seed),
    }
    return {name: partial(drift, make=make) for name, make in makes.items()}


def _counts(rows: object) -> Matrix:
    table = np.array(rows, dtype=np.float64)
    if table.shape != (3, 3) or not np.isfinite(table).all() or (table < 0).any():
        raise ValueError(f"{rows!r} is no 3x3 table of counts")
    return [[float(count) for count in row] for row in table]
