"""One actor in one story over time, for people to look at: computed, never stored.

The state has what stands; the history, which is every change that was published, also has what was
taken back. Together they show what was said when, and what became of it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Literal

from stancewire.events import (
    ArticleRef,
    ChangeType,
    Moment,
    Source,
    Stance,
    StanceChange,
    StanceSince,
    Support,
    Value,
)
from stancewire.tracking.config import DetectorConfig
from stancewire.tracking.display import Share, shares
from stancewire.tracking.state import Entry, Item, Quote, State
from stancewire.tracking.view import View, view
from stancewire.tracking.votes import Ballot, ballots

BAND_POINTS = 32
"""Most points of a band; between two of them a straight line is near enough."""

Counts = Literal["vote", "copy", "none"]
"""How an article counts: as a vote, as one more source of earlier votes, or not at all."""
Standing = Literal["stands", "amended", "retracted"]


class Reading(Value, frozen=True, kw_only=True):
    """What the actor's words in one article were read as."""

    observation_id: str
    article: ArticleRef
    stance: Stance
    confidence: float
    counts: Counts
    repeats: tuple[str, ...]
    """Uris of the articles whose votes it repeats, where it counts as a copy."""


class Said(Value, frozen=True, kw_only=True):
    """A statement: `text` stands in `sentence` from the code point `offset` on."""

    text: str
    sentence: str
    offset: int
    stance: Stance
    confidence: float
    copies: tuple[str, ...]
    """Uris of the other articles that print it."""


class Proof(Reading, frozen=True, kw_only=True):
    """A reading with the statements that it rests on."""

    statements: tuple[Said, ...]


class Stretch(Value, frozen=True, kw_only=True):
    """A time in which one stance held; stretches follow each other without a gap."""

    stance: Stance
    since: Moment
    """Its change point: event time of the first vote that led to it."""
    until: Moment | None
    """Where the next one begins; None for the stance that holds."""
    confidence: float
    tipped_at: Moment | None
    """Event time of the article by which it was found; None where that left the log."""
    change_id: str | None
    """The change that announced it; None where none did."""


class PastChange(Value, frozen=True, kw_only=True):
    """A change as it was published, and what became of it."""

    change_id: str
    sequence: int
    type: ChangeType
    standing: Standing
    """Retracted ones no longer hold; of amended ones the newest amendment says what does."""
    previous: StanceSince | None
    current: StanceSince | None
    support: Support
    supersedes: str | None
    occurred_at: Moment
    recorded_at: Moment


class BandPoint(Value, frozen=True, kw_only=True):
    """How the votes up to a time are spread, older ones counting less."""

    at: Moment
    votes: float
    """Effective number of votes."""
    shares: dict[Stance, Share]


class Timeline(Value, frozen=True, kw_only=True):
    """One actor in one story over time; every sequence in event time, the oldest first."""

    now: View
    readings: tuple[Reading, ...]
    stretches: tuple[Stretch, ...]
    changes: tuple[PastChange, ...]
    """In the order in which they were published."""
    band: tuple[BandPoint, ...]


def timeline(
    state: State,
    *,
    history: Sequence[StanceChange],
    as_of: datetime,
    config: DetectorConfig,
) -> Timeline:
    """The timeline of a state, as it looks at `as_of`."""
    cast = _ballots(state, config)
    return Timeline(
        now=view(state, as_of=as_of, config=config),
        readings=readings(state, config=config),
        stretches=stretches(state),
        changes=past_changes(history),
        band=_band(cast, as_of=as_of, config=config),
    )


def readings(state: State, *, config: DetectorConfig) -> tuple[Reading, ...]:
    """Every article of the log, and how it counts."""
    cast = {ballot.uri: ballot for ballot in _ballots(state, config)}
    return tuple(_reading(item, cast.get(item.uri)) for item in state.items)


