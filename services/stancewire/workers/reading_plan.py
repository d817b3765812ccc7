"""What a reading leads to: the record of the decision, its observations, the stories it changes.

Pure. The flow around it asks Redis to take the plan, and plans again where Redis has moved on.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from stancewire.events import (
    ActorReading,
    ActorStance,
    Article,
    Assignment,
    ModelRef,
    Observation,
    RecordPlace,
    Withdrawal,
)
from stancewire.reading.lead import lead
from stancewire.reading.protocols import ReadingLike
from stancewire.stores.recorded import Arrival, Recorded
from stancewire.stories.assign import AssignmentRule, choose_story
from stancewire.stories.observing import observe, refer_to, vanished, withdraw, without_statements
from stancewire.stories.running import RunningStory
from stancewire.stories.terms import terms_of
from stancewire.vectors import quantise, to_base64


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A decision to be recorded, and what to publish once it is."""

    recorded: Recorded
    observations: tuple[Observation, ...]
    changed: tuple[RunningStory, ...] = ()


def plan_reading(
    article: Article,
    reading: ReadingLike,
    *,
    version: int,
    digest: str,
    standing: Recorded | None,
    running: Mapping[str, RunningStory],
    rule: AssignmentRule,
    model: ModelRef,
    arrival: Arrival,
) -> Plan:
    """The plan for a version that is newer than `standing`.

    `version` is the one that events carry. Raises ValueError where the reading's embedding has no
    direction.
    """
    vector, terms = quantise(reading.embedding), terms_of(lead(article))
    choice = choose_story(
        article,
        vector,
        running,
        terms=terms,
        rule=rule,
        version=version,
        received_at=arrival.at,
        earlier=standing.story.id if standing and standing.story else None,
    )
    reference = refer_to(article, version=version)
    observations = observe(
        reading.actors,
        article=reference,
        story=choice.story.ref,
        model=model,
        observed_at=arrival.at,
    )
    recorded = Recorded(
        article=reference,
        uri=article.uri,
        version=version,
        declared=article.version,
        modified_at=article.modified_at,
        digest=digest,
        status="active",
        story=choice.story.ref,
        story_external=choice.story.external,
        vector=vector.tobytes(),
        terms=tuple(sorted(terms)),
        observations=tuple(without_statements(observation) for observation in observations),
        superseded=vanished(_published_before(standing), observations),
        model=model,
        arrival=arrival,
    )
    changed = _joined(choice.story, recorded, standing, running)
    return Plan(recorded=recorded, observations=observations, changed=changed)


def plan_repeat(standing: Recorded, reading: ReadingLike, *, model: ModelRef) -> Plan:
    """The plan for a version that was decided but not wholly published: the same bytes again.

    Raises ValueError where `standing` has no story, as only a withdrawn article has none.
    """
    if standing.story is None or standing.article is None:
        raise ValueError(f"{standing.uri} was withdrawn; there is nothing to publish again")
    observations = observe(
        reading.actors,
        article=standing.article,
        story=standing.story,
        model=model,
        observed_at=standing.arrival.at,
    )
    return Plan(recorded=standing, observations=observations)


def plan_withdrawal(
    withdrawal: Withdrawal,
    *,
    standing: Recorded | None,
    running: Mapping[str, RunningStory],
    arrival: Arrival,
) -> Plan:
    """The plan for an article that is taken back; one never read is remembered as withdrawn."""
    if standing is None:
        return Plan(recorded=_never_read(withdrawal, arrival), observations=())
    recorded = msgspec.structs.replace(
        standing,
        version=max(withdrawal.version or 0, standing.version),
        declared=withdrawal.version if withdrawal.version is not None else standing.declared,
        modified_at=withdrawal.modified_at or standing.modified_at,
        status="withdrawn",
        story=None,
        vector=None,
        terms=(),
        observations=(),
        superseded=_published_before(standing),
        arrival=arrival,
        published=False,
    )
    left = _left(standing, running)
    return Plan(recorded=recorded, observations=(), changed=(left,) if left else ())


def as_published(recorded: Recorded) -> Recorded:
    """The record after all of it was acknowledged; nothing is left to withdraw."""
    return msgspec.structs.replace(recorded, published=True, superseded=())


