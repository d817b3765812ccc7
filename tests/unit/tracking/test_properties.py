"""What holds for every log: order, repeats, restarts, withdrawals, and against the reference."""

from collections.abc import Sequence
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from stancewire.events import Observation, Stance, StanceChange, to_json
from stancewire.tracking import State, from_bytes, step, to_bytes
from stancewire.tracking.state import Move
from track_builders import MATRIX, RECORDED, config, observation, run
from track_reference import moves, standing_articles

CONFIG = config(h=4.0, min_votes=2, min_owners=2)
QUOTES = [
    "We see a real chance to break the ice between both countries",
    "Nobody should expect the border to open before next summer",
    "If the talks fail there will be another war on this continent",
]

DAYS = 12


@st.composite
def logs(draw: st.DrawFn, *, withdrawals: bool = True) -> list[Observation]:
    """Articles about an actor who swings, some corrected, withdrawn, copied, repeated, shuffled.

    Drawn by a seeded generator, not piece by piece: long logs are what makes changes happen.
    """
    articles = draw(st.integers(min_value=1, max_value=28))
    chance = Random(draw(st.integers(min_value=0, max_value=2**32)))
    swings = sorted(chance.uniform(0, 24 * DAYS) for _ in range(chance.randint(0, 3)))
    log = []
    for i in range(articles):
        for version in range(1, chance.choice([1, 1, 1, 1, 2, 3]) + 1):
            if version == 1 or chance.random() < 0.8:
                log.append(_printed(chance, f"a{i:02}", version, swings))
    if withdrawals:
        for each in chance.sample(log, k=min(len(log), chance.randint(0, 4))):
            log.append(replace(each, status="withdrawn", statements=()))
    log += chance.choices(log, k=chance.randint(0, 5))
    if chance.random() < 0.7:
        chance.shuffle(log)
    return log


def _printed(chance: Random, name: str, version: int, swings: list[float]) -> Observation:
    hours = float(chance.randint(0, 24 * DAYS))
    mood = sum(swing < hours for swing in swings) % 2
    copies = chance.random() < 0.2
    return observation(
        name,
        chance.choices(["hw"[mood], "wh"[mood], "s", "n"], weights=[8, 1, 1, 1])[0],
        hours=hours,
        version=version,
        owner=chance.choice(["one", "two", "three"]),
        confidence=0.45 if chance.random() < 0.1 else 0.8,
        texts=chance.sample(QUOTES, k=chance.randint(1, 2)) if copies else None,
        resolved=chance.random() < 0.95,
    )


def voting(log: Sequence[Observation]) -> list[Observation]:
    """The log as the reference wants it: unresolved readings made neutral by hand."""
    return [o if o.resolved else observation_without_vote(o) for o in log]


def observation_without_vote(of: Observation) -> Observation:
    stance = replace(of.stance, label=Stance.NEUTRAL)
    return replace(of, stance=stance)


def evidence_of(state: State) -> tuple[object, ...]:
    return (state.items, state.tombstones, state.named, [entry.move for entry in state.ledger])


@settings(max_examples=80)
@given(logs(), st.integers(min_value=0, max_value=2**32))
def test_any_order_and_any_repeats_give_the_same_evidence_and_standing_changes(
    log: list[Observation], seed: int
) -> None:
    shuffled = [*log, *log[::2]]
    Random(seed).shuffle(shuffled)
    assert evidence_of(run(log, config=CONFIG)[0]) == evidence_of(run(shuffled, config=CONFIG)[0])


@settings(max_examples=60)
@given(logs())
def test_the_standing_changes_are_those_of_the_plain_method(log: list[Observation]) -> None:
    state, _ = run(log, config=CONFIG)
    expected = moves(voting(log), matrix=MATRIX, h=4.0, min_votes=2, min_owners=2)
    shown = [(m.current.stance, m.at, m.current.since, m.uris) for m in _moves(state)]
    assert shown == [(m.stance, m.at, m.since, m.uris) for m in expected]
    assert [item.uri for item in state.items] == [o.article.uri for o in standing_articles(log)]


