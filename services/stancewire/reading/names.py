"""The proper name of a person inside a mention: "US-Präsident Donald Trump" -> "Donald Trump".

A mention is cut at commas, brackets and quotation marks. In each segment the words after the last
office or occupation are the name, or, where there is none, the capitalised words that it ends in.
What several mentions of one person agree on decides.
"""

import re
from collections import Counter
from collections.abc import Sequence

from stancewire.reading.name_runs import is_capital, leading_name, run, trailing_run
from stancewire.reading.places import is_place_genitive
from stancewire.reading.roles import is_role
from stancewire.reading.wordforms import ARTICLES, LINKS

_HONOURS = re.compile(r"\b(?:Dr|Prof|Mr|Mrs|Ms|Hon|Rev|h\.\s?c|Ph\.D)\.(?=\s)", re.IGNORECASE)
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_SURNAMES_TOO = frozenset(
    "king bishop pope judge coach prinz prince richter könig kaiser graf koch meister wirt bauer "
    "major lord fischer lehrer schäfer müller herzog mutter papst page butler".split()
)
"""Offices that are surnames where a given name stands before them."""
_MEISTER = re.compile(r"(?!bürger|welt|europa|ober)\w+meister$")
_TOKEN = re.compile(r"[^\W\d_][\w'’.\-]*")
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_SEGMENT = re.compile(r"[,;:()\[\]„“”»«\"/]| – | — | - ")
_JOINER = re.compile(r"\s+(?:und|and|sowie|as well as|&)\s+(?!Co\b)")
_FULL_NAME_WORDS = 5
_GIVEN_NAMES = 2


def person_name(forms: Sequence[str]) -> str | None:
    """The fullest proper name in the mentions of one person; None where there are only roles.

    The name is the full one that most mentions agree on; a mention that puts an unknown occupation
    before the name agrees with nobody. "A und B" stays as it is, where nothing but its parts occurs
    beside it.
    """
    forms = list(dict.fromkeys(forms))
    if (joint := _joint(forms)) is not None:
        return joint
    names = _agreed(Counter(name for form in forms for name in names_in(form, forms)))
    full = [name for name in names if 1 < len(name.split()) <= _FULL_NAME_WORDS]
    full = [name for name in full if name[0].isupper() and not _VON.match(name)] or full
    if full:
        return max(full, key=lambda name: (names[name], _supported(name, names), -len(name)))
    return next(iter(names), None)


_VON = re.compile(r"(?:von|van|de|zu|al|el)\b", re.IGNORECASE)


def names_in(form: str, others: Sequence[str] = ()) -> list[str]:
    """The names in one mention, one of each segment; `others` tell which words are occupations."""
    plain = _BRACKETS.sub("", _HONOURS.sub(" ", form))
    segments = (_TOKEN.findall(segment) for segment in _SEGMENT.split(plain))
    return [name for tokens in segments if (name := _name_in(tokens, others))]


def parts_of_joint(form: str) -> list[str]:
    """The names of the people in "A, B und C"; empty where the mention is not of that kind."""
    if not _JOINER.search(form):
        return []
    plain = _BRACKETS.sub("", form)
    pieces = [p for part in _JOINER.split(plain) for p in re.split(r",\s+", part) if p.strip()]
    found = [names[-1] for piece in pieces if (names := names_in(piece))]
    return found if len(found) == len(pieces) and len(found) > 1 else []


def _joint(forms: Sequence[str]) -> str | None:
    for form in forms:
        people = parts_of_joint(form)
        if not people:
            continue
        others = {name for other in forms if other != form for name in names_in(other, forms)}
        words = {word for name in people for word in name.split()}
        beside = all(set(name.split()) <= words for name in others if " " in name)
        apart = sum(any(name in person for name in others) for person in people)
        if beside and (form == forms[0] or apart > 1):
            return form
    return None


def _agreed(names: Counter[str]) -> Counter[str]:
    """The names with how many mentions give each; genitives and doubled titles are put right."""
    agreed: Counter[str] = Counter()
    for name, count in names.items():
        agreed[_untitled(_nominative(name, names), names)] += count
    return agreed


def _nominative(name: str, names: Counter[str]) -> str:
    """Without a genitive s that another mention shows to be one ("Merkels" beside "Merkel")."""
    bare = name.removesuffix("s")
    last = bare.rsplit(maxsplit=1)[-1]
    shown = any(other.rsplit(maxsplit=1)[-1] == last for other in names)
    return bare if bare != name and shown else name


