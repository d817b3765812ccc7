"""What lists show of an actor in a story: made of the state at each write, and kept beside it."""

from datetime import UTC, datetime, timedelta

from stancewire.events import ActorRef, ChangeType, Moment, Stance, StanceSince, Value
from stancewire.tracking import State

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Turn(Value, frozen=True, kw_only=True):
    """How the stance that holds came about."""

    change_id: str | None
    """The change by which subscribers know it; None where none was published for it."""
    type: ChangeType
    """Established, changed or reverted."""
    previous: Stance | None
    at: Moment
    """Event time of the article that tipped it."""


class Shown(Value, frozen=True, kw_only=True):
    """What a list shows of an actor in a story, as of the newest write."""

    actor: ActorRef
    held: StanceSince | None
    """The stance that holds; None until one is established."""
    turn: Turn | None = None
    """None until a stance is established."""
    published_at: Moment
    """Publication of the newest article in which the actor speaks."""
    articles: int = 0
    """Articles in the evidence log."""
    sources: int = 0
    """Owners of the outlets that printed them."""
    languages: tuple[str, ...] = ()
    """Languages of those articles, sorted."""


def shown_of(state: State) -> Shown | None:
    """What to show of a state; None where nobody is named or nothing is left of the evidence."""
    held, named = _held(state), state.named
    if named is None or (held is None and not state.items):
        return None
    return Shown(
        actor=named.actor,
        held=held,
        turn=_turn(state),
        published_at=named.at,
        articles=len(state.items),
        sources=len({item.owner for item in state.items}),
        languages=tuple(sorted({item.language for item in state.items})),
    )


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def moment_of(count: float) -> datetime:
    """The moment so many milliseconds after 1970."""
    return _EPOCH + timedelta(milliseconds=count)


def _held(state: State) -> StanceSince | None:
    return state.ledger[-1].move.current if state.ledger else state.base.held


def _turn(state: State) -> Turn | None:
    if state.ledger:
        entry = state.ledger[-1]
        move = entry.move
        previous = move.previous.stance if move.previous else None
        return Turn(change_id=entry.change_id, type=move.type, previous=previous, at=move.at)
    base = state.base
    if base.moved is None or base.moved_at is None:
        return None
    return Turn(
        change_id=state.settled_id, type=base.moved, previous=base.moved_from, at=base.moved_at
    )
