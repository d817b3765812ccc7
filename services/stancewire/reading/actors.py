"""A cluster of mentions becomes an actor: a name, a kind, and an id that other articles share."""

import re
import unicodedata
import uuid
from collections.abc import Sequence

from stancewire.events import NAMESPACE, Actor, ActorKind
from stancewire.reading.features import words
from stancewire.reading.names import person_name
from stancewire.reading.places import government_id

KINDS: tuple[ActorKind, ...] = ("person", "government", "organization", "group", "unnamed")
"""The order of the kind head's output."""

NAME_WORDS = 7
"""A mention of more words is a description; a shorter one is preferred as the name."""

_UNRESOLVED = {"de": "ungenannt", "en": "unnamed"}


def describe(mentions: Sequence[str], *, kind: ActorKind) -> Actor:
    """The actor of a cluster; `mentions` are its named forms in text order, never empty."""
    forms = list(dict.fromkeys(mentions))
    person = person_name(forms) if kind == "person" else None
    name = person or _fullest(forms)
    aliases = tuple(f for f in forms if f != name)
    return Actor(id=_identify(name, kind=kind), name=name, kind=kind, aliases=aliases)


def nobody(language: str, *, article_uri: str, mention: str) -> Actor:
    """The actor of statements whose speaker leads to nobody named; apart in every article."""
    own = uuid.uuid5(NAMESPACE, f"{article_uri}\x1f{mention}").hex[:12]
    name = mention or _UNRESOLVED.get(language, "unnamed")
    return Actor(id=f"unnamed:{own}", name=name, kind="unnamed")


def slug(name: str) -> str:
    """Words of a name as an id part: ASCII where it folds, casefolded, without articles."""
    folded = unicodedata.normalize("NFKD", " ".join(words(name)).replace("ß", "ss"))
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return re.sub(r"[^\w]+", "-", plain).strip("-_") or "unknown"


def _identify(name: str, *, kind: ActorKind) -> str:
    if kind == "government" and (government := government_id(name)) is not None:
        return government
    return f"{kind}:{slug(name)}"


def _fullest(forms: Sequence[str]) -> str:
    """The form with most capitalised words, then the longest, that is not yet a description."""
    short = [f for f in forms if len(f.split()) <= NAME_WORDS]
    if not short:
        return min(forms, key=len)
    return max(short, key=lambda f: (sum(w[:1].isupper() for w in f.split()), len(f)))