def _untitled(name: str, names: Counter[str]) -> str:
    """Without a first word that stands before given name and surname alike: that is a title."""
    first, _, rest = name.partition(" ")
    given, _, surname = rest.rpartition(" ")
    titled = bool(given) and f"{first} {surname}" in names and surname in names
    return rest if titled and _is_occupational(first) else name


def _is_occupational(word: str) -> bool:
    return re.search(r"(?:er|chef|ist|in|ent|ant|mann|frau|e|or)$", word) is not None


def _supported(name: str, names: Counter[str]) -> int:
    """How many other names end in this one or are its end."""
    return sum(
        other != name and (other.endswith(f" {name}") or name.endswith(f" {other}"))
        for other in names
    )


def _name_in(tokens: Sequence[str], others: Sequence[str]) -> str | None:
    tokens = _without_owner(tokens)
    roles = [i for i, t in enumerate(tokens) if is_role(t) or _is_alone(t, i, tokens, others)]
    if roles and _is_surname(tokens, roles):
        roles = roles[:-1]
    if not roles:
        return leading_name(tokens) or _trailing(tokens)
    after = list(tokens[roles[-1] + 1 :])
    if len(after) > 1 and is_place_genitive(after[0]):
        after = after[1:]
    if not after:
        return None
    if after[0].casefold() in ARTICLES | LINKS:
        return _behind_institution(after, others)
    return run(after)


def _without_owner(tokens: Sequence[str]) -> Sequence[str]:
    """As in "Denmark's Jesper Holmgaard" without Denmark."""
    owners = [i for i, t in enumerate(tokens[:-1]) if re.search(r"['’][sS]$", t)]
    rest = tokens[owners[-1] + 1 :] if owners else tokens
    return rest if is_capital(rest[0] if rest else "") else tokens


def _is_alone(token: str, at: int, tokens: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a word before a name stands alone as another mention: "Kämmerer Holger Stute"."""
    before_name = at == 0 and len(tokens) > 2 and is_capital(tokens[1])
    alone = any(other.split()[-1:] == [token] and " " not in other for other in others)
    return before_name and alone and _is_occupational(token)


def _is_surname(tokens: Sequence[str], roles: Sequence[int]) -> bool:
    """Whether the last office is somebody's surname: "Stephen King", "Martin Luther King Jr."."""
    at = roles[-1]
    before = [t for i, t in enumerate(tokens[:at]) if i not in roles and t[:1].isupper()]
    ends = all(t.casefold().rstrip(".") in _SUFFIXES for t in tokens[at + 1 :])
    plain = tokens[at].casefold()
    surname = tokens[at][:1].isupper() and (plain in _SURNAMES_TOO or _MEISTER.match(plain))
    return bool(surname) and ends and 0 < len(before) <= _GIVEN_NAMES and "-" not in before[-1]


def _trailing(tokens: Sequence[str]) -> str | None:
    """The name that a segment ends in: "der 53-jährige Uribe" -> "Uribe".

    After an adjective, the first of three words is an occupation ("ugandische Schriftsteller …").
    """
    start = trailing_run(tokens)
    if start is None or (start and tokens[start - 1].casefold() in LINKS):
        return None
    adjective = start and re.search(r"(?:e|en|er|es)$", tokens[start - 1])
    if adjective and len(tokens) - start > 2 and _is_occupational(tokens[start]):
        start += 1
    return run(tokens[start:])


def _behind_institution(tokens: Sequence[str], others: Sequence[str]) -> str | None:
    """The name behind what somebody belongs to: "Vorsitzende der Linken Gesine Lötzsch".

    Only where another mention shows the surname, or a genitive shows where the institution ends.
    """
    start = trailing_run(tokens)
    if start is None:
        return None
    ending = tokens[start:]
    initial = len(ending) > 2 and re.fullmatch(r"\w\.", ending[-2]) is not None
    name = ending[-3:] if initial else ending[-2:]
    shown = any(other == tokens[-1] or other.endswith(f" {tokens[-1]}s") for other in others)
    genitive = len(ending) == len(name) + 1 and ending[0].endswith("s") and len(ending[0]) > 5
    return run(name) if len(ending) > len(name) and (shown or genitive) else None