def proofs(state: State, *, config: DetectorConfig) -> tuple[Proof, ...]:
    """Every article of the log with the actor's statements."""
    read = readings(state, config=config)
    return tuple(
        Proof(
            observation_id=reading.observation_id,
            article=reading.article,
            stance=reading.stance,
            confidence=reading.confidence,
            counts=reading.counts,
            repeats=reading.repeats,
            statements=tuple(map(_said, item.quotes)),
        )
        for item, reading in zip(state.items, read, strict=True)
    )


def stretches(state: State) -> tuple[Stretch, ...]:
    """Which stance held when, from the one at which the log begins."""
    settled = state.base.held
    found = []
    if settled is not None:
        moved_at, change_id = state.base.moved_at, state.settled_id
        found.append(_stretch(settled, tipped_at=moved_at, change_id=change_id))
    found += [_arrival(entry) for entry in state.ledger]
    ends = [after.since for _, after in pairwise(found)]
    return tuple(
        Stretch(
            stance=each.stance,
            since=each.since,
            until=until,
            confidence=each.confidence,
            tipped_at=each.tipped_at,
            change_id=each.change_id,
        )
        for each, until in zip(found, [*ends, None], strict=False)
    )


def past_changes(history: Iterable[StanceChange]) -> tuple[PastChange, ...]:
    """What was published, each with what became of it. `history` is in the order of publication."""
    known = list(history)
    fate: dict[str, Standing] = {}
    for change in known:
        if change.supersedes and change.type == "retracted":
            fate[change.supersedes] = "retracted"
        elif change.supersedes and change.type == "amended":
            fate[change.supersedes] = "amended"
    return tuple(
        PastChange(
            change_id=change.change_id,
            sequence=change.sequence,
            type=change.type,
            standing=fate.get(change.change_id, "stands"),
            previous=change.previous,
            current=change.current,
            support=change.support,
            supersedes=change.supersedes,
            occurred_at=change.occurred_at,
            recorded_at=change.recorded_at,
        )
        for change in known
    )


def _ballots(state: State, config: DetectorConfig) -> tuple[Ballot, ...]:
    model = state.model.version if state.model else None
    return ballots(state.items, model=model, config=config)


def _reading(item: Item, ballot: Ballot | None) -> Reading:
    counts: Counts = "none" if ballot is None else "copy" if ballot.carries else "vote"
    return Reading(
        observation_id=item.observation_id,
        article=ArticleRef(
            uri=item.uri,
            version=item.version,
            title=item.title,
            url=item.url,
            language=item.language,
            source=Source(name=item.source, owner=item.owner),
            published_at=item.at,
        ),
        stance=item.stance,
        confidence=item.confidence,
        counts=counts,
        repeats=ballot.carries if ballot else (),
    )


def _said(quote: Quote) -> Said:
    return Said(
        text=quote.text,
        sentence=quote.sentence,
        offset=quote.offset,
        stance=quote.stance,
        confidence=quote.confidence,
        copies=quote.copies,
    )


def _arrival(entry: Entry) -> Stretch:
    return _stretch(entry.move.current, tipped_at=entry.move.at, change_id=entry.change_id)


def _stretch(held: StanceSince, *, tipped_at: datetime | None, change_id: str | None) -> Stretch:
    return Stretch(
        stance=held.stance,
        since=held.since,
        until=None,
        confidence=held.confidence,
        tipped_at=tipped_at,
        change_id=change_id,
    )


def _band(
    cast: Sequence[Ballot], *, as_of: datetime, config: DetectorConfig
) -> tuple[BandPoint, ...]:
    """Points at votes, evenly picked where there are many, and one at `as_of`."""
    votes = sorted({ballot.at for ballot in cast if not ballot.carries and ballot.at <= as_of})
    step = max(1, -(-len(votes) // (BAND_POINTS - 1)))
    moments = [*votes[::-1][::step][::-1], as_of] if votes else []
    return tuple(_point(cast, at, config) for at in dict.fromkeys(moments))


def _point(cast: Sequence[Ballot], at: datetime, config: DetectorConfig) -> BandPoint:
    spread, votes = shares(cast, as_of=at, half_life=config.half_life)
    return BandPoint(at=at, votes=votes, shares=spread)
