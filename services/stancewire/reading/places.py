"""Governments by the country that a mention names: "Seoul" = "die südkoreanische Regierung" = KR.

Country names come from CLDR through Babel; capitals, adjectives and seats of government that stand
for the government come from `places.toml`.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files

from babel import Locale

from stancewire.reading.features import words

_NAME_LANGUAGES = ("de", "en")
_GOVERNMENT = frozenset(
    (
        "regierung government administration führung leadership regime staatsführung kabinett "
        "cabinet staat state staatsregierung zentralregierung in of von s"
    ).split()
)
_LONGEST_NAME = 4
_ASCII: dict[int, str] = {ord("ä"): "a", ord("ö"): "o", ord("ü"): "u", ord("ß"): "ss"}


def government_id(mention: str) -> str | None:
    """`government:kr` for a mention of a country's government, None where none is named.

    An office within it keeps its words: "US-Außenministerium" is `government:us-aussenministerium`.
    """
    left = _split(mention)
    code, rest = _country(left)
    if code is None:
        return None
    offices = [w for w in rest if w not in _GOVERNMENT]
    return "-".join([f"government:{code.casefold()}", *map(_plain, offices)])


def _split(mention: str) -> list[str]:
    """Casefolded words; a hyphen parts a country from its office ("us-regierung")."""
    text = re.sub(r"['’]s\b", "", " ".join(words(mention)))
    if text.startswith("bundesregierung"):
        text = text.replace("bundesregierung", "deutsche regierung")
    return [w for part in text.split() for w in part.split("-") if w]


def _country(parts: list[str]) -> tuple[str | None, list[str]]:
    """The first country that consecutive words name, and the words around it."""
    known = _known()
    for length in range(min(_LONGEST_NAME, len(parts)), 0, -1):
        for at in range(len(parts) - length + 1):
            code = _lookup(known, " ".join(parts[at : at + length]))
            if code:
                return code, parts[:at] + parts[at + length :]
    return None, parts


def _lookup(known: dict[str, str], name: str) -> str | None:
    for form in (name, name.removesuffix("s"), re.sub(r"(?<=sch)(e|er|en|em|es)$", "", name)):
        if form in known:
            return known[form]
    return None


def _plain(word: str) -> str:
    return word.translate(_ASCII)


@cache
def _known() -> dict[str, str]:
    """Casefolded name, capital, adjective or seat -> ISO 3166 code."""
    known: dict[str, str] = {}
    for language in _NAME_LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2:
                known[" ".join(_split(name))] = code
    table = tomllib.loads(files(__package__).joinpath("places.toml").read_text("utf-8"))
    for code, entry in table.items():
        for name in entry["names"]:
            known[" ".join(_split(name))] = code
    return known
