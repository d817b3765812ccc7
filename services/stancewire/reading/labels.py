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
    # Plain floats: for three states at each step they are ten times as fast as small arrays.
    best = (0.0, _FORBIDDEN, _FORBIDDEN)
    came: list[tuple[int, int, int]] = []
    for outside, begin, inside in logits.astype(np.float64).tolist():
        anywhere = best.index(max(best))
        within = BEGIN if best[BEGIN] >= best[INSIDE] else INSIDE
        came.append((anywhere, anywhere, within))
        best = (best[anywhere] + outside, best[anywhere] + begin, best[within] + inside)
    tag = best.index(max(best))
    tags: list[int] = []
    for before in reversed(came):
        tags.append(tag)
        tag = before[tag]
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
