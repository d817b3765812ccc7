"""For whom somebody speaks: the institution in "Sprecherin der Stiftung Warentest"."""

import re
from collections.abc import Iterator, Sequence

from stancewire.reading.nominative import nominative
from stancewire.reading.organizations import known_organization
from stancewire.reading.places import find_place, is_place_genitive
from stancewire.reading.roles import is_role
from stancewire.reading.tables import parts
from stancewire.reading.wordforms import ARTICLES

_COMPOUND = re.compile(
    r"(?:vize)?([A-ZÄÖÜa-zäöü]\w{3,}?)s?(?:presse)?(?:sprecher|vertreter)(?:s|in|innen|n)?$", re.I
)
_HYPHENATED = re.compile(r"[„“\"»«]?([\w.&]+(?:[-–][\w.]+)*)[“”\"»«]?[-–](\w+)")
_OWNED = re.compile(
    r"(?:des|der|von|vom|beim|of|at|from)\s+(?:(?:der|die|das|den|dem|the|eines|einer)\s+)?"
)
_SPOKEN = re.compile(r"(?:für|for|bei|in)\s+(?:(?:der|die|das|den|dem|the|a)\s+)?")
_SPOKESPERSON = re.compile(
    r"(?:sprecher|spokes|lawyer|attorney|anwalt|anwält|secretary|vertreter)", re.I
)
_CUT = re.compile(r"[,;]| – | — |\s+(?:who|which|that|aus|um)\s")
_QUOTES = re.compile(r"[„“”\"»«]")
_PARTY = re.compile(r"\(([^()]{2,30})\)\s*$")
_GENERAL = frozenset(
    "vize vorstands bundes landes kreis ex alt chef presse ober general team ns bwl nobel "
    "parteivorstand un-sonder verbraucher distrikt dancehall".split()
)
_IDLE = frozenset("landes manns mannes kindes opfers tages jahres polizisten".split())
_ENGLISH_ROLE = re.compile(
    r"^(?:spokes\w+|official|director|president|chief|ceo|chair\w*|contributor|leader|secretary|"
    r"negotiator|mediator|envoy|lawyer|attorney|ambassador|administrator|representative|"
    r"executive|commissioner|manager)s?$"
)
_BODIES = frozenset(
    "ministry department police army commission company government union council party "
    "campaign agency embassy military airline".split()
)
_RANKS = ARTICLES | frozenset(
    "acting former senior deputy chief press prime vice minority majority general executive".split()
)
_GENERIC = frozenset(
    "regierung ministerium unternehmen firma konzern verein partei behörde behörden company party "
    "government ministry group union".split()
)
"""Institutions that tell little: another mention may name them."""


def institution_behind(forms: Sequence[str], *, name: str | None = None) -> str | None:
    """The institution that the mentions say somebody speaks for or belongs to; None where none.

    `name` is the person's own name as far as it is known. The answer stands in the mention, a
    German one in the nominative; only "Bundesminister" and the like stand for "Bundesregierung".
    """
    finders = (_compound, _tied, _before, _federal, _party)
    found = [said for find in finders for form in forms if (said := find(form, name))]
    found = [nominative(said) for said in found if said.casefold() not in _IDLE]
    telling = (said for said in found if said.casefold().rstrip("s") not in _GENERIC)
    return next(telling, None) or next(iter(found), None)


def _compound(form: str, _: str | None) -> str | None:
    """As in "Polizeisprecher" -> "Polizei", "CSU-Vorsitzende" -> "CSU"."""
    for found in _HYPHENATED.finditer(form):
        if is_role(found[2]) and found[1].casefold() not in _GENERAL and len(found[1]) > 1:
            return found[1]
    for word in form.split():
        if (compound := _COMPOUND.match(word)) is None or "stellvertreter" in word.casefold():
            continue
        owner = compound[1].removesuffix("presse")
        if owner and owner.casefold() not in _GENERAL:
            where = re.search(rf"{re.escape(word)} (in [A-ZÄÖÜ]\w+)", form)
            said = owner[0].upper() + owner[1:]
            return f"{said} {where[1]}" if where else said
    return None


def _tied(form: str, name: str | None) -> str | None:
    """As in "Sprecher des Außenministeriums", "spokeswoman for Tesla", "Georg vom Verband X"."""
    for role, rest in _after_roles(form, name):
        tie = _OWNED.match(rest) or (_SPOKEN.match(rest) if _SPOKESPERSON.search(role) else None)
        if tie is None:
            continue
        said = _CUT.split(rest[tie.end() :])[0].strip()
        said = said.removesuffix(name).strip() if name else said
        said = " ".join(_QUOTES.sub(" ", said).split())
        if any(c.isupper() for c in said) or (said and _SPOKESPERSON.search(role)):
            return said
    return None


def _after_roles(form: str, name: str | None) -> Iterator[tuple[str, str]]:
    """Each role, or the name, with what follows it."""
    words = list(re.finditer(r"[\w'’.\-]+", form))
    for i, word in enumerate(words[:-1]):
        if is_role(word[0]) or (name is not None and form[: word.end()].endswith(name)):
            yield word[0], form[words[i + 1].start() :]


def _before(form: str, name: str | None) -> str | None:
    """As in "foreign ministry spokeswoman", "Fox News contributor X", "Japans Botschafter"."""
    words = (form.removesuffix(name) if name else form).split()
    while words and words[0].casefold() in _RANKS:
        words = words[1:]
    roles = [i for i, w in enumerate(words) if is_role(w.strip(",.")) and "-" not in w]
    if not roles or not roles[0]:
        return None
    if is_place_genitive(words[0]) and re.search(r"s$|['’]s$", words[0]):
        return re.sub(r"['’]?s$", "", words[0])
    owner = words[: roles[0]]
    while owner and owner[-1].casefold() in _RANKS:
        owner = owner[:-1]
    place = find_place(parts(" ".join(owner))) if owner else None
    if not owner or (place and place.how == "adjective" and place.end == len(owner)):
        return None
    proper = any(w[:1].isupper() for w in owner) or owner[-1].casefold() in _BODIES
    english = _ENGLISH_ROLE.search(words[roles[-1]].casefold())
    return re.sub(r"['’]s?$", "", " ".join(owner)) if proper and english else None


def _federal(form: str, _: str | None) -> str | None:
    return "Bundesregierung" if re.search(r"\bBundes(?:\w*minister|kanzler)", form) else None


def _party(form: str, _: str | None) -> str | None:
    found = _PARTY.search(form)
    return found[1] if found and known_organization(found[1]) else None
