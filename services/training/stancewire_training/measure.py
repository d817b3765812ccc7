"""How good a detector of change is: false changes, true ones found, and how late."""

from dataclasses import dataclass

import numpy as np

from stancewire_training.detectors import Detect
from stancewire_training.simulate import Labels, Streams, World, changing, stationary

BEFORE, AFTER = 60, 60


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Of one detector in one world."""

    false_per_1000: float
    """Changes per 1,000 articles about actors who do not change; a swing back counts too."""
    found: float
    """Share of true changes found within 60 articles, of those not falsely held before."""
    delay: float
    """Median number of articles until then, of those found; NaN where none is."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Streams to measure on; the same for every detector, so that they compare."""

    steady: Streams
    turning: Streams


def sample(world: World, *, streams: int, length: int, seed: int) -> Sample:
    """`streams` of each kind; the steady ones `length` articles long."""
    generator = np.random.default_rng(seed)
    return Sample(
        steady=stationary(world, streams=streams, length=length, generator=generator),
        turning=changing(world, streams=streams, before=BEFORE, after=AFTER, generator=generator),
    )


def measure(detect: Detect, on: Sample) -> Quality:
    """The detector's quality on a sample."""
    found, delay = _found(detect(on.turning), on.turning)
    return Quality(false_per_1000=false_changes(detect, on.steady), found=found, delay=delay)


def false_changes(detect: Detect, steady: Streams) -> float:
    """Changes per 1,000 articles; none of them is true."""
    held = detect(steady)
    changes = np.diff(held, axis=1, prepend=steady.truth[:, :1]) != 0
    return 1000.0 * float(changes.mean())


def _found(held: Labels, turning: Streams) -> tuple[float, float]:
    old, new = turning.truth[:, BEFORE - 1], turning.truth[:, BEFORE]
    is_fair = held[:, BEFORE - 1] == old
    arrived = held[is_fair, BEFORE:] == new[is_fair, None]
    found = arrived.any(axis=1)
    if not found.any():
        return 0.0, float("nan")
    return float(found.mean()), float(np.median(arrived[found].argmax(axis=1) + 1))
