"""The words of the house: frozen values that travel from room to room.

Offsets are Unicode code points into `Article.body`; every `text` equals the slice it names.
Times are aware datetimes in UTC. Scores are calibrated probabilities over `STANCES` and sum to 1.
The JSON form of each value is its public contract and stands in `schemas/`.
"""

import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "stancewire.io")
"""The uuid5 namespace of every id that Stancewire makes."""


class Stance(StrEnum):
    """How an actor stands toward what an article is about."""

    HOPEFUL = "hopeful"
    SKEPTICAL = "skeptical"
    WARNING = "warning"
    NEUTRAL = "neutral"


VOTING_STANCES = (Stance.HOPEFUL, Stance.SKEPTICAL, Stance.WARNING)
"""The stances that count in tracking; a neutral reading is shown but casts no vote."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A point in time; decoding refuses one without its UTC offset."""

ActorKind = Literal["person", "government", "organization", "group", "unnamed"]
ObservationStatus = Literal["active", "withdrawn"]
ChangeType = Literal[
    "established", "changed", "reverted", "retracted", "amended", "rebaselined", "stale"
]


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """A frozen value with a JSON form; unknown fields of newer versions are ignored on decoding."""


class Source(Value, frozen=True, kw_only=True):
    """The outlet that published an article, and who owns it: owners, not outlets, are counted."""

    name: str
    owner: str


class Article(Value, frozen=True, kw_only=True):
    """One version of one article, its text already plain."""

    uri: str
    title: str
    body: str
    language: str
    """BCP 47 primary subtag, declared or detected; "und" where neither is possible."""
    source: Source
    published_at: Moment
    url: str | None = None
    version: int | None = None
    """The declared whole number; where an article declares none, `modified_at` orders versions."""
    modified_at: Moment | None = None
    embargoed_until: Moment | None = None
    story: str | None = None
    """An explicit story or subject id that the article carries; it wins over clustering."""
    story_label: str | None = None


class Withdrawal(Value, frozen=True, kw_only=True):
    """The publisher takes an article back: ninjs `canceled`/`withheld`, or null on its key."""

    uri: str
    version: int | None = None
    modified_at: Moment | None = None


class Passage(Value, frozen=True, kw_only=True):
    """A piece of the body: `text == body[start:end]`."""

    text: str
    start: int
    end: int


class StanceReading(Value, frozen=True, kw_only=True):
    """A stance with its calibrated probabilities; `label` is the most probable one."""

    label: Stance
    confidence: float
    scores: dict[Stance, float]


class StatementStance(Value, frozen=True, kw_only=True):
    """The stance of one statement."""

    label: Stance
    scores: dict[Stance, float]


class Statement(Value, frozen=True, kw_only=True):
    """One attributed statement: what is said, by which mention, with which cue."""

    text: str
    start: int
    end: int
    sentence: Passage
    speaker: Passage | None
    cue: Passage | None
    stance: StatementStance
    fingerprint: str = ""
    """64-bit similarity hash of the normalised words, 16 hex digits: copies differ in few bits.

    Reading leaves it empty; it is filled in where the observation is made."""
    embedding: str | None = None
    """Base64 of 384 int8 values, the unit sentence embedding times 127; `read` leaves it out."""


class Actor(Value, frozen=True, kw_only=True):
    """Whoever the article attributes a statement to; `id` is one across articles and languages."""

    id: str
    name: str
    kind: ActorKind
    on_behalf_of: str | None = None
    aliases: tuple[str, ...] = ()


class ActorReading(Value, frozen=True, kw_only=True):
    """What one actor says in one article, and the stance that it gives, weighed together."""

    actor: Actor
    stance: StanceReading
    statements: tuple[Statement, ...]
    resolved: bool = True
    """False where the only mentions are pronouns that lead to nobody: shown, but no vote."""


class ModelRef(Value, frozen=True, kw_only=True):
    """The model that made a reading."""

    name: str
    version: str


class ArticleRef(Value, frozen=True, kw_only=True):
    """What an observation repeats of its article."""

    uri: str
    version: int
    title: str
    url: str | None
    language: str
    source: Source
    published_at: Moment


class StoryRef(Value, frozen=True, kw_only=True):
    """A running story; `label` is for people, `id` for machines."""

    id: str
    label: str


