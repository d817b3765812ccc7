"""The names in an article by which its story is known: people, places, companies, figures.

Whatever begins with a capital letter or a digit; in German that is every noun as well, so a term
counts for as much as it is rare. Terms are cut to six letters, so that most inflected and many
translated forms are one ("Norwegens", "Koreas"). `common_terms.txt` says how many of some hundred
articles of our own have a term; `python -m stancewire_training stories-background` writes it.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

LENGTH = 6
_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_SHORTEST = 3


def terms_of(text: str) -> frozenset[str]:
    """The terms of a text.

    >>> sorted(terms_of("Koreas envoys land in Oslo with 1,500 letters"))
    ['1,500', 'korea', 'oslo']
    """
    return frozenset(_term(word) for word in _WORD.findall(text) if _tells(word))


@lru_cache(maxsize=32_768)
def weight_of(term: str) -> float:
    """How much a shared term tells: its inverse document frequency, at least 0 (nats)."""
    known = _common()
    return max(0.0, math.log((known.articles + 1) / (known.counts.get(term, 0) + 0.5)))


def rarity_of(term: str) -> float:
    """1 for a term that no article of the table has, less the more have it."""
    return 1 / (1 + _common().counts.get(term, 0))


def _tells(word: str) -> bool:
    return len(word) >= _SHORTEST and (word[0].isupper() or word[0].isdigit())


def _term(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    if len(plain) > _SHORTEST + 1 and plain.endswith("s"):
        plain = plain[:-1]
    return plain[:LENGTH]


class _Common:
    """The table: in how many of `articles` a term stands."""

    def __init__(self, articles: int, counts: Mapping[str, int]) -> None:
        self.articles, self.counts = articles, counts


@lru_cache(maxsize=1)
def _common() -> _Common:
    lines = files(__package__).joinpath("common_terms.txt").read_text("utf-8").splitlines()
    counts = dict(line.rsplit(" ", 1) for line in lines[1:])
    return _Common(int(lines[0]), {term: int(count) for term, count in counts.items()})
