"""Which actor of a reading is which labelled one."""

from collections.abc import Sequence
from dataclasses import dataclass

from stancewire.events import Actor
from stancewire.reading.scoring.gold import GoldActor
from stancewire.reading.scoring.likeness import likeness, stems

LEAST = 0.5
"""Actors less alike than this are different ones."""
SPOKEN_FOR = 0.55
"""How alike a labelled spokesperson is to the reading's name of whom they speak for."""
_ALIASES = 5
_LONGEST_NAME = 12
_SAME_INSTITUTION = 0.6
_SAME_NAME = 0.8
_NOBODY = frozenset(("ungenannt", "unnamed", "unbekannt", "unknown"))


@dataclass(frozen=True)
class Matching:
    """`pairs` of indices (read, labelled), and how many read actors are nobody's."""

    pairs: tuple[tuple[int, int], ...]
    spurious: int


def match(read: Sequence[Actor], gold: Sequence[GoldActor]) -> Matching:
    """Pair the most alike first, each at most once.

    An actor left over is spurious, unless it stands for nobody, or for somebody who is labelled
    already: the institution spoken for or another form of a name, once per labelled actor.
    """
    alike = [(actor_likeness(a, g), i, j) for i, a in enumerate(read) for j, g in enumerate(gold)]
    pairs: dict[int, int] = {}
    for score, i, j in sorted(alike, reverse=True):
        if score >= LEAST and i not in pairs and j not in pairs.values():
            pairs[i] = j
    left = [actor for i, actor in enumerate(read) if i not in pairs]
    return Matching(tuple(pairs.items()), _spurious(left, gold, frozenset(pairs.values())))


def actor_likeness(actor: Actor, gold: GoldActor) -> float:
    """How alike they are in their most alike forms."""
    forms = _forms(actor)
    known = (gold.name, *gold.mentions)
    best = max((likeness(form, name) for form in forms for name in known), default=0.0)
    if gold.on_behalf_of and any(likeness(form, gold.on_behalf_of) == 1 for form in forms):
        return max(best, SPOKEN_FOR)
    return best


def _forms(actor: Actor) -> list[str]:
    """The name, and those of the first five aliases that share a word with it.

    A form of more than twelve words is a description, by which nobody is found.
    """
    of_name = set(stems(actor.name))
    aliases = [a for a in actor.aliases[:_ALIASES] if of_name & set(stems(a))]
    return [form for form in (actor.name, *aliases) if 0 < len(stems(form)) <= _LONGEST_NAME]


def _spurious(left: Sequence[Actor], gold: Sequence[GoldActor], found: frozenset[int]) -> int:
    spurious = 0
    excused: set[int] = set()
    for actor in left:
        if actor.name.casefold() in _NOBODY:
            continue
        excuse = next(
            (
                j
                for j, g in enumerate(gold)
                if j not in excused and _excuses(actor, g, found=j in found)
            ),
            None,
        )
        if excuse is None:
            spurious += 1
        else:
            excused.add(excuse)
    return spurious


def _excuses(actor: Actor, gold: GoldActor, *, found: bool) -> bool:
    if gold.on_behalf_of and likeness(actor.name, gold.on_behalf_of) >= _SAME_INSTITUTION:
        return True
    known = (gold.name, *gold.mentions)
    return found and any(likeness(f, n) >= _SAME_NAME for f in _forms(actor)[:1] for n in known)
