"""What is common to articles: the mean vector of each language, and how many have each term."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from stancewire.reading.lead import lead
from stancewire.reading.reader import Reader
from stancewire.stories.terms import terms_of
from stancewire_training.articles import article_of
from stancewire_training.data import Document

_DIGITS = 5
_LEAST = 2


def write_centres(reader: Reader, documents: Sequence[Document], file: Path) -> None:
    """The mean of the unit vectors of headline and lead, by language, rounded to 5 digits."""
    articles = [article_of(document) for document in documents]
    means = {}
    for language in reader.languages:
        vectors = reader.embed([lead(a) for a in articles if a.language == language])
        means[language] = np.round(vectors.mean(axis=0, dtype=np.float64), _DIGITS).tolist()
    file.write_text(json.dumps(means) + "\n", "utf-8")


def write_common_terms(documents: Iterable[Document], file: Path) -> None:
    """The number of articles, then each term that at least two of them have, with how many."""
    counts: Counter[str] = Counter()
    articles = 0
    for document in documents:
        articles += 1
        counts.update(terms_of(lead(article_of(document))))
    common = sorted((term, count) for term, count in counts.items() if count >= _LEAST)
    lines = [str(articles), *(f"{term} {count}" for term, count in common)]
    file.write_text("\n".join(lines) + "\n", "utf-8")
