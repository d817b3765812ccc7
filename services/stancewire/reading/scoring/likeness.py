"""How alike two names of an actor are, by the stems of their words.

Whether "Präsident Donald Trumps" is "Trump" must not hang on inflection, articles or titles: a
name is the set of its words' stems, and one that lies within the other is likely the same actor.
"""

import html
import re
from functools import lru_cache

_WORD = re.compile(r"\w+")
_POSSESSIVE = re.compile(r"[’']s\b")
_SOFT_HYPHEN = "\u00ad"
_SMALL_WORDS = frozenset(
    (
        "der die das den dem des ein eine einer einem einen eines the a an von of in im und and"
    ).split()
)
_ENDINGS = ("ischen", "ische", "ischer", "isches", "en", "er", "es", "em", "e", "n", "s")
"""Tried in this order; the first that leaves `_SHORTEST_STEM` characters is cut off."""
_SHORTEST_STEM = 4


def likeness(a: str, b: str) -> float:
    """From 0, nothing in common, to 1, the same words.

    One name within the other: 0.6 to 1 by how much of the longer it is. Else the share of common
    stems (Jaccard), where it is half or more.

    >>> likeness("Präsident Donald Trump", "Trumps")
    0.7333333333333334
    """
    left, right = frozenset(stems(a)), frozenset(stems(b))
    if not left or not right:
        return 0.0
    if left == right:
        return 1.0
    if left <= right or right <= left:
        shorter, longer = sorted((len(left), len(right)))
        return 0.6 + 0.4 * shorter / longer
    jaccard = len(left & right) / len(left | right)
    return jaccard if jaccard >= 0.5 else 0.0


@lru_cache(maxsize=16_384)
def stems(name: str) -> tuple[str, ...]:
    """Stems of the words of a name, small words left out."""
    text = html.unescape(name).replace(_SOFT_HYPHEN, "").casefold()
    words = _WORD.findall(_POSSESSIVE.sub("", text))
    return tuple(_stem(word) for word in words if word not in _SMALL_WORDS)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word