class Observation(Value, frozen=True, kw_only=True):
    """One actor's stance in one version of one article: the event on `observations`."""

    observation_id: str
    status: ObservationStatus
    article: ArticleRef
    story: StoryRef | None
    actor: Actor
    stance: StanceReading
    statements: tuple[Statement, ...]
    model: ModelRef
    observed_at: Moment
    """The Kafka timestamp of the article's record, no clock: a repeat carries identical bytes."""
    resolved: bool = True
    """False where the article names the actor by pronouns alone: shown, but it casts no vote."""


class ActorStance(Value, frozen=True, kw_only=True):
    """What an actor's words in an article came to, without the words."""

    actor: Actor
    stance: StanceReading
    resolved: bool = True


class RecordPlace(Value, frozen=True, kw_only=True):
    """Where a record stands in the articles topic."""

    partition: int
    offset: int
    keyed_anew: bool = False
    """Whether it is a copy of one that had another key than the article's uri."""


class Assignment(Value, frozen=True, kw_only=True):
    """What the reader decided, once, for a version of an article: the event on `assignments`."""

    article: ArticleRef
    status: ObservationStatus
    story: StoryRef | None
    story_external: str | None
    """The publisher's own id of the story, where the article named one."""
    embedding: str | None
    """Base64 of 384 int8 values: the unit embedding of title and lead times 127."""
    actors: tuple[str, ...]
    keys: tuple[str, ...]
    """The tracking keys under which the version's observations were published, one per actor."""
    digest: str
    """Hash of the version's content, by which a repeat is known."""
    model: ModelRef
    assigned_at: Moment
    """The Kafka timestamp of the article's record."""
    declared: int | None = None
    """The version as the publisher counts it, where it does."""
    modified_at: Moment | None = None
    """What orders versions where the publisher counts none."""
    record: RecordPlace | None = None
    """The article's record."""
    terms: tuple[str, ...] = ()
    """The names in title and lead by which the story was found; sorted."""
    readings: tuple[ActorStance, ...] = ()
    """The version's actors in the order of `actors`: with them Redis can be folded anew."""


class ActorRef(Value, frozen=True, kw_only=True):
    """The actor as change events name it."""

    id: str
    name: str
    kind: ActorKind


class StanceSince(Value, frozen=True, kw_only=True):
    """A stance that held or holds, the event time it began, and how sure that is."""

    stance: Stance
    since: Moment
    confidence: float


class Support(Value, frozen=True, kw_only=True):
    """What a change rests on since its change point: votes, articles, source owners."""

    statements: int
    articles: int
    sources: int


class Evidence(Value, frozen=True, kw_only=True):
    """One quote that proves a change."""

    observation_id: str
    article_uri: str
    title: str
    source: str
    text: str
    stance: Stance
    confidence: float
    published_at: Moment
    language: str = "und"
    """Of the article, as BCP 47 primary subtag; "und" in events from before it was told."""


class Detector(Value, frozen=True, kw_only=True):
    """The test statistic that raised the change, and the threshold it crossed."""

    name: str
    statistic: float
    threshold: float


class StanceChange(Value, frozen=True, kw_only=True):
    """An actor's stance in a story was established or changed, or a change was taken back."""

    change_id: str
    sequence: int
    type: ChangeType
    story: StoryRef
    actor: ActorRef
    previous: StanceSince | None
    current: StanceSince | None
    support: Support
    evidence: tuple[Evidence, ...]
    detector: Detector
    supersedes: str | None
    model: ModelRef
    occurred_at: Moment
    recorded_at: Moment
    """Kafka's time of the observation that led to it, no clock of the service: a repeat carries
    identical bytes. `stale`, which nothing leads to, is recorded when it is due."""


def observation_id(
    *, article_uri: str, version: int, story_id: str, actor_id: str, model_version: str
) -> str:
    """The id of an observation, the same on every run and machine."""
    return _id(article_uri, str(version), story_id, actor_id, model_version)


def change_id(*, story_id: str, actor_id: str, type: ChangeType, rests_on: str) -> str:
    """The id of a stance change; `rests_on` names what caused it, never a score or a clock."""
    return _id(story_id, actor_id, type, rests_on)


def tracking_key(story_id: str, actor_id: str) -> str:
    """The Kafka key under which an actor is tracked in a story."""
    return f"{story_id}|{actor_id}"


def to_json(value: Value) -> bytes:
    """The canonical JSON of a value: fields in declared order, UTF-8, no spaces."""
    return msgspec.json.encode(value)


def utc(moment: datetime) -> datetime:
    """`moment` in UTC; a naive time is taken as UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _id(*parts: str) -> str:
    # A unit separator cannot occur in a part, so ("a", "bc") and ("ab", "c") stay apart.
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))
