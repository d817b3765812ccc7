"""Labelled documents as training examples: windows with token tags, statements, mentions.

Windows, sentences and tokens come from `stancewire.reading`, so that training sees what the
service sees.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stancewire.reading.encoder import TextTokenizer
from stancewire.reading.features import is_pronoun
from stancewire.reading.labels import BEGIN, INSIDE, Layer
from stancewire.reading.sentences import Span, split_sentences
from stancewire.reading.stance import STANCES
from stancewire.reading.windows import Tokens, Window, cut_windows

ALT_SHARE = 0.25
"""Probability that a defensible second label takes from the first in the training target."""

Document = dict[str, Any]
"""One line of the labelled data; its fields are described beside the data."""


@dataclass(frozen=True)
class Mention:
    """A mention of an actor inside one window, in window rows."""

    span: Span
    text: str
    actor: str
    kind: str
    sentence: int

    @property
    def pronoun(self) -> bool:
        """Whether it names nobody by itself."""
        return is_pronoun(self.text)


@dataclass(frozen=True)
class StatementLabel:
    """One statement span inside one window, in window rows; `target` [4] sums to 1."""

    span: Span
    sentence_span: Span
    sentence: int
    speaker: int | None
    """Index into the window's mentions."""
    actor: str
    target: NDArray[np.float32]
    gold: int


@dataclass(frozen=True)
class Example:
    """One window with its labels; `tags` [n, layers] are 0 outside, 1 begin, 2 inside."""

    document: str
    language: str
    window: Window
    tags: NDArray[np.int64]
    statements: list[StatementLabel] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)


def load_documents(files: Iterable[Path]) -> list[Document]:
    """All documents of the JSON Lines files, in order."""
    return [json.loads(line) for f in files for line in f.read_text("utf-8").splitlines() if line]


def examples(document: Document, tokenizer: TextTokenizer) -> Iterator[Example]:
    """The windows of one document, labelled."""
    text = document["text"]
    body, title = tokenizer(text), tokenizer(document.get("title") or "")
    sentences = split_sentences(text, document["lang"])
    tags = np.zeros((len(body), len(Layer)), dtype=np.int64)
    labels = _Labels(document, body, tags, sentences, _mentions(document))
    # A layer holds no overlaps: of a statement and one inside it, the whole one is tagged.
    for statement in sorted(document["statements"], key=_length, reverse=True):
        for span in statement["spans"]:
            _tag(tags[:, Layer.STATEMENT], body, span)
        for layer, name in ((Layer.CUE, "cue"), (Layer.SPEAKER, "speaker")):
            if statement[name]:
                _tag(tags[:, layer], body, statement[name])
    for start, end, _ in labels.mentions:
        _tag(tags[:, Layer.MENTION], body, (start, end))
    for window in cut_windows(title, body, sentences):
        yield labels.in_window(window)


def sentence_of(sentences: list[Span], position: int) -> int:
    """Index of the sentence that holds a code point, or of the last one that begins before it."""
    begins = [start for start, _ in sentences]
    return max(int(np.searchsorted(begins, position, side="right")) - 1, 0)


def _length(statement: dict[str, Any]) -> int:
    return sum(end - start for start, end in statement["spans"])


def _tag(column: NDArray[np.int64], body: Tokens, span: Span) -> None:
    start, end = body.covering(span)
    if start == end or column[start:end].any():
        return
    column[start:end] = INSIDE
    column[start] = BEGIN


def _mentions(document: Document) -> list[tuple[int, int, str]]:
    """Speakers as labelled, and every other place where a stating actor is named."""
    found = {
        (s["speaker"][0], s["speaker"][1]): s["actor"]
        for s in document["statements"]
        if s["speaker"]
    }
    names = {
        form: actor
        for actor in {s["actor"] for s in document["statements"]}
        for form in [actor, *document["aliases"].get(actor, [])]
        if len(form) > 2 and not is_pronoun(form)
    }
    for form in sorted(names, key=len, reverse=True):
        for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", document["text"]):
            if not any(a < match.end() and match.start() < b for a, b in found):
                found[match.span()] = names[form]
    return [(start, end, actor) for (start, end), actor in sorted(found.items())]


@dataclass(frozen=True)
class _Labels:
    """A document's labels over its body tokens; `tags` [n, layers]."""

    document: Document
    body: Tokens
    tags: NDArray[np.int64]
    sentences: list[Span]
    mentions: list[tuple[int, int, str]]

    def in_window(self, window: Window) -> Example:
        """The part that lies wholly inside one window, in its rows."""
        mentions, index = self._mentions_in(window)
        statements = []
        for s in self.document["statements"]:
            speaker = index.get(tuple(s["speaker"])) if s["speaker"] else None
            for span in s["spans"]:
                found = self._inside(window, span)
                if found is not None:
                    statements.append(self._statement(window, s, span, found, speaker))
        tags = np.zeros((len(window.ids), len(Layer)), dtype=np.int64)
        tags[window.body_at : window.body_at + window.last - window.first] = self.tags[
            window.first : window.last
        ]
        document = self.document
        return Example(document["id"], document["lang"], window, tags, statements, mentions)

    def _mentions_in(self, window: Window) -> tuple[list[Mention], dict[Span, int]]:
        kinds = {s["actor"]: s["kind"] for s in self.document["statements"]}
        here: list[Mention] = []
        index: dict[Span, int] = {}
        for start, end, actor in self.mentions:
            if (found := self._inside(window, (start, end))) is not None:
                index[start, end] = len(here)
                text = self.document["text"][start:end]
                number = sentence_of(self.sentences, start)
                here.append(Mention(found, text, actor, kinds[actor], number))
        return here, index

    def _statement(
        self, window: Window, s: dict[str, Any], span: Span, found: Span, speaker: int | None
    ) -> StatementLabel:
        number = sentence_of(self.sentences, span[0])
        return StatementLabel(
            span=found,
            sentence_span=self._inside(window, self.sentences[number]) or found,
            sentence=number,
            speaker=speaker,
            actor=s["actor"],
            target=_target(s),
            gold=STANCES.index(s["stance"]),
        )

    def _inside(self, window: Window, span: Span) -> Span | None:
        start, end = self.body.covering(span)
        if start == end or start < window.first or end > window.last:
            return None
        shift = window.body_at - window.first
        return start + shift, end + shift


def _target(statement: dict[str, Any]) -> NDArray[np.float32]:
    target = np.zeros(len(STANCES), dtype=np.float32)
    target[STANCES.index(statement["stance"])] = 1 - ALT_SHARE * bool(statement["alt"])
    for other in statement["alt"]:
        target[STANCES.index(other)] += ALT_SHARE / len(statement["alt"])
    return target
