"""Who a mention of a government, an organisation or a group means, in German or English.

A mention is looked up as a name of `organizations.toml`; else it is taken apart into a place, an
office or group of `offices.toml`, and words that qualify it. What is left over keeps it apart.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from stancewire.events import ActorKind
from stancewire.reading.organizations import BRACKETED, known_organization
from stancewire.reading.places import Place, find_place
from stancewire.reading.tables import Key, bag, key, parts, table
from stancewire.reading.wordforms import LINKS, folded, stem

_KINDS: tuple[ActorKind, ...] = ("government", "organization", "group")
QUANTITIES = frozenset(
    "viel einig mehrer manch zahlreich etlich many some several most meist all other ander weiter "
    "more various two three zwei drei zahllos numerous certain bestimmt a number".split()
)
_JOINER = re.compile(r"\s*(?:,|;|\bund\b|\band\b|\bsowie\b|&)\s*")


@dataclass(frozen=True)
class Institution:
    """What a mention means: `kind:place-what`, of which one part may be missing."""

    kind: ActorKind
    place: str = ""
    what: str = ""
    loose: bool = False
    """Whether words are left in `what` that no table explains ("Regierung Bush")."""

    @property
    def id(self) -> str:
        """The actor's id."""
        return f"{self.kind}:{'-'.join(filter(None, (self.place, self.what)))}"


def identify(mention: str, *, kind: ActorKind) -> Institution | None:
    """The institution or group that a mention means; None where only its spelling tells it.

    A capital or country by itself is the government where `kind` says so. `kind` gives way where
    the tables know better: "EU-Kommission" is an organisation.
    """
    if kind not in _KINDS:
        return None
    known = known_organization(mention)
    if known is not None:
        return Institution("organization", what=known)
    return _joint(mention, kind) or _taken_apart(mention, kind)


def _joint(mention: str, kind: ActorKind) -> Institution | None:
    """Several countries that speak together: "Deutschland und Frankreich"."""
    pieces = [piece for piece in _JOINER.split(mention) if piece]
    if kind != "government" or len(pieces) < 2:
        return None
    places = [(find_place(words), words) for words in map(parts, pieces)]
    codes = {
        place.code for place, words in places if place and place.end - place.start == len(words)
    }
    return (
        Institution("government", "--".join(sorted(codes))) if len(codes) == len(pieces) else None
    )


def _taken_apart(mention: str, kind: ActorKind) -> Institution | None:
    words = _federal(parts(BRACKETED.sub("", mention)))
    places, left = _places(words)
    code = places[0].code if places else ""
    for row in (words, left):
        national = _national().get(tuple(stem(w) for w in row))
        if national and code in ("", national.place):
            return national
    office = _office(left)
    if all(folded(w) in LINKS for w in left):
        return _by_itself(places[0], kind) if places else None
    if office is None:
        rest = _rest(left)
        apart = kind == "government" and rest and (code or len(rest) < len(left))
        return Institution("government", code, "-".join(rest), loose=True) if apart else None
    if office.head:
        return Institution("government", code, "" if code else office.name)
    return _qualified(office, places)


def _by_itself(place: Place, kind: ActorKind) -> Institution | None:
    """A country or capital alone: the government where it is said to act as one."""
    acts = kind == "government" or (kind == "organization" and place.how in ("name", "seat"))
    return Institution("government", place.code) if acts else None


def _qualified(office: "_Office", places: Sequence[Place]) -> Institution:
    """An office with the country it is of, or the capital it is in, and what qualifies it."""
    national = office.kind == "government" or office.name.startswith("government-")
    where = [
        p.code if office.name == "embassy" else f"in-capital-{p.code}"
        for p in (places[1:] if national else places)
        if p.how == "capital"
    ]
    of = [p.code for p in places if national or p.how != "capital"]
    kept = where if office.name == "embassy" or not national else []
    return Institution(
        office.kind, of[0] if of else "", "-".join([office.name, *office.around, *kept])
    )


def _places(words: Sequence[str]) -> tuple[list[Place], list[str]]:
    """The places, each once, capitals last, and the words that name none."""
    left, found = list(enumerate(words)), []
    while (place := find_place([word for _, word in left])) is not None:
        found.append((place.how == "capital", left[place.start][0], place))
        del left[place.start : place.end]
    by_code: dict[str, Place] = {}
    for _, _, place in sorted(found, key=lambda entry: entry[:2]):
        by_code.setdefault(place.code, place)
    return list(by_code.values()), [word for _, word in left]


@dataclass(frozen=True)
class _Office:
    kind: ActorKind
    name: str
    head: bool
    around: tuple[str, ...]


def _office(words: Sequence[str]) -> _Office | None:
    """The office or group that words name; None where a word is left over that does not qualify."""
    stems = [stem(w) for w in words if folded(w) not in LINKS]
    stems = [s for s in stems if s not in QUANTITIES and not s.isdigit()]
    offices, qualifiers = _offices(), _qualifiers()
    for size in range(len(stems), 0, -1):
        for start in range(len(stems) - size + 1):
            named = offices.get(bag(tuple(stems[start : start + size])))
            rest = stems[:start] + stems[start + size :]
            if named and all(s in qualifiers for s in rest) and not (named.head and rest):
                return replace(named, around=tuple(sorted({qualifiers[s] for s in rest})))
    return None


def qualifiers_of(words: Sequence[str]) -> list[str] | None:
    """The English ids of words that qualify a role or group; None where another word is among."""
    known = _qualifiers()
    found = [known.get(stem(word)) for word in words]
    return sorted({q for q in found if q}) if all(found) else None


def _federal(words: Sequence[str]) -> list[str]:
    """As in "Bundesinnenministerium" -> deutsch, Innenministerium."""
    found: list[str] = []
    for word in words:
        office = word[6:] if word.casefold().startswith("bundes") else ""
        found += ["deutsch", office] if office and bag((stem(office),)) in _offices() else [word]
    return found


def _rest(words: Sequence[str]) -> list[str]:
    """Folded words without prepositions and without what any government is called."""
    kept = [w for w in words if folded(w) not in LINKS]
    named = [_offices().get(bag((stem(w),))) for w in kept]
    return [
        folded(w) for w, office in zip(kept, named, strict=True) if not (office and office.head)
    ]


@cache
def _offices() -> dict[frozenset[str], _Office]:
    sections: tuple[tuple[str, ActorKind], ...] = (
        *((k, k) for k in _KINDS),
        ("head", "government"),
    )
    return {
        bag(key(form)): _Office(kind, office, section == "head", ())
        for section, kind in sections
        for office, forms in table("offices")[section].items()
        for form in forms
    }


@cache
def _qualifiers() -> dict[str, str]:
    return {
        stem(form): english
        for english, forms in table("offices")["qualifiers"].items()
        for form in forms
    }


@cache
def _national() -> dict[Key, Institution]:
    kinds = {office.name: office.kind for office in _offices().values()}
    found: dict[Key, Institution] = {}
    for name, forms in table("offices")["national"].items():
        place, _, office = name.partition("-")
        for form in forms:
            found[key(form)] = Institution(kinds.get(office, "government"), place, office)
    return found
