"""A model upgrade: what it would change, and the cut-over.

The plan compares each actor in each story as it stands with what it would be under the new model,
without writing anything. Applying it publishes, for each of them, one baseline among the
observations, which the tracker takes in one step; then the new observations and the withdrawals of
the old ones, for whoever else reads that topic; then the reader's decisions under the new model.
All of it is deterministic: done again after a crash it gives the same bytes.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from stancewire.baseline import ArticleVersion, Baseline
from stancewire.events import ActorRef, ModelRef, Observation, StanceChange, StanceSince, utc
from stancewire.plumbing.clock import Clock
from stancewire.plumbing.envelope import encode
from stancewire.plumbing.kafka import Topics
from stancewire.stores.assignments import Assignments
from stancewire.stores.mending import MendableTracks
from stancewire.stores.recorded import Recorded, key_of, pack, unpack
from stancewire.stores.shadow import ReadAgain, Shadow
from stancewire.stories.observing import withdraw, without_statements
from stancewire.tracking import DetectorConfig, State, checkpoint_of, rebaseline
from stancewire.workers.reading_plan import assignment_of
from stancewire.workers.records import Outgoing, Publisher

SOURCE = "stancewire/upgrade"
SHOWN = 20


@dataclass(kw_only=True)
class Difference:
    """What the new model changes."""

    keys: int = 0
    different: int = 0
    """Keys under which another stance holds, or none, or one for the first time."""
    examples: list[str] = field(default_factory=list)
    moves: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    """How many keys go from which stance to which."""

    def note(self, key: str, event: StanceChange | None) -> None:
        """Count one key with its `rebaselined` event."""
        self.keys += 1
        before, after = (
            (_name(event.previous), _name(event.current)) if event else ("nothing", "nothing")
        )
        if before == after:
            return
        self.different += 1
        self.moves[before, after] += 1
        if len(self.examples) < SHOWN:
            self.examples.append(f"{key}: {before} becomes {after}")


class Upgrade:
    """Moves an installation over to the model whose readings lie in a shadow namespace."""

    def __init__(
        self,
        *,
        model: ModelRef,
        shadow: Shadow,
        articles: Assignments,
        tracks: MendableTracks,
        config: DetectorConfig,
        clock: Clock,
    ) -> None:
        self._model = model
        self._shadow = shadow
        self._articles = articles
        self._tracks = tracks
        self._config = config
        self._clock = clock

    async def plan(self) -> Difference:
        """What would change. Writes nothing."""
        difference = Difference()
        async for key, state, baseline in self._baselines():
            _, events = rebaseline(
                state, baseline, config=self._config, recorded_at=self._clock.now()
            )
            difference.note(key, events[0] if events else None)
        return difference

    async def apply(self, publisher: Publisher, topics: Topics) -> Difference:
        """Publish what moves everything over. Raises Unavailable; doing it again is safe."""
        difference = await self.plan()
        async for _, _, baseline in self._baselines():
            record = encode(baseline, source=SOURCE)
            await publisher.publish([Outgoing(topic=topics.observations, record=record)])
        done = []
        async for again in self._shadow.all():
            await self._publish(again, publisher, topics)
            done.append(again.uri)
        await self._shadow.remove(done)
        return difference

    async def _publish(self, again: ReadAgain, publisher: Publisher, topics: Topics) -> None:
        standing = unpack(again.standing, Recorded)
        kept = {key_of(observation) for observation in again.observations}
        gone = [o for o in standing.observations if key_of(o) not in kept]
        decided = self._decided(again)
        events = [
            *(withdraw(observation, at=standing.arrival.at) for observation in gone),
            *again.observations,
        ]
        records = [
            Outgoing(topic=topics.observations, record=encode(event, source=SOURCE))
            for event in events
        ]
        assignment = assignment_of(decided)
        if assignment is not None:
            record = encode(assignment, source=SOURCE)
            records.append(Outgoing(topic=topics.assignments, record=record))
        await publisher.publish(records)
        now = self._clock.now()
        await self._articles.put_back(decided, instead_of=again.standing, now=now)

    def _decided(self, again: ReadAgain) -> Recorded:
        """The reader's decision with the new model in place of the old one."""
        return replace(
            unpack(again.standing, Recorded),
            model=self._model,
            observations=tuple(without_statements(o) for o in again.observations),
        )

    async def _baselines(self) -> AsyncIterator[tuple[str, State, Baseline]]:
        """Every key that is not the new model's yet, with its state and its baseline."""
        touched = await self._touched()
        live = {key async for key, _ in self._tracks.positions()}
        for key in sorted({*touched, *live}):
            state = (await self._tracks.load(key)).state
            baseline = await self._baseline(key, state, touched.get(key, ()))
            if baseline is not None and self._brings_news(state, baseline):
                yield key, state, baseline

    def _brings_news(self, state: State, baseline: Baseline) -> bool:
        if state.model != self._model:
            return True
        now = self._clock.now()
        after, _ = rebaseline(state, baseline, config=self._config, recorded_at=now)
        return after.items != state.items

    async def _touched(self) -> Mapping[str, list[str]]:
        """The articles read again of each key, old and new, whose records still stand."""
        touched: defaultdict[str, list[str]] = defaultdict(list)
        outdated = []
        async for again in self._shadow.all():
            stands = (again.standing, pack(self._decided(again)))
            if await self._articles.stored(again.uri) not in stands:
                outdated.append(again.uri)
                continue
            old = unpack(again.standing, Recorded).observations
            for key in {key_of(observation) for observation in (*old, *again.observations)}:
                touched[key].append(again.uri)
        await self._shadow.remove(outdated)
        return touched

    async def _baseline(
        self, key: str, state: State, uris: list[str] | tuple[()]
    ) -> Baseline | None:
        readings: list[Observation] = []
        unseen: list[ArticleVersion] = []
        moments = [state.named.at] if state.named else []
        for uri in sorted(uris):
            again = await self._shadow.find(uri)
            if again is None:
                continue
            mine = [each for each in again.observations if key_of(each) == key]
            readings += mine
            standing = unpack(again.standing, Recorded)
            moments.append(standing.arrival.at)
            if not mine and standing.article is not None:
                unseen.append(ArticleVersion(uri=uri, version=standing.article.version))
        if not (readings or unseen) and state.model == self._model:
            return None
        if state.named is not None:
            story, actor = state.named.story, state.named.actor
        elif readings and readings[0].story is not None:
            story, who = readings[0].story, readings[0].actor
            actor = ActorRef(id=who.id, name=who.name, kind=who.kind)
        else:
            return None
        return Baseline(
            story=story,
            actor=actor,
            model=self._model,
            readings=tuple(readings),
            unseen=tuple(unseen),
            checkpoint=checkpoint_of(state),
            at=utc(max(moments)),
        )


def _name(held: StanceSince | None) -> str:
    return held.stance if held else "nothing"
