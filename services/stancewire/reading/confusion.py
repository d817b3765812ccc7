"""How often each stance is read for each true one, among readings that vote."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from stancewire.events import VOTING_STANCES

Counts = Sequence[Sequence[float]]
"""3 x 3 votes [true][observed] in the order of `VOTING_STANCES`."""
VOTE_CONFIDENCE = 0.5
"""Confidence from which on a reading votes in tracking."""


def count_votes(readings: Iterable[tuple[NDArray[np.float64], int]]) -> list[list[int]]:
    """Counts [true][observed] over hopeful, skeptical, warning.

    `readings` are an actor's probabilities [4] and its true stance as an index into `STANCES`;
    where either stance is neutral there is no vote to count.
    """
    size = len(VOTING_STANCES)
    table = np.zeros((size, size), dtype=int)
    for p, gold in readings:
        if p.max() >= VOTE_CONFIDENCE and p.argmax() < size > gold:
            table[gold, p.argmax()] += 1
    counts: list[list[int]] = table.tolist()
    return counts
