"""Small facts about German and English word forms that the tables of actors share."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

ARTICLES = frozenset("der die das den dem des ein eine einer einem einen eines the a an".split())
LINKS = frozenset(
    "in im of for von vom für at from aus bei beim near am zu zur with mit on".split()
)
"""Prepositions that tie what a mention belongs to: "Sprecher von Tesla", "director of Shelter"."""

_POSSESSIVE = re.compile(r"['’][sS]?$")
_ENDINGS = re.compile(r"(?:innen|ern|es|en|er|em|e|n|s)$")
_SPELT_UMLAUT = re.compile(r"(?<![aeiouq])([aou])e(?=[bcdfghjklmnpqrstvwxz])(?![lz]$)")
_STEM = 4
_ABBREVIATION = 3


@lru_cache(maxsize=16_384)
def folded(word: str) -> str:
    """Casefolded ASCII without possessive: "Müller" = "Mueller" = "muller", "Trump's" = "trump"."""
    plain = _POSSESSIVE.sub("", word).casefold().replace("ß", "ss").replace("ø", "o")
    plain = plain.replace("ł", "l").replace("đ", "d").replace("æ", "ae").replace("ı", "i")
    decomposed = unicodedata.normalize("NFKD", plain)
    return _SPELT_UMLAUT.sub(r"\1", "".join(c for c in decomposed if not unicodedata.combining(c)))


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """A folded word without its German or English ending, for comparing, not for showing."""
    plain = folded(word)
    bare = _ENDINGS.sub("", plain)
    if len(bare) >= _STEM:
        return bare
    shorter = re.sub(r"(?:es|(?<=[^aeiou])s)$", "", plain)
    return shorter if len(shorter) >= _ABBREVIATION else plain


def variants(word: str) -> Iterator[str]:
    """A folded word, then without the endings of plural, dative and genitive, the least first."""
    plain = folded(word)
    yield plain
    for ending in ("n", "s", "en", "es", "in", "innen", "r"):
        if plain.endswith(ending) and len(plain) - len(ending) >= _STEM:
            yield plain.removesuffix(ending)
