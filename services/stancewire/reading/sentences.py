"""Sentences with offsets that slice the text they came from."""

from itertools import pairwise

from sentencex import get_sentence_boundaries

Span = tuple[int, int]
"""A half-open range of code points."""

QUOTES = '"„“”‟«»‹›‚‘’‛'
_BLANK_QUOTES = str.maketrans(dict.fromkeys(QUOTES, " ") | {"’": "’", "‘": "‘"})


def split_sentences(text: str, language: str) -> list[Span]:
    """Spans of the sentences of `text`, in order, without the white space around them.

    A sentence never crosses a line break: headlines, bylines and paragraphs end where they end.
    Quotations are split like other text, so that a quote of three sentences gives three.
    """
    spans: list[Span] = []
    start = 0
    for line in text.splitlines(keepends=True):
        spans += [(start + begin, start + end) for begin, end in _in_line(line, language)]
        start += len(line)
    return spans


def _in_line(line: str, language: str) -> list[Span]:
    # The splitter keeps quotations whole, so it is shown the line with the quotation marks blanked.
    found = get_sentence_boundaries(language, line.translate(_BLANK_QUOTES))
    cuts = [0, *(_quotes_rejoined(line, b["end_index"]) for b in found)]
    spans = [_trim(line, start, end) for start, end in pairwise(cuts)]
    return _join_fragments(line, [span for span in spans if span[0] < span[1]])


def _quotes_rejoined(line: str, cut: int) -> int:
    """Move a cut so that closing marks stay with the sentence before and opening ones go on."""
    if cut >= len(line):
        return len(line)
    begin = cut
    while begin > 0 and (line[begin - 1].isspace() or line[begin - 1] in QUOTES):
        begin -= 1
    end = begin
    while end < cut and not line[end].isspace():
        end += 1
    return end


def _join_fragments(line: str, spans: list[Span]) -> list[Span]:
    """A piece without a letter or digit (a stray mark, an ellipsis) belongs to the one before."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and not any(c.isalnum() for c in line[start:end]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
