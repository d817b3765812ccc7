"""The observations folded anew, key by key, each exactly as far as the live tracker has come.

What a tracker has made of a key is a function of the observations of that key up to the newest one
that it took, whose position is stored with the state. So a fold that stops there must come to the
same bytes, also while trackers go on. Records behind that place are kept for when they move on.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stancewire.acts import Decided
from stancewire.errors import InvalidInput
from stancewire.events import Observation
from stancewire.stores.position import Position
from stancewire.stores.tracks import Tracks
from stancewire.tracking import DetectorConfig, State, advance
from stancewire.workers.heeding import heeded_observation
from stancewire.workers.rebuild_log import Log
from stancewire.workers.records import Incoming
from stancewire.workers.tracking_flow import decode_observation


@dataclass(frozen=True, kw_only=True)
class Anew:
    """A key as the log has it."""

    state: State = field(default_factory=State)
    position: Position | None = None


class Fold:
    """Folds a log into a fresh namespace, with the keys in use in memory."""

    def __init__(
        self,
        log: Log,
        *,
        fresh: Tracks,
        config: DetectorConfig,
        in_memory: int,
        decided: Decided | None = None,
    ) -> None:
        self._log = log
        self._fresh = fresh
        self._config = config
        self._in_memory = in_memory
        self._decided = decided or Decided()
        self._recent: OrderedDict[str, Anew] = OrderedDict()
        self._stored: set[str] = set()
        self._waiting: defaultdict[str, list[Incoming]] = defaultdict(list)
        self.taken = 0
        """Observations folded."""
        self.refused = 0
        """Records that are no usable observation: the tracker dead-lettered them."""

    async def run(self, limits: Mapping[str, int], committed: Mapping[int, int]) -> None:
        """Fold every record that a tracker has seen.

        `limits` has the offset up to which each live key was seen, `committed` the offset per
        partition before which every record was.
        """
        for incoming in self._log.first_pass():
            key = (incoming.key or b"").decode(errors="replace")
            seen = max(limits.get(key, -1), committed.get(incoming.partition, 0) - 1)
            if incoming.offset <= seen:
                await self._take(key, incoming)
            else:
                self._waiting[key].append(incoming)

    async def up_to(self, key: str, seen: Position | None) -> Anew:
        """The key as of the record at `seen`; as far as it was folded where that is further."""
        if seen is not None:
            for incoming in self._log.up_to(seen.partition, seen.offset):
                self._waiting[(incoming.key or b"").decode(errors="replace")].append(incoming)
            while self._waiting[key] and self._waiting[key][0].offset <= seen.offset:
                await self._take(key, self._waiting[key].pop(0))
        return await self._get(key)

    def keys(self) -> Iterator[str]:
        """Every key that was folded, sorted."""
        yield from sorted({*self._recent, *self._stored})

    async def _take(self, key: str, incoming: Incoming) -> None:
        try:
            event, _ = decode_observation(incoming)
            if self._decided.has_erased_actor(event.actor.id):
                return
            if isinstance(event, Observation):
                event = heeded_observation(event, self._decided)
            anew = await self._get(key)
            state, _ = advance(
                anew.state, event, config=self._config, recorded_at=incoming.timestamp
            )
        except InvalidInput:
            self.refused += 1
            return
        self.taken += 1
        position = Position(incoming.partition, incoming.offset)
        await self._put(key, Anew(state=state, position=position))

    async def _get(self, key: str) -> Anew:
        if key in self._recent:
            return self._recent[key]
        if key not in self._stored:
            return Anew()
        stored = await self._fresh.load(key)
        return Anew(state=stored.state, position=stored.position)

    async def _put(self, key: str, anew: Anew) -> None:
        self._recent[key] = anew
        self._recent.move_to_end(key)
        while len(self._recent) > self._in_memory:
            oldest, leaving = self._recent.popitem(last=False)
            stored = await self._fresh.load(oldest)
            await self._fresh.save(
                stored, state=leaving.state, outbox=(), position=leaving.position
            )
            self._stored.add(oldest)
