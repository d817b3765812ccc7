"""Articles in, stances out: what stands in the end depends on what stands of the articles alone.

Reader and tracker are the real flows, on stores in memory. Articles are corrected and withdrawn,
actors vanish from them and come back, records are repeated and arrive in any order.
"""

from collections.abc import Sequence
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from flow_fakes import NOON, FakePublisher, FakeReader, FakeStore, Log, decode_plain
from replay import TOPICS, FakeTracks
from rule_reader import CONFUSION, MODEL
from stancewire.events import Observation, StanceChange
from stancewire.plumbing.clock import ManualClock
from stancewire.plumbing.envelope import decode
from stancewire.plumbing.settings import Settings
from stancewire.reading.languages import LanguageRule
from stancewire.tracking import State
from stancewire.workers.reading_flow import ReadingFlow
from stancewire.workers.records import Incoming
from stancewire.workers.tracker import detector
from stancewire.workers.tracking_flow import TrackingFlow
from story_builders import BY_VECTOR
from tracking_log import incoming

ACTORS = ("Ann", "Bob", "Cid")
STANCES = ("hopeful", "warning", "skeptical", "neutral")


@st.composite
def logs(draw: st.DrawFn) -> list[Incoming]:
    """A topic of articles of one story, with corrections and withdrawals.

    Drawn by a seeded generator: only long logs have changes, and changes taken back.
    """
    chance = Random(draw(st.integers(0, 2**32)))
    log, number = Log(), draw(st.integers(1, 24))
    versions: dict[str, int] = {}
    for turn in range(number):
        new = turn == 0 or chance.random() < 0.65
        uri = f"urn:{len(versions)}" if new else chance.choice(sorted(versions))
        versions[uri] = versions.get(uri, 0) + 1
        if not new and chance.random() < 0.3:
            log.add(uri, "", withdrawn=True, version=versions[uri])
            continue
        mood = STANCES[: 2 if chance.random() < 0.8 else 4][turn * 2 // number % 2]
        speakers = chance.sample(ACTORS, k=chance.randint(0, 3))
        body = "\n".join(f"{who}: {mood} about {uri} {versions[uri]}" for who in speakers)
        log.add(uri, body or "nobody speaks", story="desk:1", version=versions[uri])
    return log.records


class World:
    def __init__(self) -> None:
        self.publisher, self.tracks = FakePublisher(), FakeTracks()
        self.articles = FakeStore()
        options = Settings().replace(tracker={"min_owners": 1, "h": 2.5})
        self.tracker = TrackingFlow(
            store=self.tracks,
            publisher=self.publisher,
            topics=TOPICS,
            config=detector(options, CONFUSION),
        )
        self.reader = ReadingFlow(
            decode=decode_plain,
            read=FakeReader(),
            model=MODEL,
            store=self.articles,
            publisher=self.publisher,
            topics=TOPICS,
            rule=BY_VECTOR,
            clock=ManualClock(NOON),
            languages=LanguageRule(supported=("en",), otherwise="skip"),
        )

    async def read(self, records: Sequence[Incoming]) -> list[Observation]:
        for record in records:
            await self.reader.handle(record)
        events = [decode(outgoing.record) for outgoing in self.publisher.to(TOPICS.observations)]
        return [event for event in events if isinstance(event, Observation)]

    async def track(self, observations: Sequence[Observation]) -> None:
        for offset, observation in enumerate(observations):
            await self.tracker.handle(incoming(observation, offset))

    def evidence(self) -> dict[str, object]:
        """Of each key that has any: the articles, the moves, and the stance that holds."""
        return {
            key: evidence_of(one.state) for key, one in self.tracks.kept.items() if one.state.items
        }

    def changes(self) -> list[StanceChange]:
        events = [decode(outgoing.record) for outgoing in self.publisher.to(TOPICS.changes)]
        return [event for event in events if isinstance(event, StanceChange)]


def evidence_of(state: State) -> object:
    return (state.items, [entry.move for entry in state.ledger], state.now)


async def tracked(observations: Sequence[Observation]) -> World:
    world = World()
    await world.track(observations)
    return world


@settings(max_examples=30, deadline=None)
@given(logs())
async def test_only_the_versions_that_stand_count(log: list[Incoming]) -> None:
    """Corrected and withdrawn versions leave nothing, nor do actors who vanished from them."""
    newest = {record.key: record for record in log}
    standing = [r for r in newest.values() if b'"withdrawn": true' not in (r.value or b"")]
    all_of_it = await tracked(await World().read(log))
    what_stands = await tracked(await World().read(sorted(standing, key=lambda r: r.offset)))
    assert all_of_it.evidence() == what_stands.evidence()


@settings(max_examples=30, deadline=None)
@given(logs(), st.integers(0, 2**32))
async def test_any_order_and_any_repeats_lead_to_the_same(log: list[Incoming], seed: int) -> None:
    observations = await World().read(log)
    shuffled = [*observations, *observations[::2]]
    Random(seed).shuffle(shuffled)
    assert (await tracked(shuffled)).evidence() == (await tracked(observations)).evidence()


@settings(max_examples=30, deadline=None)
@given(logs())
async def test_what_was_said_of_evidence_that_is_gone_is_taken_back(log: list[Incoming]) -> None:
    """After every record, what stands of the changes is the stance that the evidence shows."""
    world, believed = World(), dict[str, dict[str, StanceChange]]()
    told = 0
    for offset, observation in enumerate(await World().read(log)):
        await world.tracker.handle(incoming(observation, offset))
        for change in world.changes()[told:]:
            known = believed.setdefault(change.actor.id, {})
            if change.type == "retracted":
                del known[change.supersedes or ""]
            else:
                known[change.supersedes if change.type == "amended" else change.change_id] = change
        told = len(world.changes())
        for key, one in world.tracks.kept.items():
            known = believed.get(key.partition("|")[2], {})
            newest = max(known.values(), key=lambda c: (c.occurred_at, c.sequence), default=None)
            held = one.state.now.held
            assert (newest.current.stance if newest and newest.current else None) == (
                held.stance if held else None
            )


@settings(max_examples=15, deadline=None)
@given(logs())
async def test_the_same_log_gives_the_same_bytes(log: list[Incoming]) -> None:
    observations = await World().read(log)
    first, second = await tracked(observations), await tracked(observations)
    assert first.publisher.sent == second.publisher.sent
    assert first.tracks.kept == second.tracks.kept
