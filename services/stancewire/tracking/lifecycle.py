"""What was published meets what the evidence shows now: which events put it right.

The ledger holds the moves of the last trajectory with the ids under which subscribers know them.
Its difference to the present trajectory says what to publish:

- a move that is new: its own type (`established`, `changed`, `reverted`);
- a move that is gone while another to the same stance has come: `amended`, naming the old one;
- a move that is gone for good: `retracted`, naming it.

An article that comes after the allowance shifts and adds moves without an event, unless subscribers
would be left with the wrong present stance. What they were told is wrong is always taken back.
"""

from dataclasses import dataclass

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
    """The new ledger, ids of new moves still open, and what to publish, in order."""

    ledger: tuple[Entry, ...]
    publications: tuple[Publication, ...]


def reconcile(
    ledger: tuple[Entry, ...], moves: tuple[Move, ...], *, late: bool, told: Stance | None
) -> Settlement:
    """Compare the ledger with the moves that the evidence shows now.

    `late` says that the cause is an article beyond the allowance; `told` is the stance that
    subscribers were told before the first move.
    """
    known = {_identity(entry.move): entry for entry in ledger}
    shown = {_identity(move) for move in moves}
    lost = [entry for entry in ledger if _identity(entry.move) not in shown]
    added = [move for move in moves if _identity(move) not in known]
    heirs = _heirs(lost, added)
    inherited = {id(heir) for _, heir in heirs}
    publications = [
        Publication(type="retracted", move=entry.move, place=None, supersedes=entry.change_id)
        for entry in lost
        if entry.change_id and not any(entry is e for e, _ in heirs)
    ]
    entries: list[Entry] = []
    for place, move in enumerate(moves):
        entry = known.get(_identity(move))
        if entry is not None:
            entries.append(replace(entry, move=move))
        elif id(move) in inherited:
            lost_entry = next(e for e, heir in heirs if heir is move)
            entries.append(_amended(lost_entry, move, late, place, publications))
        else:
            entries.append(Entry(change_id=None, move=move))
            if not late:
                publications.append(Publication(type=move.type, move=move, place=place))
    _tell_the_present(entries, publications, told)
    return Settlement(ledger=tuple(entries), publications=tuple(publications))


def _identity(move: Move) -> tuple[ChangeType, Stance | None, Stance, tuple[str, ...]]:
    """What makes two moves the same: between which stances, and resting on which articles."""
    previous = move.previous.stance if move.previous else None
    return (move.type, previous, move.current.stance, move.uris)


def _heirs(lost: list[Entry], added: list[Move]) -> list[tuple[Entry, Move]]:
    """Lost entries with the new moves that take their place: to the same stance, in order."""
    pairs = []
    rest = list(lost)
    for move in added:
        place = next(
            (i for i, e in enumerate(rest) if e.move.current.stance == move.current.stance), None
        )
        if place is not None:
            pairs.append((rest[place], move))
            rest = rest[place + 1 :]
    return pairs


def _amended(
    lost: Entry, move: Move, late: bool, place: int, publications: list[Publication]
) -> Entry:
    if late or lost.change_id is None:
        return replace(lost, move=move)
    amendments = lost.amendments + 1
    publications.append(
        Publication(
            type="amended",
            move=move,
            place=place,
            supersedes=lost.change_id,
            amendments=amendments,
        )
    )
    return replace(lost, move=move, amendments=amendments)


def _tell_the_present(
    entries: list[Entry], publications: list[Publication], told: Stance | None
) -> None:
    """Publish the last move where subscribers would otherwise take another stance for present."""
    if not entries:
        return
    coming = {p.place for p in publications}
    for place, entry in enumerate(entries):
        if entry.change_id is not None or place in coming:
            told = entry.move.current.stance
    last = entries[-1].move
    if told != last.current.stance:
        publications.append(Publication(type=last.type, move=last, place=len(entries) - 1))