def withdrawals_of(recorded: Recorded) -> Sequence[Observation]:
    """The withdrawals to publish under keys that the article no longer has."""
    return [withdraw(old, at=recorded.arrival.at) for old in recorded.superseded]


def assignment_of(recorded: Recorded) -> Assignment | None:
    """The event that tells others what was decided; None for an article that was never read."""
    if recorded.article is None or recorded.model is None:
        return None
    vector = recorded.vector
    return Assignment(
        article=recorded.article,
        status=recorded.status,
        story=recorded.story,
        story_external=recorded.story_external,
        embedding=to_base64(np.frombuffer(vector, dtype=np.int8)) if vector else None,
        terms=recorded.terms,
        actors=tuple(observation.actor.id for observation in recorded.observations),
        keys=recorded.keys,
        digest=recorded.digest,
        model=recorded.model,
        assigned_at=recorded.arrival.at,
        declared=recorded.declared,
        modified_at=recorded.modified_at,
        record=RecordPlace(
            partition=recorded.arrival.partition,
            offset=recorded.arrival.offset,
            keyed_anew=recorded.arrival.keyed_anew,
        ),
        readings=tuple(
            ActorStance(actor=each.actor, stance=each.stance, resolved=each.resolved)
            for each in recorded.observations
        ),
    )


def recorded_of(assignment: Assignment) -> Recorded:
    """The decision that an assignment tells of, all of it published."""
    place, vector = assignment.record, assignment.embedding
    withdrawn_as = (assignment.declared or 0) if assignment.status == "withdrawn" else 0
    arrival = Arrival(
        partition=place.partition if place else -1,
        offset=place.offset if place else -1,
        at=assignment.assigned_at,
        keyed_anew=place.keyed_anew if place else False,
    )
    readings = [
        ActorReading(actor=each.actor, stance=each.stance, statements=(), resolved=each.resolved)
        for each in assignment.readings
    ]
    return Recorded(
        article=assignment.article,
        uri=assignment.article.uri,
        version=max(assignment.article.version, withdrawn_as),
        declared=assignment.declared,
        modified_at=assignment.modified_at,
        digest=assignment.digest,
        status=assignment.status,
        story=assignment.story,
        story_external=assignment.story_external,
        vector=base64.b64decode(vector) if vector else None,
        terms=assignment.terms,
        observations=observe(
            readings,
            article=assignment.article,
            story=assignment.story,
            model=assignment.model,
            observed_at=assignment.assigned_at,
        ),
        superseded=(),
        model=assignment.model,
        arrival=arrival,
        published=True,
    )


def _published_before(standing: Recorded | None) -> tuple[Observation, ...]:
    return (*standing.superseded, *standing.observations) if standing else ()


def _never_read(withdrawal: Withdrawal, arrival: Arrival) -> Recorded:
    return Recorded(
        article=None,
        uri=withdrawal.uri,
        version=withdrawal.version or 0,
        declared=withdrawal.version,
        modified_at=withdrawal.modified_at,
        digest="",
        status="withdrawn",
        story=None,
        story_external=None,
        vector=None,
        observations=(),
        superseded=(),
        model=None,
        arrival=arrival,
    )


def _joined(
    story: RunningStory,
    recorded: Recorded,
    standing: Recorded | None,
    running: Mapping[str, RunningStory],
) -> tuple[RunningStory, ...]:
    left = _left(standing, running)
    joined = joined_by_record(left if left is not None and left.id == story.id else story, recorded)
    return (joined,) if left is None or left.id == story.id else (joined, left)


def joined_by_record(story: RunningStory, recorded: Recorded) -> RunningStory:
    """The story with the article of this record; as it is where that was withdrawn."""
    if recorded.article is None or recorded.vector is None:
        return story
    return story.joined_by(
        np.frombuffer(recorded.vector, dtype=np.int8),
        published_at=recorded.article.published_at,
        received_at=recorded.arrival.at,
        terms=recorded.terms,
    )


def _left(standing: Recorded | None, running: Mapping[str, RunningStory]) -> RunningStory | None:
    """The story that the standing version leaves, without it; None where it stands in none."""
    if standing is None or standing.story is None or standing.vector is None:
        return None
    story = running.get(standing.story.id)
    vector = np.frombuffer(standing.vector, dtype=np.int8)
    return story.left_by(vector, terms=standing.terms) if story else None
