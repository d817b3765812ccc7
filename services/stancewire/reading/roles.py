"""Offices and occupations: which words name one, and one id for "Sprecherin" and "spokesman"."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from stancewire.reading.wordforms import folded, variants

_ROLE_LIKE = re.compile(
    r"(?:ologin|ologe|istin|ominin|nomin|rätin|referentin|gräfin|feurin|"
    r"ologist|onomist|onomer|iatrist|ician|athlete|master)$"
)
_NO_ROLE = frozenset({"schwarzer", "patrician"})
_SHORT_ENDINGS = frozenset({"chef", "arzt", "frau"})
"""Offices of four letters that compounds end in; of the others names do ("Hermann", "Stewart")."""


@lru_cache(maxsize=16_384)
def is_role(word: str) -> bool:
    """Whether a word names an office or occupation ("Außenministerin", "spokesman").

    A compound is what its last part is; German feminine forms need not be listed.
    """
    plain = word.casefold().rstrip(".").rpartition("-")[2]
    if plain in _NO_ROLE:
        return False
    if any(form in _roles() or form.endswith(_endings()) for form in _inflections(plain)):
        return True
    return len(plain) > 6 and _ROLE_LIKE.search(plain) is not None


def _inflections(word: str) -> Iterator[str]:
    yield word
    for ending in ("s", "n", "en", "in"):
        if word.endswith(ending) and len(word) > len(ending) + 4:
            yield word.removesuffix(ending)


def canonical_role(words: Sequence[str]) -> str | None:
    """The English id of a role in either language: ("Außenminister",) -> "foreign-minister"."""
    known = _canonical()
    keys = [" ".join(folded(w) for w in words)]
    if len(words) == 1:
        keys = [*variants(words[0])]
    return next((known[key] for key in keys if key in known), None)


@cache
def _roles() -> frozenset[str]:
    lines = files(__package__).joinpath("roles.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@cache
def _endings() -> tuple[str, ...]:
    return tuple(role for role in _roles() if len(role) > 4 or role in _SHORT_ENDINGS)


@cache
def _canonical() -> dict[str, str]:
    table = tomllib.loads(files(__package__).joinpath("roles.toml").read_text("utf-8"))
    return {
        " ".join(folded(w) for w in form.split()): role
        for role, forms in table["roles"].items()
        for form in forms
    }
