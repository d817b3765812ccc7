"""What Redis keeps of the reader's decisions, and its bytes (MessagePack)."""

from datetime import datetime
from typing import TypeVar

import msgspec
import numpy as np

from stancewire.events import (
    ArticleRef,
    ModelRef,
    Observation,
    ObservationStatus,
    StoryRef,
    Value,
    tracking_key,
)
from stancewire.stories.running import RunningStory


class Arrival(Value, frozen=True, kw_only=True):
    """Where and when a record stands in the articles topic."""

    partition: int
    offset: int
    at: datetime
    """Kafka's timestamp of the record."""
    keyed_anew: bool = False
    """Whether it is a copy under another key; with the original's time but its own offset."""

    def is_before(self, other: "Arrival") -> bool:
        """Whether it came before `other`, though it is seen after it: a repeat after a crash."""
        if self.keyed_anew:
            return self.at < other.at
        return (
            self.partition == other.partition and self.offset < other.offset and self.at <= other.at
        )


class Recorded(Value, frozen=True, kw_only=True):
    """The newest decided version of one article.

    It is recorded before anything of it is published, so that a reader that comes back after a
    crash publishes the same bytes again, and marked `published` after all of it was acknowledged.
    """

    article: ArticleRef | None
    """None where the article was withdrawn before it was ever read."""
    uri: str
    version: int
    """The version that events carry: the declared one, else counted up from 1."""
    declared: int | None
    modified_at: datetime | None
    digest: str
    status: ObservationStatus
    story: StoryRef | None
    story_external: str | None
    vector: bytes | None
    """int8 [384] of title and lead; None for a withdrawn article."""
    terms: tuple[str, ...] = ()
    """Names in title and lead, by which its story is found; sorted."""
    observations: tuple[Observation, ...]
    """The version's active observations, without their statements."""
    superseded: tuple[Observation, ...]
    """Observations of earlier versions whose key this one no longer has: to be withdrawn."""
    model: ModelRef | None
    arrival: Arrival
    """Of the record that decided; its repeats are published with this one's time."""
    published: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The tracking keys of the active observations."""
        return tuple(key_of(observation) for observation in self.observations)


class Parked(Value, frozen=True, kw_only=True):
    """An article under embargo: its record as it came, to be published anew when it is due."""

    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    due: datetime


class StoredStory(Value, frozen=True, kw_only=True):
    """A running story as Redis keeps it; `total` is little-endian int32 [384]."""

    id: str
    label: str
    total: bytes
    articles: int
    last_event: datetime
    touched: datetime
    external: str | None
    first_event: datetime | None = None
    """None in what an earlier release wrote: then `last_event` stands for it."""
    terms: tuple[tuple[str, int], ...] = ()
    """How many of its articles have each term; sorted."""


_Kept = TypeVar("_Kept", Recorded, Parked, StoredStory)


def key_of(observation: Observation) -> str:
    """The tracking key of an observation that has a story; raises ValueError for one without."""
    if observation.story is None:
        raise ValueError("an observation without a story has no tracking key")
    return tracking_key(observation.story.id, observation.actor.id)


def pack(kept: Recorded | Parked | StoredStory) -> bytes:
    """The bytes of a kept value; equal values give equal bytes."""
    return msgspec.msgpack.encode(kept)


def unpack(raw: bytes, kind: type[_Kept]) -> _Kept:
    """The value of those bytes; raises msgspec.ValidationError where they are something else."""
    return msgspec.msgpack.decode(raw, type=kind)


def pack_story(story: RunningStory) -> bytes:
    """The bytes of a running story."""
    return pack(
        StoredStory(
            id=story.id,
            label=story.label,
            total=story.total.astype("<i4").tobytes(),
            articles=story.articles,
            last_event=story.last_event,
            touched=story.touched,
            external=story.external,
            first_event=story.first_event,
            terms=tuple(sorted(story.terms.items())),
        )
    )


def unpack_story(raw: bytes) -> RunningStory:
    """The running story of those bytes."""
    stored = unpack(raw, StoredStory)
    return RunningStory(
        id=stored.id,
        label=stored.label,
        total=np.frombuffer(stored.total, dtype="<i4").astype(np.int32),
        articles=stored.articles,
        last_event=stored.last_event,
        touched=stored.touched,
        external=stored.external,
        first_event=stored.first_event or stored.last_event,
        terms=dict(stored.terms),
    )
