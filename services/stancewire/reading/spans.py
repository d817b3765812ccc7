"""Tagged token spans become statements and mentions: pieces of the body with exact offsets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stancewire.events import Passage
from stancewire.reading.features import is_pronoun
from stancewire.reading.labels import Layer, decode_bio
from stancewire.reading.sentences import QUOTES, Span
from stancewire.reading.windows import Tokens


@dataclass(frozen=True)
class Piece:
    """A span of the body, in code points, in tokens, and by the index of its sentence."""

    text: str
    start: int
    end: int
    tokens: Span
    sentence: int

    @property
    def pronoun(self) -> bool:
        """Whether it names nobody by itself."""
        return is_pronoun(self.text)

    @property
    def passage(self) -> Passage:
        """The form that events carry."""
        return Passage(text=self.text, start=self.start, end=self.end)


@dataclass(frozen=True)
class Tagged:
    """What the tagger found in one article, each list in text order and free of overlaps."""

    statements: list[Piece]
    cues: list[Piece]
    speakers: list[Piece]
    mentions: list[Piece]
    """Speakers, and every other mention of somebody who states something."""


def tagged_pieces(
    body: str, tokens: Tokens, sentences: Sequence[Span], tags: NDArray[np.float32]
) -> Tagged:
    """Decode tag logits [n, layers, 3] over the body's tokens."""
    cut = _Cutter(body, tokens, sentences)
    layers = {layer: decode_bio(tags[:, layer]) for layer in Layer}
    statements = [p for s in layers[Layer.STATEMENT] for p in cut.statements(s)]
    cues = [p for s in layers[Layer.CUE] if (p := cut.mention(s))]
    speakers = [p for s in layers[Layer.SPEAKER] if (p := cut.mention(s))]
    others = [p for s in layers[Layer.MENTION] if (p := cut.mention(s))]
    free = [p for p in others if not any(_overlap(p, s) for s in speakers)]
    return Tagged(statements, cues, speakers, sorted(speakers + free, key=lambda p: p.start))


def nearest(piece: Piece, others: Iterable[Piece]) -> Piece | None:
    """The one of `others` in the same sentence that stands closest; the earlier of two equals."""
    same = [o for o in others if o.sentence == piece.sentence]
    return min(
        same, key=lambda o: (max(o.start - piece.end, piece.start - o.end), o.start), default=None
    )


class _Cutter:
    def __init__(self, body: str, tokens: Tokens, sentences: Sequence[Span]) -> None:
        self._body, self._tokens = body, tokens
        self._ends = np.array([end for _, end in sentences], dtype=np.int64)

    def statements(self, span: Span) -> list[Piece]:
        """A span cut where sentences end; pieces that say nothing are left out."""
        of = self._sentences(span)
        edges = [
            span[0],
            *(i for i in range(span[0] + 1, span[1]) if of[i - span[0]] != of[i - span[0] - 1]),
            span[1],
        ]
        pieces = (self._piece((a, b)) for a, b in pairwise(edges))
        return [p for p in pieces if sum(c.isalnum() for c in p.text) > 2]

    def mention(self, span: Span) -> Piece | None:
        """A span inside one sentence without marks around it; None where nothing is left."""
        of = self._sentences(span)
        inside = span[0], span[0] + int((of == of[0]).sum())
        piece = self._piece(inside, strip=QUOTES + " ,.;:!?–—-()[]'")
        return piece if any(c.isalnum() for c in piece.text) else None

    def _sentences(self, span: Span) -> NDArray[np.int64]:
        found = np.searchsorted(self._ends, self._tokens.spans[span[0] : span[1], 0], side="right")
        return np.minimum(found, max(len(self._ends) - 1, 0))

    def _piece(self, span: Span, strip: str = " ") -> Piece:
        body = self._body
        start, end = int(self._tokens.spans[span[0], 0]), int(self._tokens.spans[span[1] - 1, 1])
        while start > 0 and body[start - 1].isalnum() and body[start].isalnum():
            start -= 1
        while end < len(body) and body[end - 1].isalnum() and body[end].isalnum():
            end += 1
        while start < end and body[start] in strip:
            start += 1
        while end > start and body[end - 1] in strip:
            end -= 1
        return Piece(body[start:end], start, end, span, int(self._sentences(span)[0]))


def _overlap(a: Piece, b: Piece) -> bool:
    return a.start < b.end and b.start < a.end
