"""How reader and tracker heed what people have decided: who asks, and what is left out for it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import structlog
from msgspec import structs
from numpy.typing import NDArray

from stancewire.acts import Act, Decided
from stancewire.errors import InvalidInput
from stancewire.events import ActorReading, Observation, StanceChange
from stancewire.plumbing.envelope import decode_event
from stancewire.plumbing.sections import KafkaSettings
from stancewire.reading.protocols import ReadingLike
from stancewire.workers.following import read_to_end
from stancewire.workers.records import Incoming

_log = structlog.get_logger(__name__)


class ActStore(Protocol):
    """What the flows need of `stores.acts.Acts`; see there."""

    async def decided(self) -> Decided:
        """What all acts come to. Raises Unavailable."""
        ...


class NoActs:
    """Nobody has decided anything."""

    async def decided(self) -> Decided:
        """Nothing."""
        return Decided()


@dataclass(frozen=True)
class Heeded:
    """A reading without what may not be kept of it."""

    actors: tuple[ActorReading, ...]
    embedding: NDArray[np.float32]


def read_acts(
    kafka: KafkaSettings,
    topic: str,
    *,
    read: Callable[[KafkaSettings, list[str]], Iterable[Incoming]] = read_to_end,
) -> list[Act]:
    """Every act that the topic holds; what is no act is logged and left out. Blocks.

    Raises Unavailable where Kafka is away or the topic is missing.
    """
    return list(acts_in(read(kafka, [topic])))


def heeded_reading(reading: ReadingLike, decided: Decided) -> ReadingLike:
    """The reading without erased actors, also where others speak on their behalf."""
    if not decided.actors:
        return reading
    kept = [each for each in reading.actors if not decided.has_erased_actor(each.actor.id)]
    actors = tuple(_without_principal(each, decided) for each in kept)
    return Heeded(actors=actors, embedding=reading.embedding)


def heeded_observation(observation: Observation, decided: Decided) -> Observation:
    """The observation under the name that its story has now."""
    story = observation.story
    label = decided.labels.get(story.id) if story else None
    if story is None or label is None or label == story.label:
        return observation
    return structs.replace(observation, story=structs.replace(story, label=label))


def heeded_change(change: StanceChange, decided: Decided) -> StanceChange | None:
    """What may be shown of a change: None of an erased actor's, no words of an erased article."""
    if decided.has_erased_actor(change.actor.id):
        return None
    kept = tuple(e for e in change.evidence if not decided.has_erased_article(e.article_uri))
    label = decided.labels.get(change.story.id, change.story.label)
    if len(kept) == len(change.evidence) and label == change.story.label:
        return change
    return structs.replace(change, evidence=kept, story=structs.replace(change.story, label=label))


def _without_principal(reading: ActorReading, decided: Decided) -> ActorReading:
    actor = reading.actor
    if actor.on_behalf_of is None or not decided.has_erased_actor(actor.on_behalf_of):
        return reading
    return structs.replace(reading, actor=structs.replace(actor, on_behalf_of=None))


def acts_in(records: Iterable[Incoming]) -> Iterator[Act]:
    """The acts among the records of their topic; what is none is logged and left out."""
    for record in records:
        try:
            event = decode_event(record.value, record.headers)
        except InvalidInput as error:
            _log.warning("no act", topic=record.topic, offset=record.offset, reason=str(error))
            continue
        if isinstance(event, Act):
            yield event
