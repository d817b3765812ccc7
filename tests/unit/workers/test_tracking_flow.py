import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from flow_fakes import NOON, Crash, FakePublisher
from replay import TOPICS, FakeTracks, standing
from rule_reader import CONFUSION
from stancewire.errors import InvalidInput
from stancewire.events import Observation, Stance, StanceChange
from stancewire.plumbing.envelope import decode
from stancewire.plumbing.settings import Settings
from stancewire.stories.observing import withdraw
from stancewire.workers.change_topics import concerned
from stancewire.workers.records import BACKFILL_HEADER
from stancewire.workers.tracker import detector
from stancewire.workers.tracking_flow import TrackingFlow
from tracking_log import incoming, observation


class World:
    def __init__(self, store: FakeTracks | None = None) -> None:
        self.store = store or FakeTracks()
        self.publisher = FakePublisher()
        self.flow = TrackingFlow(
            store=self.store,
            publisher=self.publisher,
            topics=TOPICS,
            config=detector(Settings(), CONFUSION),
        )

    async def take(self, event: Observation) -> str:
        return await self.flow.handle(incoming(event))

    @property
    def changes(self) -> list[StanceChange]:
        events = (decode(outgoing.record) for outgoing in self.publisher.to(TOPICS.changes))
        return [event for event in events if isinstance(event, StanceChange)]


@pytest.fixture
def world() -> World:
    return World()


def swing() -> Iterator[Observation]:
    for number in range(12):
        yield observation(number, "hopeful" if number < 6 else "warning")


async def test_a_swing_is_published_once_on_changes_and_on_the_stance_s_topic(world) -> None:
    for event in swing():
        assert await world.take(event) == "tracked"
    assert [change.type for change in world.changes] == ["established", "changed"]
    sent = [(o.topic, json.loads(o.record.value or b"")["type"]) for o in world.publisher.sent]
    assert sent == [
        ("stancewire.changes", "established"),
        ("stancewire.stance.hopeful", "established"),
        ("stancewire.changes", "changed"),
        ("stancewire.stance.warning", "changed"),
    ]
    assert world.publisher.sent[0].record == world.publisher.sent[1].record


async def test_a_change_that_a_backfilled_article_led_to_is_marked_on_every_topic(world) -> None:
    *before, tipping = list(swing())[:3]
    for event in before:
        await world.take(event)
    one = incoming(tipping)
    await world.flow.handle(replace(one, headers=(*one.headers, BACKFILL_HEADER)))
    assert [change.type for change in world.changes] == ["established"]
    assert all(BACKFILL_HEADER in sent.record.headers for sent in world.publisher.sent)

    live = World()
    for event in (*before, tipping):
        await live.take(event)
    assert live.publisher.sent
    assert not any(BACKFILL_HEADER in sent.record.headers for sent in live.publisher.sent)


async def test_a_repeat_changes_nothing_and_publishes_nothing(world) -> None:
    for event in swing():
        await world.take(event)
    sent = list(world.publisher.sent)
    for event in swing():
        assert await world.take(event) == "known"
    assert world.publisher.sent == sent


async def test_a_change_without_its_evidence_is_retracted_where_it_was_announced(world) -> None:
    taken = list(swing())
    for event in taken:
        await world.take(event)
    for event in taken[6:]:
        await world.take(withdraw(event, at=NOON + timedelta(days=1)))
    retracted = [o.topic for o in world.publisher.sent if b'"retracted"' in (o.record.value or b"")]
    assert retracted == ["stancewire.changes", "stancewire.stance.warning"]
    assert [c.type for c in standing(world.changes).values()] == ["established"]


async def test_another_tracker_that_was_faster_is_noticed(world) -> None:
    first, second = observation(0, "hopeful"), observation(1, "hopeful")
    save, raced = world.store.save, []

    async def save_after_the_other(tracked, **changes):
        if not raced:
            raced.append(True)
            await faster.handle(incoming(second))
        return await save(tracked, **changes)

    faster = World(world.store).flow
    world.store.save = save_after_the_other
    assert await world.take(first) == "tracked"
    [kept] = world.store.kept.values()
    assert [item.uri for item in kept.state.items] == ["urn:0", "urn:1"]


async def test_an_observation_under_another_key_is_refused(world) -> None:
    with pytest.raises(InvalidInput, match="belongs to") as caught:
        await world.flow.handle(incoming(observation(0, "hopeful"), key=b"s|person:bob"))
    assert caught.value.stage == "key"


async def test_an_observation_without_a_story_is_refused(world) -> None:
    record = incoming(observation(0, "hopeful"))
    homeless = json.dumps({**json.loads(record.value or b""), "story": None}).encode()
    with pytest.raises(InvalidInput, match="no story") as caught:
        await world.flow.handle(replace(record, value=homeless))
    assert caught.value.stage == "track"


async def test_what_is_no_observation_is_refused(world) -> None:
    for event in swing():
        await world.take(event)
    record = world.publisher.to(TOPICS.changes)[0].record
    wrong = replace(
        incoming(observation(0, "hopeful")),
        value=record.value,
        headers=tuple(record.headers),
    )
    with pytest.raises(InvalidInput, match="no observation"):
        await world.flow.handle(wrong)


CRASHES = ["load", "save", "saved", "clear", "cleared"]


@settings(max_examples=30)
@given(
    crashes=st.lists(
        st.one_of(st.sampled_from(CRASHES), st.integers(0, 5)), min_size=1, max_size=6
    ),
    back=st.lists(st.integers(0, 4), min_size=6, max_size=6),
)
async def test_whatever_crashes_the_changes_are_the_same_but_for_identical_repeats(
    crashes: list[str | int], back: list[int]
) -> None:
    log = [*swing(), withdraw(observation(7, "warning"), at=NOON + timedelta(days=1))]
    calm = World()
    for event in log:
        await calm.take(event)

    shaken, position, steps = World(), 0, list(zip(crashes, back, strict=False))
    while position < len(log):
        if steps:
            at, _ = steps[0]
            shaken.store.crash_at = at if isinstance(at, str) else None
            shaken.publisher.fail_at = at if isinstance(at, int) else None
        try:
            await shaken.take(log[position])
            position += 1
        except Crash:
            position = max(0, position - steps.pop(0)[1])

    for topic in (TOPICS.changes, TOPICS.stance(Stance.WARNING)):
        repeated = list(shaken.publisher.events(topic))
        assert len({event_id for event_id, _ in repeated}) == len(set(repeated))
    assert standing(shaken.changes) == standing(calm.changes)
    assert [k.state for k in shaken.store.kept.values()] == [
        k.state for k in calm.store.kept.values()
    ]
    assert all(not kept.outbox for kept in shaken.store.kept.values())


@pytest.mark.parametrize(
    ("type", "stance"),
    [
        ("established", Stance.WARNING),
        ("changed", Stance.WARNING),
        ("reverted", Stance.WARNING),
        ("amended", Stance.WARNING),
        ("retracted", Stance.HOPEFUL),
        ("stale", None),
        ("rebaselined", None),
    ],
)
async def test_subscribers_of_a_stance_hear_of_arrivals_and_of_what_is_taken_back(
    world, type: str, stance: Stance | None
) -> None:
    for event in swing():
        await world.take(event)
    change = structs.replace(world.changes[1], type=type)
    assert concerned(change) == stance
