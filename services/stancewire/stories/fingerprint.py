"""Which statements are the same words printed again: an agency's quote in thirty outlets.

The fingerprint is a similarity hash (Charikar, "Similarity estimation techniques from rounding
algorithms", STOC 2002): each feature of the text is hashed to 64 bits, each bit of the fingerprint
is the majority over the features. Features are the words and every run of four characters, so that
an inflected form ("sinken", "sänken") moves few bits. Texts that share most features differ in few.

The thresholds were measured on 103 statements of our own (`tests/unit/stories/copies.jsonl`: 33
originals, their printed variants and translations, and pairs that differ in one telling word such
as "deutlich besser" and "kaum besser"); `docs/tracking.md` has the table. No threshold parts such
pairs from copies, which is why negations, numbers and stances must agree as well.
"""

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from stancewire.events import Stance, Value

MAX_DISTANCE = 12
"""Most bits of 64 in which the fingerprints of two printings of a statement differ."""
MIN_COSINE = 0.89
"""Least cosine of the embeddings of a statement and its translation."""
MIN_CONTAINED_WORDS = 4
"""A shorter piece of another statement proves nothing: everybody says "we are confident"."""

_WORD = re.compile(r"\w+")
_INSIDE_WORD = re.compile(r"(?<=\w)['’](?=\w)|(?<=\d)[.,](?=\d)|\u00ad")
_NEGATION = re.compile(
    r"\b(?:nicht|nie|niemals|nichts|niemand|kein(?:e[nmrs]?)?|ohne|kaum|weder"
    r"|no|not|never|nothing|nobody|none|neither|nor|without|hardly|cannot"
    r"|(?:ca|wo|do|does|did|is|are|was|were|would|could|should|has|have|had)nt)\b"
)


class Printed(Value, frozen=True, kw_only=True):
    """A statement as it was printed. What is unknown (None) is not compared."""

    text: str
    fingerprint: str
    """16 hex digits, from `fingerprint`."""
    language: str | None = None
    stance: Stance | None = None
    embedding: bytes | None = None
    """The unit sentence embedding times 127, as 384 signed bytes."""


def normalised(text: str) -> str:
    """The words of a text: NFKC, casefolded, without quotes and punctuation, joined by one space.

    >>> normalised("„4.000 Menschen“ – das ist zu viel!")
    '4000 menschen das ist zu viel'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_WORD.findall(_INSIDE_WORD.sub("", folded)))


def fingerprint(text: str) -> str:
    """The 64-bit similarity hash of a text as 16 hex digits; the same on every machine.

    A text without a word has the fingerprint of the empty text.
    """
    words = normalised(text)
    features = words.split() + [words[i : i + 4] for i in range(max(1, len(words) - 3))]
    digests = b"".join(blake2b(f.encode(), digest_size=8).digest() for f in features)
    bits = np.unpackbits(np.frombuffer(digests, dtype=np.uint8)).reshape(len(features), 64)
    majority = 2 * bits.sum(axis=0, dtype=np.int64) > len(features)
    return np.packbits(majority).tobytes().hex()


def distance(left: str, right: str) -> int:
    """In how many of 64 bits two fingerprints differ (Hamming). Raises ValueError if not hex."""
    return (int(left, 16) ^ int(right, 16)).bit_count()


def is_copy(left: Printed, right: Printed) -> bool:
    """Whether both are the same statement, printed twice. Symmetric; not transitive.

    Equal words, or the words of one inside the other (at least `MIN_CONTAINED_WORDS`), always are.
    Close fingerprints are, and across languages close embeddings, where stance, numbers and
    negation agree: one telling word turns a statement around and moves either measure very little.
    """
    a, b = _words(left.text), _words(right.text)
    if a.text == b.text:
        return bool(a.text)
    if a.telling != b.telling:
        return False
    if _contains(a, b) or _contains(b, a):
        return True
    if left.stance is not None and right.stance is not None and left.stance != right.stance:
        return False
    if left.language == right.language:
        return distance(left.fingerprint, right.fingerprint) <= MAX_DISTANCE
    return _cosine(left.embedding, right.embedding) >= MIN_COSINE


class _Words(Value, frozen=True, kw_only=True):
    text: str
    count: int
    telling: tuple[bool, tuple[str, ...]]
    """Whether it negates, and its numbers."""


@lru_cache(maxsize=8192)
def _words(text: str) -> _Words:
    words = normalised(text)
    each = words.split()
    numbers = tuple(sorted(word for word in each if word[0].isdigit()))
    negates = _NEGATION.search(words) is not None
    return _Words(text=words, count=len(each), telling=(negates, numbers))


def _contains(whole: _Words, piece: _Words) -> bool:
    return piece.count >= MIN_CONTAINED_WORDS and f" {piece.text} " in f" {whole.text} "


def _cosine(left: bytes | None, right: bytes | None) -> float:
    """Cosine of two int8 vectors; 0 where one is missing or zero."""
    if left is None or right is None or len(left) != len(right):
        return 0.0
    a, b = _vector(left), _vector(right)
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / length if length else 0.0


def _vector(raw: bytes) -> NDArray[np.float32]:
    return np.frombuffer(raw, dtype=np.int8).astype(np.float32)
