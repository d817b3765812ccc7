"""The word tables of this room, read once from the TOML files that lie beside the code."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from stancewire.reading.wordforms import ARTICLES, stem

_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_INNER_STOP = re.compile(r"(?<=\w)(?:\.(?=\w)|[:*](?=innen\b))")
_WORD = re.compile(r"\w+(?:['’]\w+)*['’]?")
_SMALL = frozenset("und and of für for".split())

Key = tuple[str, ...]


@cache
def table(name: str) -> dict[str, Any]:
    """The table `name`.toml."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


def parts(text: str) -> list[str]:
    """Words without articles, cut at hyphens, abbreviations in one: "U.S. Navy" -> US, Navy."""
    joined = _INITIALS.sub(lambda initials: initials[0].replace(".", ""), text)
    found = _WORD.findall(_INNER_STOP.sub("", joined))
    return [w for w in found if w.casefold() not in ARTICLES] or found


def key(text: str) -> Key:
    """Stems of the words in their order: equal for a name in any inflection."""
    return tuple(stem(w) for w in parts(text))


def bag(stems: Key) -> frozenset[str]:
    """Stems without little words, in no order: "ministry of health" = "health ministry"."""
    return frozenset(s for s in stems if s not in _SMALL)
