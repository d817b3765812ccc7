"""Tagged token spans become statements and mentions: pieces of the body with exact offsets."""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stancewire.events import Passage
from stancewire.reading.features import is_pronoun
from stancewire.reading.labels import Layer, decode_bio
from stancewire.reading.sentences import QUOTES, Span
from stancewire.reading.windows import Tokens

_MARKS = f"{QUOTES} ,.;:!?–—-()[]'"
"""What may stand around a mention without belonging to it."""
_LEAST_SAID = 3
"""Letters and digits that a statement has at least."""


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
    speakers = cut.mentions(layers[Layer.SPEAKER])
    free = [p for p in cut.mentions(layers[Layer.MENTION]) if not _overlaps(p, speakers)]
    return Tagged(
        statements=cut.statements(layers[Layer.STATEMENT]),
        cues=cut.mentions(layers[Layer.CUE]),
        speakers=speakers,
        mentions=sorted(speakers + free, key=lambda p: p.start),
    )


def nearest(piece: Piece, others: Sequence[Piece]) -> Piece | None:
    """The one of `others`, in text order, in the same sentence that stands closest.

    Counted in tokens, which white space does not change; the earlier of two equals.
    """
    begin = bisect_left(others, piece.sentence, key=lambda o: o.sentence)
    end = bisect_right(others, piece.sentence, key=lambda o: o.sentence)
    return min(
        others[begin:end],
        key=lambda o: (
            max(o.tokens[0] - piece.tokens[1], piece.tokens[0] - o.tokens[1]),
            o.start,
        ),
        default=None,
    )


class _Cutter:
    """Cuts spans of tokens, in text order, into pieces of the body without overlaps."""

    def __init__(self, body: str, tokens: Tokens, sentences: Sequence[Span]) -> None:
        self._body, self._tokens = body, tokens
        self._sentences = list(sentences) or [(0, 0)]
        self._ends = np.array([end for _, end in self._sentences], dtype=np.int64)

    def statements(self, spans: Iterable[Span]) -> list[Piece]:
        """Spans cut where sentences end; pieces that say nothing are left out."""
        parts = (part for span in spans for part in self._by_sentence(span))
        pieces = self._pieces(parts, around=",;")
        return [p for p in pieces if sum(c.isalnum() for c in p.text) >= _LEAST_SAID]

    def mentions(self, spans: Iterable[Span]) -> list[Piece]:
        """Spans as far as their first sentence goes, without marks around them."""
        parts = (self._by_sentence(span)[0] for span in spans)
        pieces = self._pieces(parts, around=_MARKS)
        return [p for p in pieces if any(c.isalnum() for c in p.text)]

    def _by_sentence(self, span: Span) -> list[Span]:
        of = self._sentences_of(span)
        cuts = (np.flatnonzero(of[1:] != of[:-1]) + span[0] + 1).tolist()
        return list(pairwise([span[0], *cuts, span[1]]))

    def _sentences_of(self, span: Span) -> NDArray[np.int64]:
        """For each token of a span the index of its sentence."""
        found = np.searchsorted(self._ends, self._tokens.spans[slice(*span), 0], side="right")
        return np.minimum(found, len(self._ends) - 1)

    def _pieces(self, spans: Iterable[Span], *, around: str) -> Iterator[Piece]:
        """Grown to whole words within their sentence; white space and `around` are cut off."""
        taken = 0
        for span in spans:
            sentence = int(self._sentences_of(span)[0])
            begins, ends = self._sentences[sentence]
            start, end = self._whole_words(*self._characters(span))
            # Two spans that meet inside a word both grow over it: the first one has it.
            start, end = self._trimmed(max(start, begins, taken), min(end, ends), around)
            taken = max(taken, end)
            yield Piece(self._body[start:end], start, end, span, sentence)

    def _characters(self, span: Span) -> Span:
        return int(self._tokens.spans[span[0], 0]), int(self._tokens.spans[span[1] - 1, 1])

    def _whole_words(self, start: int, end: int) -> Span:
        body = self._body
        while 0 < start < len(body) and _in_word(body[start - 1]) and _in_word(body[start]):
            start -= 1
        while 0 < end < len(body) and _in_word(body[end - 1]) and _in_word(body[end]):
            end += 1
        return start, end

    def _trimmed(self, start: int, end: int, around: str) -> Span:
        body = self._body
        while start < end and (body[start].isspace() or body[start] in around):
            start += 1
        while end > start and (body[end - 1].isspace() or body[end - 1] in around):
            end -= 1
        return start, max(start, end)


def _in_word(character: str) -> bool:
    """Letters, digits, and the marks that combine with them."""
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _overlaps(piece: Piece, others: Sequence[Piece]) -> bool:
    """Whether it shares characters with one of `others`, which are in order and apart."""
    before = bisect_left(others, piece.end, key=lambda o: o.start)
    return before > 0 and others[before - 1].end > piece.start
