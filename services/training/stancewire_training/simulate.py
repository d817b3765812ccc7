"""Made-up coverage of one actor, whose true stance is known: to measure detectors of change.

The actor makes statements. Most take the actor's true stance, some another. Each is printed by one
or more outlets; an article is one printing. The reader reads a stance off the statement and errs as
its confusion matrix says; copies of a statement, being the same words, are mostly read alike.
A stream is one actor's articles in order; all streams of a sample are drawn at once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STANCES = 3
Labels = NDArray[np.int8]


@dataclass(frozen=True, kw_only=True)
class World:
    """How actors speak, outlets print and the reader reads."""

    confusion: NDArray[np.float64]
    """[3, 3]: P(read as x | said as j), rows sum to 1."""
    off_stance: float = 0.22
    """Share of statements that do not take the actor's true stance."""
    printings: float = 2.0
    """Mean number of articles that print a statement; at least 1."""
    alike: float = 1.0
    """Share of copies that are read like the first printing; the others are read anew."""
    owners: int = 12
    """Outlet owners, each equally likely to print; at most 63."""


@dataclass(frozen=True, kw_only=True)
class Streams:
    """Articles [streams, length] in order."""

    truth: Labels
    """The actor's true stance when the article appears."""
    read: Labels
    """The stance that the reader saw."""
    is_new: NDArray[np.bool_]
    """Whether the article is the first to print its statement."""
    owner: Labels


def stationary(
    world: World, *, streams: int, length: int, generator: np.random.Generator
) -> Streams:
    """Actors who keep the stance that they have."""
    start = generator.integers(STANCES, size=(streams, 1), dtype=np.int8)
    return _coverage(world, np.repeat(start, length, axis=1), generator)


def changing(
    world: World, *, streams: int, before: int, after: int, generator: np.random.Generator
) -> Streams:
    """Actors who change to another stance once, after `before` articles."""
    start = generator.integers(STANCES, size=(streams, 1), dtype=np.int8)
    other = (start + generator.integers(1, STANCES, size=(streams, 1), dtype=np.int8)) % STANCES
    truth = np.concatenate(
        [np.repeat(start, before, axis=1), np.repeat(other, after, axis=1)], axis=1
    )
    return _coverage(world, truth.astype(np.int8), generator)


def _coverage(world: World, truth: Labels, generator: np.random.Generator) -> Streams:
    shape = truth.shape
    is_new = generator.random(shape) < 1.0 / world.printings
    is_new[:, 0] = True
    # Every article draws a statement and a reading of it; a copy takes those of its first printing.
    first = np.maximum.accumulate(np.where(is_new, np.arange(shape[1]), 0), axis=1)
    is_off = generator.random(shape) < world.off_stance
    other = (truth + generator.integers(1, STANCES, size=shape)) % STANCES
    said = np.take_along_axis(np.where(is_off, other, truth), first, axis=1)
    drawn = _read(world.confusion, said, generator)
    is_alike = generator.random(shape) < world.alike
    read = np.where(is_alike, np.take_along_axis(drawn, first, axis=1), drawn)
    owner = generator.integers(world.owners, size=shape, dtype=np.int8)
    return Streams(truth=truth, read=read.astype(np.int8), is_new=is_new, owner=owner)


def _read(
    confusion: NDArray[np.float64], said: NDArray[np.int64], generator: np.random.Generator
) -> NDArray[np.int64]:
    """One reading per statement: the column whose cumulated probability passes a uniform draw."""
    passed = generator.random(said.shape)[..., None] > np.cumsum(confusion, axis=1)[said]
    read: NDArray[np.int64] = np.minimum(passed.sum(axis=-1, dtype=np.int64), STANCES - 1)
    return read
