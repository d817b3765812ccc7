"""What the words of a mention say about who it is, and which mentions cannot be one actor.

The model compares mentions in pairs and errs where a text puts two names close together. Names and
places know better: "Ilse Vandenberg" is not "Ahmad Darwish", nor is Washington Pyongyang.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from stancewire.events import ActorKind
from stancewire.reading.features import is_pronoun
from stancewire.reading.institutions import identify
from stancewire.reading.names import names_in
from stancewire.reading.wordforms import folded


@dataclass(frozen=True)
class Identity:
    """What is known of a mention by its words; what they leave open is empty."""

    kind: ActorKind | None = None
    name: frozenset[str] = frozenset()
    """The words of a person's name, folded."""
    place: str = ""
    """The state or region that an institution is of."""

    def excludes(self, other: "Identity") -> bool:
        """Whether the two cannot be one actor."""
        if self.name and other.name:
            return not (self.name <= other.name or other.name <= self.name)
        if self.place and other.place:
            return self.place != other.place
        return None not in (self.kind, other.kind) and self.kind != other.kind


NOTHING = Identity()
"""Nothing is known: it excludes nobody."""


def identities(mentions: Sequence[str], kinds: Sequence[ActorKind]) -> list[Identity]:
    """What is known of each mention; `kinds` are what the model takes them for.

    A single word counts as a name only where a full name among the mentions holds it, since
    "Portugiesin" and "Fischer" look like surnames too.
    """
    found = [_identity(text, kind) for text, kind in zip(mentions, kinds, strict=True)]
    full = frozenset[str]().union(*(i.name for i in found if len(i.name) > 1))
    return [i if len(i.name) != 1 or i.name <= full else NOTHING for i in found]


@lru_cache(maxsize=16_384)
def _identity(mention: str, kind: ActorKind) -> Identity:
    if is_pronoun(mention) or kind == "unnamed":
        return NOTHING
    if kind == "person":
        names = names_in(mention)
        return Identity(kind, _words(max(names, key=len))) if names else NOTHING
    known = identify(mention, kind=kind)
    return NOTHING if known is None or known.loose else Identity(known.kind, place=known.place)


def _words(name: str) -> frozenset[str]:
    """Folded, and without the s that a genitive and "Hollands" end in alike."""
    return frozenset(folded(word).removesuffix("s") for word in name.split())
