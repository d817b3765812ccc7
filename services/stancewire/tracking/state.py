"""What is stored of one actor in one story. No value here comes from a clock.

All values are frozen, and every sequence in them has one order, so that equal evidence has equal
bytes (`codec.py`). They are stored as arrays: append fields with defaults, never insert or rename.
"""

from datetime import datetime

import msgspec

from stancewire.events import (
    VOTING_STANCES,
    ActorRef,
    ChangeType,
    ModelRef,
    Stance,
    StanceSince,
    StoryRef,
    Support,
)
from stancewire.tracking.cusum import Sums

INDEX = {stance: i for i, stance in enumerate(VOTING_STANCES)}
"""The place of a voting stance in every triple: scores, sums, tallies."""


class Stored(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A frozen value that is stored as an array of its fields."""


class Quote(Stored, frozen=True, kw_only=True):
    """A statement, as evidence."""

    text: str
    sentence: str
    offset: int
    """Where `text` begins in `sentence`, in code points."""
    stance: Stance
    confidence: float
    fingerprint: str
    embedding: bytes | None
    copies: tuple[str, ...] = ()
    """Uris of the other articles in the log that print this statement, sorted."""
    originals: tuple[str, ...] = ()
    """Uris of the votes, already folded away, that this statement repeats, sorted."""


class Item(Stored, frozen=True, kw_only=True):
    """The newest version of one article, as far as the actor speaks in it."""

    uri: str
    version: int
    at: datetime
    """Event time: the article's publication."""
    title: str
    url: str | None
    language: str
    source: str
    owner: str
    stance: Stance
    confidence: float
    scores: Sums
    """Calibrated probabilities of the voting stances."""
    resolved: bool
    observation_id: str
    model: str
    """Version of the model that read it."""
    quotes: tuple[Quote, ...]


class Tombstone(Stored, frozen=True, kw_only=True):
    """A withdrawn article: this version and older ones never come back."""

    uri: str
    version: int
    at: datetime


class Folded(Stored, frozen=True, kw_only=True):
    """A statement of an article that left the log, kept to know later copies of it."""

    quote: Quote
    language: str
    votes: tuple[str, ...]
    """Uris of the votes that it cast or carried."""
    uri: str = ""
    """The article that printed it."""


class Tally(Stored, frozen=True, kw_only=True):
    """What speaks for one stance since the last moment at which nothing did: its change point."""

    votes: int = 0
    articles: int = 0
    """Votes and the articles that carry copies of them."""
    owners: tuple[str, ...] = ()
    uris: tuple[str, ...] = ()
    """The newest votes, in order of event time."""
    since: datetime | None = None
    """Event time of the first vote."""
    mass: float = 0.0
    """Probabilities of this stance, added over every vote since then."""
    seen: int = 0
    """Those votes, whatever they say."""


NOTHING = Tally()


class Reckoning(Stored, frozen=True, kw_only=True):
    """Where a fold stands after some votes."""

    held: StanceSince | None = None
    moved: ChangeType | None = None
    """How the held stance came about."""
    moved_at: datetime | None = None
    moved_from: Stance | None = None
    sums: Sums = (0.0, 0.0, 0.0)
    tallies: tuple[Tally, Tally, Tally] = (NOTHING, NOTHING, NOTHING)
    voted_at: datetime | None = None
    """Event time of the newest vote."""


class Move(Stored, frozen=True, kw_only=True):
    """A change of stance that the evidence shows, whether published or not."""

    type: ChangeType
    previous: StanceSince | None
    current: StanceSince
    at: datetime
    """Event time of the article that tipped it."""
    uris: tuple[str, ...]
    """What it rests on: the votes for the new stance since the change point, and what tipped it."""
    support: Support
    detector: str
    statistic: float
    threshold: float


class Entry(Stored, frozen=True, kw_only=True):
    """A move of the present trajectory, and the event under which subscribers know it."""

    change_id: str | None
    """The id first published for it; None where it entered history without an event."""
    move: Move
    amendments: int = 0
    told_at: datetime | None = None
    """When it occurred according to the newest event about it."""


class Named(Stored, frozen=True, kw_only=True):
    """Names for people, from the newest article that brought any."""

    story: StoryRef
    actor: ActorRef
    at: datetime
    uri: str
    version: int


class State(Stored, frozen=True, kw_only=True):
    """One actor in one story: the evidence, what is folded away, and what was published."""

    format: int = 1
    model: ModelRef | None = None
    """The model whose readings vote here."""
    named: Named | None = None
    base: Reckoning = Reckoning()
    """The fold of all that left the log."""
    until: tuple[datetime, str] | None = None
    """Event time and uri of the last article in `base`; nothing older is taken any more."""
    folded: tuple[Folded, ...] = ()
    items: tuple[Item, ...] = ()
    """The evidence log, by event time, then uri."""
    tombstones: tuple[Tombstone, ...] = ()
    """By event time, then uri."""
    ledger: tuple[Entry, ...] = ()
    """The moves that the log shows, in order: what was published and still stands."""
    settled_id: str | None = None
    """The id of the last change in `base`."""
    settled_stance: Stance | None = None
    """The stance that subscribers were told before the log begins."""
    spent: tuple[str, ...] = ()
    """Ids that were published, oldest first: none is used for a second change."""
    sequence: int = 0
    era: str = ""
    """The baseline from which on ids are this fold's own; empty before the first one."""
    now: Reckoning = Reckoning()
    """The fold of everything, base and log."""
