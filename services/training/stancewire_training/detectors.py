"""Detectors of a change of stance, over many streams at once.

Each takes streams and gives the stance [streams, length] that it holds after each article. It
starts from the true stance of the first article, as if that had been established. `cusum` is the
detector of the service (`stancewire.tracking`), written for arrays; a test compares the two.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stancewire_training.simulate import STANCES, Labels, Streams

Detect = Callable[[Streams], Labels]
Floats = NDArray[np.float64]


def last_label(streams: Streams) -> Labels:
    """The newest reading wins."""
    return streams.read


def majority(streams: Streams, *, of: int = 5) -> Labels:
    """The most frequent reading of the last few articles; a tie leaves the held stance."""
    held = np.empty_like(streams.read)
    current = streams.truth[:, 0].astype(np.int64)
    ones = np.eye(STANCES)[streams.read]
    for t in range(streams.read.shape[1]):
        counts = ones[:, max(0, t - of + 1) : t + 1].sum(axis=1)
        best = counts.argmax(axis=1)
        current = np.where(_at(counts, best) > _at(counts, current), best, current)
        held[:, t] = current
    return held


def ewma(streams: Streams, *, weight: float = 0.2, margin: float = 0.25) -> Labels:
    """Exponentially weighted shares of the readings; another stance must lead by a margin."""
    held = np.empty_like(streams.read)
    current = streams.truth[:, 0].astype(np.int64)
    shares = np.eye(STANCES)[current]
    ones = np.eye(STANCES)[streams.read]
    for t in range(streams.read.shape[1]):
        shares = (1.0 - weight) * shares + weight * ones[:, t]
        best = shares.argmax(axis=1)
        current = np.where(_at(shares, best) > _at(shares, current) + margin, best, current)
        held[:, t] = current
    return held


def cusum(
    streams: Streams,
    *,
    likelihoods: Floats,
    h: float,
    min_votes: int = 3,
    min_owners: int = 3,
    count_copies: bool = False,
) -> Labels:
    """Categorical CUSUM with minimum evidence, one vote per statement unless copies count too.

    `likelihoods` [3, 3] is P(read as x | actor's stance j); `min_votes=1, min_owners=1` is plain
    CUSUM.
    """
    logs = np.log(likelihoods)
    runs, length = streams.read.shape
    rows = np.arange(runs)
    held = np.empty_like(streams.read)
    current = streams.truth[:, 0].astype(np.int64)
    sums, votes = np.zeros((runs, STANCES)), np.zeros((runs, STANCES), dtype=np.int64)
    owners = np.zeros((runs, STANCES), dtype=np.uint64)
    carried = np.full(runs, -1)
    for t in range(length):
        x = streams.read[:, t].astype(np.int64)
        is_vote = streams.is_new[:, t] | count_copies
        owner = np.uint64(1) << streams.owner[:, t].astype(np.uint64)
        ratios = logs[:, x].T - logs[current, x][:, None]
        sums = np.where(is_vote[:, None], np.maximum(0.0, sums + ratios), sums)
        is_reset = is_vote[:, None] & (sums == 0.0)
        votes[is_reset], owners[is_reset] = 0, 0
        counts = is_vote & (sums[rows, x] > 0.0)
        votes[rows[counts], x[counts]] += 1
        carried = np.where(is_vote, np.where(counts, x, -1), carried)
        prints = carried >= 0
        owners[rows[prints], carried[prints]] |= owner[prints]
        ready = (sums >= h) & (votes >= min_votes) & (_bits(owners) >= min_owners)
        alarm = ready.any(axis=1)
        weight = np.where(ready, sums + 1e-9 * votes, -1.0)
        current = np.where(alarm, weight.argmax(axis=1), current)
        sums = np.minimum(sums, h)
        sums[alarm], votes[alarm], owners[alarm], carried[alarm] = 0.0, 0, 0, -1
        held[:, t] = current
    return held


class DriftDetector(Protocol):
    """A detector for one numeric stream, with the interface of the package river."""

    @property
    def drift_detected(self) -> bool:
        """Whether the newest value raised an alarm."""
        ...

    def update(self, x: float) -> object:
        """Take the next value."""
        ...


def drift(streams: Streams, *, make: Callable[[], DriftDetector], recent: int = 5) -> Labels:
    """A detector for numbers, fed 1 where a vote contradicts the held stance and 0 where not.

    At its alarm the most frequent of the newest votes becomes the stance and the detector is made
    anew, as it has no notion of several stances.
    """
    held = np.empty_like(streams.read)
    for row in range(len(held)):
        current, votes, detector = int(streams.truth[row, 0]), [], make()
        for t in range(held.shape[1]):
            if streams.is_new[row, t]:
                votes.append(int(streams.read[row, t]))
                detector.update(float(votes[-1] != current))
                if detector.drift_detected:
                    detector = make()
                    current = int(np.bincount(votes[-recent:], minlength=STANCES).argmax())
            held[row, t] = current
    return held


def _at(values: Floats, places: NDArray[np.int64]) -> Floats:
    """For each stream the value at its place."""
    picked: Floats = np.take_along_axis(values, places[:, None], axis=1)[:, 0]
    return picked


def _bits(masks: NDArray[np.uint64]) -> NDArray[np.int64]:
    """How many bits are set in each mask."""
    octets = masks[..., None].view(np.uint8)
    bits: NDArray[np.int64] = np.unpackbits(octets, axis=-1).sum(axis=-1, dtype=np.int64)
    return bits
