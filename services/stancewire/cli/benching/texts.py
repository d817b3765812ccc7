"""Articles to measure with: German, of a given length, made of the bundled coverage."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

import msgspec

from stancewire import coverage
from stancewire.errors import InvalidInput
from stancewire.events import Article
from stancewire.intake.decode import decode

_START = date(2026, 1, 5)
_MAX_BYTES = 1_000_000


def german_articles(*, number: int, words: int) -> list[Article]:
    """`number` articles of exactly `words` words; no two of the first few dozen are alike.

    Each begins with an article of the coverage and goes on with the paragraphs that follow.
    """
    bundled = list(_bundled())
    paragraphs = [(i, p) for i, a in enumerate(bundled) for p in a.body.split("\n\n") if p.strip()]
    first = [next(k for k, (i, _) in enumerate(paragraphs) if i == j) for j in range(len(bundled))]
    return [
        msgspec.structs.replace(
            bundled[n % len(bundled)],
            uri=f"urn:bench:{n}",
            body=_body([p for _, p in paragraphs], first[n % len(bundled)], words),
        )
        for n in range(number)
    ]


def _bundled() -> Iterator[Article]:
    for entry in coverage.load(_START):
        try:
            article = decode(
                entry.value, key=None, headers=(), received_at=entry.at, max_bytes=_MAX_BYTES
            )
        except InvalidInput:  # two records of the coverage are broken, as a feed's are
            continue
        if isinstance(article, Article) and article.language == "de" and article.body:
            yield article


def _body(paragraphs: list[str], first: int, words: int) -> str:
    """Paragraphs from `first` on, round and round, cut after `words` words."""
    body: list[str] = []
    for k in range(first, first + words):
        taken = list(islice(paragraphs[k % len(paragraphs)].split(), words))
        body.append(" ".join(taken))
        words -= len(taken)
        if not words:
            break
    return "\n\n".join(body)
