"""The labelled stream: short articles, each with the story and the subject that it belongs to."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stancewire.events import Article, Source
from stancewire.reading.centring import centred
from stancewire.reading.lead import lead
from stancewire.reading.reader import Reader
from stancewire.stories.terms import terms_of
from stancewire.vectors import quantise


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """One article of the stream, as the methods see it, and the truth about it."""

    article: Article
    vector: NDArray[np.int8]
    """int8 [384], less the mean of its language."""
    plain: NDArray[np.int8]
    """int8 [384], as the base gives it."""
    terms: frozenset[str]
    story: str
    subject: str


def load_stream(directory: Path, reader: Reader) -> list[Labelled]:
    """The articles of all files in a folder, as they were published."""
    lines = [
        json.loads(line)
        for file in sorted(directory.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]
    lines.sort(key=lambda line: (line["published_at"], line["id"]))
    articles = [_article(line) for line in lines]
    vectors = reader.embed([lead(article) for article in articles])
    return [
        Labelled(
            article=article,
            vector=quantise(centred(vector, article.language)),
            plain=quantise(vector),
            terms=terms_of(lead(article)),
            story=line["story"],
            subject=line["subject"],
        )
        for line, article, vector in zip(lines, articles, vectors, strict=True)
    ]


def _article(line: dict[str, str]) -> Article:
    return Article(
        uri=line["id"],
        title=line["title"],
        body=line["lead"],
        language=line["language"],
        source=Source(name=line["source"], owner=line["source"]),
        published_at=datetime.fromisoformat(line["published_at"]),
    )
