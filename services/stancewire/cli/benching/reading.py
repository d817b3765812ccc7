"""Stancewire's own side of the measurement: articles read whole, and the encoder alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stancewire.cli.benching.rounds import ENCODER, READ, SERVICE, Contender
from stancewire.events import Article
from stancewire.reading.encoder import Encoder, TextTokenizer
from stancewire.reading.lead import lead
from stancewire.reading.many import in_order
from stancewire.reading.protocols import ReaderLike
from stancewire.reading.reader import QUERY
from stancewire.reading.sentences import split_sentences
from stancewire.reading.windows import Tokens, Window, cut_windows


@dataclass(frozen=True)
class Encoded:
    """What the encoder is given for one article, as token ids and as text."""

    windows: list[NDArray[np.int64]]
    lead: NDArray[np.int64]
    texts: list[str]
    """The text of every window and of the lead: what a pipeline would be given."""
    tokens: int
    """Of the body, each counted once."""

    @property
    def encoded(self) -> int:
        """Tokens that pass through the encoder: headlines, context and lead counted as well."""
        return sum(map(len, self.windows)) + len(self.lead)


def encode(article: Article, tokenizer: TextTokenizer) -> Encoded:
    """What the reader makes of an article before it encodes it."""
    title, body = tokenizer(article.title), tokenizer(article.body)
    windows = cut_windows(title, body, split_sentences(article.body, article.language))
    opening = QUERY + lead(article)
    return Encoded(
        windows=[window.ids for window in windows],
        lead=tokenizer(opening).ids,
        texts=[*(_text(article, body, window) for window in windows), opening],
        tokens=len(body),
    )


def _text(article: Article, body: Tokens, window: Window) -> str:
    start, end = body.spans[window.first, 0], body.spans[window.last - 1, 1]
    return f"{article.title} {article.body[start:end]}"


def as_read(reader: ReaderLike, articles: Sequence[Article], *, threads: int) -> Contender:
    """What `stancewire read` does: several articles at a time, without vectors of statements."""

    def work() -> None:
        for _ in in_order(reader.read, articles, at_once=threads):
            pass

    return Contender(READ, work, amount=len(articles))


def as_service(reader: ReaderLike, articles: Sequence[Article]) -> Contender:
    """What a reader service does: one article after another, with vectors of statements."""

    def work() -> None:
        for article in articles:
            reader.read(article)

    return Contender(SERVICE, work, amount=len(articles))


def encoder_alone(directory: Path, encoded: Sequence[Encoded], *, threads: int) -> Contender:
    """The two graphs on the sequences of some articles and nothing else; tokens per second."""
    encoder = Encoder(directory, threads=threads)

    def one(article: Encoded) -> None:
        for window in article.windows:
            encoder.states(window)
        encoder.vectors([article.lead])

    def work() -> None:
        for _ in in_order(one, encoded, at_once=threads):
            pass

    return Contender(ENCODER, work, amount=sum(article.encoded for article in encoded))
