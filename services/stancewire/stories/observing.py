"""From a reading to the observations of one version of an article, and to their withdrawal."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from stancewire.events import (
    ActorReading,
    Article,
    ArticleRef,
    ModelRef,
    Observation,
    Statement,
    StoryRef,
    observation_id,
)
from stancewire.stories.fingerprint import fingerprint


def refer_to(article: Article, *, version: int) -> ArticleRef:
    """What observations repeat of an article; `version` is the one that events carry."""
    return ArticleRef(
        uri=article.uri,
        version=version,
        title=article.title,
        url=article.url,
        language=article.language,
        source=article.source,
        published_at=article.published_at,
    )


def observe(
    readings: Iterable[ActorReading],
    *,
    article: ArticleRef,
    story: StoryRef | None,
    model: ModelRef,
    observed_at: datetime,
) -> tuple[Observation, ...]:
    """One active observation per actor, in the order of the readings; without a story offline.

    Readings that turned out to be of the same actor become one: an actor has one vote an article.
    """
    return tuple(
        Observation(
            observation_id=observation_id(
                article_uri=article.uri,
                version=article.version,
                story_id=story.id if story else "",
                actor_id=reading.actor.id,
                model_version=model.version,
            ),
            status="active",
            article=article,
            story=story,
            actor=reading.actor,
            stance=reading.stance,
            statements=tuple(_fingerprinted(statement) for statement in reading.statements),
            model=model,
            observed_at=observed_at,
            resolved=reading.resolved,
        )
        for reading in _one_per_actor(readings)
    )


def _one_per_actor(readings: Iterable[ActorReading]) -> Iterator[ActorReading]:
    found: dict[str, list[ActorReading]] = {}
    for reading in readings:
        found.setdefault(reading.actor.id, []).append(reading)
    for same in found.values():
        yield same[0] if len(same) == 1 else _joined(same)


def _joined(same: Sequence[ActorReading]) -> ActorReading:
    """All statements in order of the text; stance and name of the reading that has the most."""
    leading = max(same, key=lambda reading: len(reading.statements))
    statements = {(s.start, s.end): s for reading in same for s in reading.statements}
    aliases = dict.fromkeys(alias for reading in same for alias in reading.actor.aliases)
    return msgspec.structs.replace(
        leading,
        actor=msgspec.structs.replace(leading.actor, aliases=tuple(aliases)),
        statements=tuple(statements[place] for place in sorted(statements)),
        resolved=any(reading.resolved for reading in same),
    )


def _fingerprinted(statement: Statement) -> Statement:
    return msgspec.structs.replace(statement, fingerprint=fingerprint(statement.text))


def withdraw(observation: Observation, *, at: datetime) -> Observation:
    """The withdrawal of an observation: the same id, no statements, observed `at`."""
    return msgspec.structs.replace(observation, status="withdrawn", statements=(), observed_at=at)


def without_statements(observation: Observation) -> Observation:
    """An observation with what it takes to withdraw it, and no more."""
    return msgspec.structs.replace(observation, statements=())


def vanished(earlier: Sequence[Observation], now: Sequence[Observation]) -> tuple[Observation, ...]:
    """Those of the earlier observations whose actor and story the newer ones no longer have."""
    kept = {_place(observation) for observation in now}
    found = {_place(observation): observation for observation in earlier}
    return tuple(observation for place, observation in found.items() if place not in kept)


def _place(observation: Observation) -> tuple[str | None, str]:
    return (observation.story.id if observation.story else None, observation.actor.id)
