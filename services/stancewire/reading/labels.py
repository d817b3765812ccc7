"""The token layers that the tagger predicts, and how a tag sequence becomes spans."""

from collections.abc import Iterable
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from stancewire.reading.sentences import Span


class Layer(IntEnum):
    """One BIO sequence each; a token may lie in several (a speaker inside a statement)."""

    STATEMENT = 0
    CUE = 1
    SPEAKER = 2
    MENTION = 3
    """Any mention of somebody who states something somewhere in the article."""


OUTSIDE, BEGIN, INSIDE = 0, 1, 2
_FORBIDDEN = -1e9


def decode_bio(logits: NDArray[np.float32]) -> list[Span]:
    """Token spans of the most probable BIO path.

    Viterbi (Viterbi 1967) over `logits` [n, 3] (outside, begin, inside), where `inside` may not
    follow `outside` nor open the sequence.
    """
    if not len(logits):
        return []
    transition = np.zeros((3, 3))
    transition[OUTSIDE, INSIDE] = _FORBIDDEN
    best = logits[0].astype(np.float64) + np.array([0, 0, _FORBIDDEN])
    came = np.zeros((len(logits), 3), dtype=np.int64)
    for i in range(1, len(logits)):
        paths = best[:, None] + transition
        came[i] = paths.argmax(axis=0)
        best = paths.max(axis=0) + logits[i]
    tags = [int(best.argmax())]
    for i in range(len(logits) - 1, 0, -1):
        tags.append(int(came[i, tags[-1]]))
    return spans_of(reversed(tags))


def spans_of(tags: Iterable[int]) -> list[Span]:
    """Half-open spans of a valid BIO tag sequence."""
    spans: list[Span] = []
    start: int | None = None
    end = 0
    for i, tag in enumerate(tags):
        if tag != INSIDE and start is not None:
            spans.append((start, i))
            start = None
        if tag == BEGIN:
            start = i
        end = i + 1
    if start is not None:
        spans.append((start, end))
    return spans
