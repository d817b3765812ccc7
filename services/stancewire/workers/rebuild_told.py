"""What subscribers were told, out of the changes topic: for a Redis that has lost it.

The states come from the observations. This is what no observation leads to: for which votes `stale`
was published, so that it is not said twice; and the changes that pages list.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from stancewire.errors import InvalidInput
from stancewire.events import StanceChange, to_json
from stancewire.plumbing.envelope import decode_event
from stancewire.stores.mending import MendableTracks
from stancewire.workers.records import Incoming

KEPT_HISTORY = 100
KEPT_RECENT = 10_000


@dataclass
class Told:
    """What the changes topic holds, each event once."""

    history: defaultdict[str, deque[bytes]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=KEPT_HISTORY))
    )
    """The newest changes of each key, as they were published."""
    stale: defaultdict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    """The votes for which `stale` was published."""
    recent: list[tuple[datetime, bytes]] = field(default_factory=list)


def told_in(
    log: Iterable[Incoming],
    *,
    stale_after: timedelta,
    clean: Callable[[StanceChange], StanceChange | None],
) -> Told:
    """Read what was published; records that are no changes are passed over.

    `clean` gives a change as it may still be shown, None where it may not.
    """
    told, seen = Told(), set[str]()
    recent: defaultdict[int, deque[tuple[datetime, bytes]]] = defaultdict(
        lambda: deque(maxlen=KEPT_RECENT)
    )
    for incoming in log:
        try:
            change = decode_event(incoming.value, incoming.headers)
        except InvalidInput:
            continue
        if not isinstance(change, StanceChange) or change.change_id in seen:
            continue
        seen.add(change.change_id)
        kept = clean(change)
        if kept is None:
            continue
        key = (incoming.key or b"").decode(errors="replace")
        raw = (incoming.value or b"") if kept is change else to_json(kept)
        told.history[key].append(raw)
        recent[incoming.partition].append((incoming.timestamp, raw))
        if change.type == "stale":
            told.stale[key].append(change.occurred_at - stale_after)
    told.recent = sorted((one for each in recent.values() for one in each), key=lambda one: one[0])
    return told


async def put_back(told: Told, live: MendableTracks) -> None:
    """Write it where the tracker and the pages look for it."""
    for key, history in told.history.items():
        await live.put_back_told(key, history=list(history), called_stale=told.stale[key])
    await live.put_back_recent([raw for _, raw in told.recent])
