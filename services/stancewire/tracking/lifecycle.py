"""What was published meets what the evidence shows now: which events put it right.

The ledger holds the moves of the last trajectory with the ids under which subscribers know them.
Its difference to the present trajectory says what to publish:

- a move that is new: its own type (`established`, `changed`, `reverted`);
- a move that is gone while another to the same stance has come, or that has another time:
  `amended`, naming the old one;
- a move that is gone for good: `retracted`, naming it.

An article that comes after the allowance shifts and adds moves without an event, unless subscribers
would be left with the wrong present stance. What they were told is wrong is always taken back.
"""

from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from stancewire.events import ChangeType, Stance
from stancewire.tracking.state import Entry, Move


@dataclass(frozen=True, kw_only=True)
class Publication:
    """An event to publish for a move."""

    type: ChangeType
    move: Move
    place: int | None
    """Where the move stands in the new ledger; None where it is retracted."""
    supersedes: str | None = None
    """The id that it amends or retracts."""
    amendments: int = 0


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """The new ledger, where ids of new moves are still open, and what to publish, in order."""

    ledger: tuple[Entry, ...]
    publications: tuple[Publication, ...]


def reconcile(
    ledger: tuple[Entry, ...], moves: tuple[Move, ...], *, late: bool, told: Stance | None
) -> Settlement:
    """Compare the ledger with the moves that the evidence shows now.

    `late` says that the cause is an article beyond the allowance; `told` is the stance that
    subscribers were told before the first move.
    """
    lost, heirs = _gone(ledger, moves)
    retractions = [
        Publication(type="retracted", move=entry.move, place=None, supersedes=entry.change_id)
        for entry in lost
        if entry.change_id
    ]
    successor = _Successor(late=late)
    for place, (move, entry) in enumerate(zip(moves, heirs, strict=True)):
        successor.take(place, move, entry)
    successor.tell_the_present(told)
    successor.keep_what_was_told_in_order()
    publications = sorted(successor.publications.items())
    return Settlement(
        ledger=tuple(successor.entries),
        publications=(*retractions, *(publication for _, publication in publications)),
    )


class _Successor:
    """The new ledger, and what to publish at which of its places."""

    def __init__(self, *, late: bool) -> None:
        self._late = late
        self.entries: list[Entry] = []
        self.publications: dict[int, Publication] = {}

    def take(self, place: int, move: Move, entry: Entry | None) -> None:
        """A move of the trajectory, and the entry that it continues."""
        if entry is None:
            self.entries.append(Entry(change_id=None, move=move))
            if not self._late:
                self._announce(place)
            return
        is_as_before = _identity(entry.move) == _identity(move) and entry.move.at == move.at
        self.entries.append(replace(entry, move=move))
        if not (is_as_before or self._late or entry.change_id is None):
            self._amend(place)

    def tell_the_present(self, told: Stance | None) -> None:
        """Announce the last move where subscribers would else take another stance for present."""
        for place in range(len(self.entries)):
            if self._is_told(place):
                told = self.entries[place].move.current.stance
        if self.entries and told != self.entries[-1].move.current.stance:
            self._announce(len(self.entries) - 1)

    def keep_what_was_told_in_order(self) -> None:
        """Amend what shifted silently where it would seem to come after what followed it."""
        following: datetime | None = None
        for place in reversed(range(len(self.entries))):
            if not self._is_told(place):
                continue
            entry = self.entries[place]
            shown = entry.move.at if place in self.publications else entry.told_at
            if following is not None and shown is not None and shown > following:
                self._amend(place)
                shown = entry.move.at
            following = shown

    def _is_told(self, place: int) -> bool:
        return place in self.publications or self.entries[place].change_id is not None

    def _announce(self, place: int) -> None:
        move = self.entries[place].move
        self.entries[place] = replace(self.entries[place], told_at=move.at)
        self.publications[place] = Publication(type=move.type, move=move, place=place)

    def _amend(self, place: int) -> None:
        entry = self.entries[place]
        amendments = entry.amendments + 1
        self.entries[place] = replace(entry, amendments=amendments, told_at=entry.move.at)
        self.publications[place] = Publication(
            type="amended",
            move=entry.move,
            place=place,
            supersedes=entry.change_id,
            amendments=amendments,
        )


def _gone(
    ledger: tuple[Entry, ...], moves: tuple[Move, ...]
) -> tuple[list[Entry], list[Entry | None]]:
    """The entries that nothing continues, and for each move the entry that it continues.

    A move continues the entry of the same identity; else, of the entries that have none, in order,
    the first one to the same stance.
    """
    known = {_identity(entry.move): entry for entry in ledger}
    shown = {_identity(move) for move in moves}
    rest = [entry for entry in ledger if _identity(entry.move) not in shown]
    lost, heirs = [], []
    for move in moves:
        entry = known.get(_identity(move))
        if entry is None:
            place = next((i for i, e in enumerate(rest) if _stance(e) == move.current.stance), None)
            if place is not None:
                lost += rest[:place]
                entry = rest[place]
                rest = rest[place + 1 :]
        heirs.append(entry)
    return [*lost, *rest], heirs


def _identity(move: Move) -> tuple[ChangeType, Stance | None, Stance, tuple[str, ...]]:
    """What makes two moves the same: between which stances, and resting on which articles."""
    previous = move.previous.stance if move.previous else None
    return (move.type, previous, move.current.stance, move.uris)


def _stance(entry: Entry) -> Stance:
    return entry.move.current.stance
