"""An id for somebody who is only named by what they are: "a foreign ministry spokesman"."""

import re
from collections.abc import Sequence

from stancewire.reading.institutions import identify, qualifiers_of
from stancewire.reading.places import find_place
from stancewire.reading.roles import canonical_role, is_role
from stancewire.reading.slugs import group_slug, institution_slug
from stancewire.reading.tables import parts

_SPOKEN_FOR = re.compile(r"^(\w+?)s?(sprecher|sprecherin|sprechers|vertreter|vertreterin)$", re.I)


def role_slug(forms: Sequence[str], shown: str, behalf: str | None) -> str:
    """`spokesperson-of-government-kr` where role and institution are known, else the words.

    The role must be known in full: "ranghoher westlicher Diplomat" is not any "Diplomat".
    """
    role = next((r for r in map(_role, (shown, *forms)) if r is not None), None)
    if role is None:
        return group_slug(shown)
    name, owner = role
    institution = behalf or owner
    return f"{name}-of-{_institution(institution)}" if institution else name


def _role(form: str) -> tuple[str, str | None] | None:
    """The role of a mention and whom it is of, if its other words tell: ("minister", "Japan")."""
    head = re.split(r"\s+(?:des|der|von|vom|beim|im|in|für|aus|of|for|at|from|with)\s+", form)[0]
    words = [w for part in head.split() for w in part.rsplit("-", 1) if w]
    for start in range(len(words)):
        role = canonical_role([w.casefold() for w in words[start:]])
        if role:
            return _owned(role, words[:start])
    if words and (compound := _SPOKEN_FOR.match(words[-1])) and len(words) == 1:
        role = canonical_role([compound[2]])
        return (role, compound[1]) if role else None
    return None


def _owned(role: str, before: Sequence[str]) -> tuple[str, str | None] | None:
    if not before:
        return role, None
    place = find_place(parts(" ".join(before)))
    words = parts(" ".join(before))
    if place is not None and place.end - place.start == len(words):
        return role, " ".join(before)
    known = identify(" ".join(before), kind="organization")
    if known is not None and not is_role(before[-1]):
        return role, " ".join(before)
    qualified = qualifiers_of(words)
    return ("-".join([role, *qualified]), None) if qualified is not None else None


def _institution(name: str) -> str:
    for kind in ("government", "organization"):
        found = identify(name, kind=kind)
        if found is not None:
            return found.id.replace(":", "-")
    return institution_slug(name)
