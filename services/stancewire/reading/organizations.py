"""Organisations by name: "EZB" = "European Central Bank (ECB)", "Gewerkschaft Verdi" = "Verdi"."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from stancewire.reading.tables import Key, key, table

BRACKETED = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_LEGAL = re.compile(
    r"(?:,?\s+(?:AG|GmbH|gGmbH|mbH|SE|KG|KGaA|OHG|e\.\s?V\.|eV|Inc\.?|Corp\.?|Co\.?|Ltd\.?|LLC|"
    r"LLP|plc|PLC|N\.V\.|S\.A\.|SpA|S\.p\.A\.|AB|ASA|Oyj?|Group plc|Holdings?|& Co\.?))+$"
)
_QUOTES = re.compile(r"[„“”»«\"]|''|‚|‘")
_WHERE = re.compile(r"\s+(?:in|aus|from|at|near|bei)\s+[A-ZÄÖÜ][^,]*$")
_SPECIES = re.compile(
    r"(?:(?:[Gg]ewerkschaft|[Pp]artei|[Oo]rganisation|[Kk]onzern|[Uu]nternehmen|[Ff]irma|[Aa]gentur|"
    r"[Bb]ehörde|[Ss]ender|[Zz]eitung|[Mm]agazin|[Ff]luggesellschaft|[Hh]ersteller|[Gg]ruppe|"
    r"[Vv]ersicherer|betreiber|bauer|bank|portal|[Mm]iliz)s?"
    r"|company|group|newspaper|broadcaster|agency|carmaker|airline|charity|firm|watchdog|union)$"
)
"""What kind of thing a name is of; English capitals ("Union Berlin") are part of the name."""


@lru_cache(maxsize=16_384)
def known_organization(mention: str) -> str | None:
    """The slug of an organisation that the table knows by this name, any way it is written."""
    names, literal = _organizations(), _written_small()
    for form in _spellings(mention):
        found = names.get(key(form))
        # A lower-case word names no party and no agency: "the union", "who".
        if found and (form in literal or any(w[:1].isupper() for w in form.split())):
            return found
    return None


def plain_name(mention: str) -> str:
    """A name without brackets, quotation marks, legal form and the kind of thing it is."""
    plain = _QUOTES.sub("", BRACKETED.sub("", mention))
    plain = _LEGAL.sub("", plain.strip()).strip(" ,.")
    return _without_species(plain) or mention


def _spellings(mention: str) -> Iterator[str]:
    """The name, then without what may stand around it, then what stands in brackets."""
    plain = _LEGAL.sub("", BRACKETED.sub("", mention).strip(" „“”»«\"'"))
    yield from dict.fromkeys((mention, plain, plain_name(mention), _WHERE.sub("", plain)))
    for bracketed in BRACKETED.findall(mention):
        capitals = sum(c.isupper() for c in bracketed)
        if capitals > 1 and " " not in bracketed:
            yield bracketed


def _without_species(name: str) -> str:
    """As in "Gewerkschaft Verdi" -> "Verdi"; what follows must be a name and not a genitive."""
    words = name.split()
    for at in range(len(words) - 2, -1, -1):
        rest = words[at + 1 :]
        article = rest[0][:1].islower() and " ".join(rest) not in _written_small()
        capital = words[at][:1].isupper() or words[at].islower()
        if capital and _SPECIES.search(words[at]) and not article:
            adjectives = all(w[:1].islower() or re.match(r"US-|U\.S\.", w) for w in words[:at])
            return " ".join(rest) if adjectives else name
    return name


@cache
def _organizations() -> dict[Key, str]:
    return {
        key(name): slug
        for slug, names in table("organizations").items()
        for name in (*names, *map(plain_name, names))
    }


@cache
def _written_small() -> frozenset[str]:
    """The names that are written in lower case: "dpa", "ver.di"."""
    names = (name for names in table("organizations").values() for name in names)
    return frozenset(name for name in names if name.islower())
