"""The tracker's Redis against its log: compare every key to the byte, and put right what differs.

A key is swapped in one step, and only if it is still as it was when it was compared; else it is
compared again. So trackers may go on meanwhile. What waits in an outbox stays there, nothing is
published, and no key is touched that is right.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from stancewire.errors import ConfigurationError
from stancewire.stores.mending import MendableTracks
from stancewire.stores.position import Position
from stancewire.stores.tracks import StoredTrack
from stancewire.tracking import State, from_bytes, to_bytes
from stancewire.workers.rebuild_fold import Anew, Fold

SHOWN = 10
"""Differences that are described; the others are counted."""


@dataclass(kw_only=True)
class Compared:
    """How what is stored compares with the log."""

    equal: int = 0
    different: int = 0
    missing: int = 0
    """Keys that the log has and Redis has not."""
    unknown: int = 0
    """Keys that Redis has and the log has not."""
    swapped: int = 0
    """Of these, how many are now as the log has them."""
    examples: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        """Whether Redis was as the log has it."""
        return not (self.different or self.missing or self.unknown)

    def note(self, example: str) -> None:
        """Remember a difference, if there is room."""
        if len(self.examples) < SHOWN:
            self.examples.append(example)


async def live_positions(live: MendableTracks) -> dict[str, Position | None]:
    """Every key in Redis with the newest observation that it took."""
    return {key: position async for key, position in live.positions()}


def limits_of(positions: Mapping[str, Position | None]) -> dict[str, int]:
    """Up to which offset each key was seen by a tracker."""
    return {key: position.offset for key, position in positions.items() if position}


async def compare(fold: Fold, *, live: MendableTracks, swap: bool) -> Compared:
    """Compare every key of the log and of Redis; with `swap`, put right what differs."""
    compared = Compared()
    for key in sorted({*fold.keys(), *await live_positions(live)}):
        await _compare_key(key, fold, live, compared, swap=swap)
    return compared


async def _compare_key(
    key: str, fold: Fold, live: MendableTracks, compared: Compared, *, swap: bool
) -> None:
    while True:
        tracked, raw = await live.peek(key)
        anew = await fold.up_to(key, tracked.position)
        is_known = anew.state != State()
        if raw == to_bytes(anew.state) or (not raw and not is_known):
            compared.equal += is_known
            return
        if not swap:
            break
        if await (_swapped(live, tracked, anew) if is_known else live.forget(tracked)):
            compared.swapped += 1
            break
    compared.different += bool(is_known and raw)
    compared.missing += bool(is_known and not raw)
    compared.unknown += not is_known
    compared.note(f"{key}: {difference(raw, anew.state)}")


async def _swapped(live: MendableTracks, tracked: StoredTrack, anew: Anew) -> bool:
    saved = await live.save(
        replace(tracked, state=anew.state),
        state=anew.state,
        outbox=tracked.outbox,
        position=tracked.position or anew.position,
    )
    return saved is not None


def difference(raw: bytes, anew: State) -> str:
    """In a line, how a stored state differs from what the log makes of it."""
    if not raw:
        return "missing in Redis"
    if anew == State():
        return "no observation in the log leads to it"
    try:
        stored = from_bytes(raw)
    except ConfigurationError:
        return "unreadable"
    names = [
        name for name in State.__struct_fields__ if getattr(stored, name) != getattr(anew, name)
    ]
    return (
        f"holds {_held(stored)} out of {len(stored.items)} articles, by the log {_held(anew)} out"
        f" of {len(anew.items)}; differs in {', '.join(names) or 'its bytes'}"
    )


def _held(state: State) -> str:
    return state.now.held.stance if state.now.held else "nothing"
