"""Countries and states that words name: "Südkorea" = "South Korea" = "Seoul" -> "kr".

Country names come from CLDR through Babel; capitals, adjectives, seats of government and the states
below a country come from `places.toml` and `states.toml`. Codes are those of ISO 3166, in lower
case, and `xk` for Kosovo.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from babel import Locale

from stancewire.reading.tables import Key, parts, table
from stancewire.reading.wordforms import folded, stem

How = Literal["name", "capital", "adjective", "seat"]

_NAME_LANGUAGES = ("de", "en")
_NO_COUNTRIES = frozenset(("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"))
_LONGEST_NAME = 5
_GERMAN_ADJECTIVE = re.compile(r"(?<=sch)(?:e|er|en|em|es)$")


@dataclass(frozen=True)
class Place:
    """A country or state in a row of words: `words[start:end]` name it."""

    code: str
    how: How
    start: int
    end: int


def find_place(words: Sequence[str]) -> Place | None:
    """The first place among words as `tables.parts` cuts them; the longest name wins."""
    for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            found = _lookup(words[start : start + length])
            if found:
                return Place(*found, start, start + length)
    return None


def country_of(word: str) -> str | None:
    """The code of a country that one word names; None for capitals and adjectives."""
    found = _lookup([word])
    return found[0] if found and found[1] == "name" else None


def is_place_genitive(word: str) -> bool:
    """Whether a word is a country in the genitive: "Spaniens", "Germany's"."""
    plain = folded(word)
    return plain.endswith("s") and country_of(plain.removesuffix("s")) is not None


def _lookup(words: Sequence[str]) -> tuple[str, How] | None:
    known = _known()
    if len(words) > 1:
        return known.get(tuple(stem(w) for w in words))
    plain = folded(words[0])
    if words[0] in ("us", "in", "is"):
        return None
    forms = [plain, plain.removesuffix("s"), plain.removesuffix("n")]
    forms.append(_GERMAN_ADJECTIVE.sub("", plain))
    if (found := next((known[(f,)] for f in forms if (f,) in known), None)) is not None:
        return found
    # "Berliner Regierung"; the English "er" of a capital's name does not exist.
    capital = known.get((plain.removesuffix("er"),)) if plain.endswith("er") else None
    return (capital[0], "capital") if capital and capital[1] == "capital" else None


@cache
def _known() -> dict[Key, tuple[str, How]]:
    """Words of a name -> code and what the name is; a country wins over a state."""
    known: dict[Key, tuple[str, How]] = {}
    for source in ("states", "places"):
        for code, entry in table(source).items():
            for how in ("capital", "adjective", "name", "seat"):
                for name in entry.get(how, ()):
                    known[_index(name)] = (code.casefold(), how)
    for language in _NAME_LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code not in _NO_COUNTRIES:
                known.setdefault(_index(name), (code.casefold(), "name"))
    return known


def _index(name: str) -> Key:
    words = parts(name)
    return (folded(words[0]),) if len(words) == 1 else tuple(stem(w) for w in words)
