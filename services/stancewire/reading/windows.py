"""An article as the encoder sees it: windows of whole sentences, each opened by the headline.

    <s> headline </s> context sentences … own sentences … </s>

Most articles fit one window. In longer ones every sentence is *owned* by exactly one window, which
decides about it; the sentences before it are shown again as context, so that nothing is read blind
and nothing is dropped or read twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancewire.reading.sentences import Span

BEGIN, END = 0, 2
"""Token ids of `<s>` and `</s>` in the XLM-R vocabulary."""

MAX_TOKENS = 448
TITLE_TOKENS = 40
CONTEXT_TOKENS = 96


@dataclass(frozen=True)
class Tokens:
    """Token ids of a text and the code points each covers; both of shape [n] and [n, 2]."""

    ids: NDArray[np.int64]
    spans: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    def covering(self, span: Span) -> Span:
        """The range of tokens that overlap a span of code points; empty where none does."""
        start = int(np.searchsorted(self.spans[:, 1], span[0], side="right"))
        return start, max(start, int(np.searchsorted(self.spans[:, 0], span[1], side="left")))


@dataclass(frozen=True)
class Window:
    """One pass of the encoder.

    `ids` [n] is the whole input; row `body_at + k` of it is body token `first + k`.
    Body tokens `[own, last)` are decided here, `[first, own)` are context.
    """

    ids: NDArray[np.int64]
    body_at: int
    first: int
    own: int
    last: int


def cut_windows(title: Tokens, body: Tokens, sentences: Sequence[Span]) -> list[Window]:
    """Cover `body` with windows of at most `MAX_TOKENS`; an empty body gives no window.

    A sentence longer than a window is cut between tokens.
    """
    opening = np.concatenate([[BEGIN], title.ids[:TITLE_TOKENS], [END]])
    room = MAX_TOKENS - len(opening) - 1
    starts = _sentence_starts(body, sentences)
    windows: list[Window] = []
    own = 0
    while own < len(body):
        first = _context_start(starts, own)
        last = _window_end(starts, own, first + room, len(body))
        ids = np.concatenate([opening, body.ids[first:last], [END]]).astype(np.int64)
        windows.append(Window(ids, len(opening), first, own, last))
        own = last
    return windows


def _sentence_starts(body: Tokens, sentences: Sequence[Span]) -> list[int]:
    """Index of the first token of each sentence, ascending, beginning with 0."""
    begins = np.array([start for start, _ in sentences], dtype=np.int64)
    return sorted({0, *np.searchsorted(body.spans[:, 1], begins, side="right").tolist()})


def _context_start(starts: Sequence[int], own: int) -> int:
    return min((s for s in starts if own - CONTEXT_TOKENS <= s <= own), default=own)


def _window_end(starts: Sequence[int], own: int, limit: int, total: int) -> int:
    if limit >= total:
        return total
    return max((s for s in starts if own < s <= limit), default=limit)