@settings(max_examples=50)
@given(logs(), st.data())
def test_a_restart_at_any_point_changes_no_byte(
    log: list[Observation], data: st.DataObject
) -> None:
    stops = data.draw(st.sets(st.integers(min_value=0, max_value=len(log))))
    straight, events = run(log, config=CONFIG)
    state, resumed = State(), []
    for i, each in enumerate(log):
        if i in stops:
            state = from_bytes(to_bytes(state))
        state, new = step(state, each, config=CONFIG, recorded_at=RECORDED)
        resumed += new
    assert [to_json(event) for event in resumed] == [to_json(event) for event in events]
    assert to_bytes(state) == to_bytes(straight)


@settings(max_examples=50)
@given(logs(withdrawals=False), st.data())
def test_withdrawing_an_article_equals_never_having_seen_it(
    log: list[Observation], data: st.DataObject
) -> None:
    uri = data.draw(st.sampled_from(sorted({o.article.uri for o in log})))
    newest = max((o for o in log if o.article.uri == uri), key=lambda o: o.article.version)
    withdrawn = replace(newest, status="withdrawn", statements=())
    with_it, _ = run([*log, withdrawn], config=CONFIG)
    without, _ = run([o for o in log if o.article.uri != uri], config=CONFIG)
    assert with_it.items == without.items
    assert _moves(with_it) == _moves(without)


@settings(max_examples=80)
@given(logs())
def test_subscribers_always_know_the_stance_that_holds(log: list[Observation]) -> None:
    """Adding what is published, replacing what is amended, dropping what is retracted."""
    state, believed, seen = State(), {}, []
    for each in log:
        state, events = step(state, each, config=CONFIG, recorded_at=RECORDED)
        for event in events:
            apply(event, believed)
        seen += events
        told = max(believed.values(), key=lambda e: (e.occurred_at, e.sequence), default=None)
        holds = state.ledger[-1].move.current.stance if state.ledger else None
        assert (told.current.stance if told else None) == holds
    assert len({event.change_id for event in seen}) == len(seen)
    assert [event.sequence for event in seen] == list(range(1, len(seen) + 1))


@settings(max_examples=80)
@given(logs())
def test_within_the_allowance_the_published_changes_are_the_standing_ones(
    log: list[Observation],
) -> None:
    wide = config(h=4.0, min_votes=2, min_owners=2, allowance=config().max_age)
    believed: dict[str, StanceChange] = {}
    state, events = run(log, config=wide)
    for event in events:
        apply(event, believed)
    standing = [
        (m.previous.stance if m.previous else None, m.current.stance, m.at) for m in _moves(state)
    ]
    published = sorted(believed.values(), key=lambda e: e.occurred_at)
    assert sorted(standing, key=lambda m: m[2]) == [
        (e.previous.stance if e.previous else None, e.current.stance, e.occurred_at)
        for e in published
        if e.current
    ]


@settings(max_examples=50)
@given(logs(withdrawals=False), st.integers(min_value=1, max_value=6))
def test_folding_old_articles_away_leaves_the_trajectory_as_it_was(
    log: list[Observation], kept: int
) -> None:
    """In event time and with one version each, a short log publishes what an endless one does."""
    newest = standing_articles(log)
    endless, expected = run(newest, config=CONFIG)
    short, events = run(newest, config=config(h=4.0, min_votes=2, min_owners=2, max_items=kept))
    assert [without_quotes(event) for event in events] == [without_quotes(e) for e in expected]
    assert len(short.items) <= kept
    assert (
        short.base.held == (endless.ledger[-1].move.current if endless.ledger else None)
        or short.ledger
    )


def without_quotes(event: StanceChange) -> StanceChange:
    """A folded article's words are gone, so they are not quoted; all else is."""
    return replace(event, evidence=())


def apply(event: StanceChange, believed: dict[str, StanceChange]) -> None:
    if event.type == "retracted":
        del believed[event.supersedes or ""]
    elif event.type == "amended":
        believed[event.supersedes or ""] = event
    else:
        believed[event.change_id] = event


def _moves(state: State) -> list[Move]:
    return [entry.move for entry in state.ledger]
