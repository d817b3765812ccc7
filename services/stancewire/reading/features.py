"""Features of a pair of spans that the states of the encoder do not carry by themselves."""

import re
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stancewire.reading.wordforms import ARTICLES

PRONOUNS = frozenset(
    (
        "er sie es ihn ihm ihr ihre ihrer ihren ihres ihrem sein seine seiner seinen seinem "
        "seines man dieser diese dieses diesem deren dessen beide beiden jener jene der die das "
        "den he she it they him her his hers its their them we i you this these those who both "
        "one"
    ).split()
)
"""Words that name nobody by themselves; a mention of only such words is a pronoun."""

_WORD = re.compile(r"\w+")
_SENTENCE_BUCKETS = 7
_STRINGS = 6
DISTANCE_FEATURES = _SENTENCE_BUCKETS + 2
"""How many features `distance_features` gives."""
IDENTITY_FEATURES = _STRINGS + _SENTENCE_BUCKETS
"""How many features `identity_features` gives."""


@lru_cache(maxsize=16_384)
def words(mention: str) -> tuple[str, ...]:
    """Casefolded words of a mention without its articles, unless it is nothing else."""
    found = tuple(w.casefold() for w in _WORD.findall(mention))
    return tuple(w for w in found if w not in ARTICLES) or found


@lru_cache(maxsize=16_384)
def is_pronoun(mention: str) -> bool:
    """Whether a mention names nobody by itself ("er", "Both", "ihre")."""
    return all(w in PRONOUNS for w in words(mention))


def distance_features(sentences_apart: ArrayLike, tokens_apart: ArrayLike) -> NDArray[np.float32]:
    """[…, 9] one-hot of the sentence distance (-3..+3, mention minus statement), side, nearness.

    Both of shape […]. `tokens_apart` is the signed gap in tokens, negative where the mention stands
    before.
    """
    sentences, gap = np.asarray(sentences_apart), np.asarray(tokens_apart)
    far = np.clip(sentences, -3, 3) + 3
    features = np.zeros((*far.shape, DISTANCE_FEATURES), dtype=np.float32)
    features[..., :_SENTENCE_BUCKETS] = far[..., None] == np.arange(_SENTENCE_BUCKETS)
    features[..., -2] = gap < 0
    features[..., -1] = 1 / (1 + np.abs(gap) / 8)
    return features


def identity_features(mention: str, other: str, sentences_apart: int) -> NDArray[np.float32]:
    """[13] how alike two mentions are as strings, which are pronouns, how far apart."""
    features = np.zeros(IDENTITY_FEATURES, dtype=np.float32)
    features[:_STRINGS] = _strings(mention, other)
    features[_STRINGS + min(max(sentences_apart, -5), 1) + 5] = 1
    return features


@lru_cache(maxsize=16_384)
def _strings(mention: str, other: str) -> tuple[bool, ...]:
    mine, theirs = set(words(mention)), set(words(other))
    shared = mine & theirs
    return (
        mine == theirs,
        bool(shared) and (mine <= theirs or theirs <= mine),
        bool(shared),
        is_pronoun(mention),
        is_pronoun(other),
        words(mention)[-1:] == words(other)[-1:],
    )
