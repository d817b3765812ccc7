"""Sentences with offsets that slice the text they came from."""

import re
from itertools import pairwise

from sentencex import get_sentence_boundaries

Span = tuple[int, int]
"""A half-open range of code points."""

LONGEST = 1500
"""Characters, of white space one between words. What goes on longer without an end is a list, a
table or a text without marks."""
QUOTES = '"„“”‟«»‹›‚‘’‛'
_BLANK_QUOTES = str.maketrans(dict.fromkeys(QUOTES, " ") | {"’": "’", "‘": "‘"})

_WORD = re.compile(rf"\S{{1,{LONGEST}}}")


def split_sentences(text: str, language: str) -> list[Span]:
    """Spans of the sentences of `text`, in order, without the white space around them.

    A sentence never crosses a line break: headlines, bylines and paragraphs end where they end.
    Quotations are split like other text, so that a quote of three sentences gives three. How much
    white space stands between words changes nothing.
    """
    spans: list[Span] = []
    start = 0
    for line in text.splitlines(keepends=True):
        squeezed, at = _squeezed(line)
        spans += [
            (start + at[begin], start + at[end - 1] + 1)
            for begin, end in _in_line(squeezed, language)
        ]
        start += len(line)
    return spans


def _squeezed(line: str) -> tuple[str, list[int]]:
    """The line with every run of white space as one space, and where each character stood."""
    at = [i for i, c in enumerate(line) if not (c.isspace() and i and line[i - 1].isspace())]
    return "".join(" " if line[i].isspace() else line[i] for i in at), at


def _in_line(line: str, language: str) -> list[Span]:
    # The splitter keeps quotations whole, so it is shown the line with the quotation marks blanked.
    found = get_sentence_boundaries(language, line.translate(_BLANK_QUOTES))
    cuts = [0, *(_quotes_rejoined(line, b["end_index"]) for b in found)]
    spans = [_trim(line, start, end) for start, end in pairwise(cuts)]
    joined = _join_fragments(line, [span for span in spans if span[0] < span[1]])
    return [part for span in joined for part in _bounded(line, span)]


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


def _bounded(line: str, span: Span) -> list[Span]:
    """A span cut between words into parts of at most `LONGEST`; a word longer than that is cut."""
    if span[1] - span[0] <= LONGEST:
        return [span]
    parts: list[Span] = []
    size = LONGEST
    for word in _WORD.finditer(line, *span):
        size += len(word[0]) + 1
        if size > LONGEST:
            parts.append(word.span())
            size = len(word[0])
        else:
            parts[-1] = (parts[-1][0], word.end())
    return parts


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
