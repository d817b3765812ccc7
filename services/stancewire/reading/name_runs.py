"""Runs of capitalised words, with the particles that names have between them."""

import re
from collections.abc import Sequence

from stancewire.reading.wordforms import ARTICLES, LINKS

_PARTICLES = frozenset(
    "von van de der den del della di da dos du la le al el bin ibn ben ter ten zu zur".split()
)
_ENDS = frozenset({"jr", "sr", "ii", "iii", "iv"})
_TIED = frozenset("der den zur von de".split())
_INSTITUTION = re.compile(
    r"(?:universität|polizei|partei|schaft|behörde|stiftung|kommission|regierung|bank|union|"
    r"agentur|zeitung|hochschule|verwaltung|fraktion|organisation|feuerwehr|stadt|linken|grünen|"
    r"greenpeace|amt|institut|verband|klinik|charité|bundeswehr|initiative|klimaliga)s?$"
)
_CAMEL = re.compile(r"(?:di|de|du|la|mc|d['’])[A-ZÄÖÜ]")
_ABBREVIATED = re.compile(r"(?:\w\.)+\w?\.?|\w{1,3}\.")


def is_capital(word: str) -> bool:
    """Whether a word can be part of a name, also "el-Baradei", "Ki-moon", "diGenova"."""
    return (
        word[:1].isupper()
        or word.rpartition("-")[2][:1].isupper()
        or _CAMEL.match(word) is not None
    )


def run(words: Sequence[str]) -> str | None:
    """The name that the words begin with; None where they begin with none."""
    found: list[str] = []
    for i, word in enumerate(words):
        capital = is_capital(word) and (found or word.casefold() not in ARTICLES)
        if not capital and not (word in _PARTICLES and _goes_on(word, words[i + 1 :], found)):
            break
        found.append(word)
    if not found or all(word.casefold().rstrip(".") in _ENDS for word in found):
        return None
    return " ".join(_bare(word) for word in found)


def leading_name(words: Sequence[str]) -> str | None:
    """A name of two words or more before what its bearer belongs to: "Ada Moor von der Bank"."""
    name = run(words)
    length = len(name.split()) if name else 0
    tied = len(words) > length and words[length].casefold() in LINKS | {"of", "von"}
    return name if length > 1 and tied else None


def trailing_run(words: Sequence[str]) -> int | None:
    """Where the capitalised words begin that the words end in, with their particles."""
    start = len(words)
    while start and (is_capital(words[start - 1]) or words[start - 1] in _PARTICLES):
        start -= 1
    while start < len(words) and words[start] in ARTICLES:
        start += 1
    return start if start < len(words) and is_capital(words[-1]) else None


def _goes_on(particle: str, rest: Sequence[str], found: Sequence[str]) -> bool:
    """Whether a name goes on: "Ursula von der Leyen", but "Meyer von der Universität"."""
    after = [word for word in rest if word not in _PARTICLES]
    if not after or not is_capital(after[0]) or not rest or rest[-1] in _PARTICLES:
        return False
    if not found:
        return particle not in ARTICLES
    alone = len(after) == 1 and not after[0].isupper()
    return particle not in _TIED or (alone and not _INSTITUTION.search(after[0].casefold()))


def _bare(word: str) -> str:
    """Without the genitive's apostrophe, and without a full stop that ends no abbreviation."""
    word = re.sub(r"(?:['’][sS]|['’])$", "", word) if len(word) > 2 else word
    return word if _ABBREVIATED.fullmatch(word) else word.rstrip(".")
