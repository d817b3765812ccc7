"""What is stored, without what is erased. Pure."""

import uuid
from collections.abc import Sequence

from msgspec import structs

from stancewire.events import (
    NAMESPACE,
    Actor,
    ArticleRef,
    Observation,
    Source,
    Stance,
    StanceReading,
    StoryRef,
)
from stancewire.stores.recorded import Recorded
from stancewire.stories.assign import new_story_id
from stancewire.tracking import State
from stancewire.tracking.erasure import WHOLE_ACTOR
from stancewire.workers.erasing_log import Subject

_MOST_VERSIONS = 1_000


def is_called_after(story: StoryRef, article: ArticleRef) -> bool:
    """Whether the article gave the story its label: by its title, or since it opened the story."""
    title = " ".join(article.title.split())
    if title and title.startswith(story.label.removesuffix(" …")):
        return True
    versions = range(min(article.version, _MOST_VERSIONS) + 1)
    return any(story.id == new_story_id(article_uri=article.uri, version=v) for v in versions)


def remembered(state: State, subject: Subject) -> list[Observation]:
    """What a state tells of the subject where the observations themselves are gone."""
    named, model = state.named, state.model
    if named is None or model is None:
        return []
    uris = [item.uri for item in state.items] if subject.kind == "actor" else [subject.name]
    known = {item.uri: item for item in state.items}
    made = []
    for uri in uris or [WHOLE_ACTOR]:
        item = known.get(uri)
        rests_on = f"{named.story.id}\x1f{named.actor.id}\x1f{uri}"
        made.append(
            Observation(
                observation_id=(
                    item.observation_id if item else str(uuid.uuid5(NAMESPACE, rests_on))
                ),
                status="active",
                article=ArticleRef(
                    uri=uri,
                    version=item.version if item else 0,
                    title=item.title if item else "",
                    url=None,
                    language=item.language if item else "und",
                    source=Source(name="erased", owner="erased"),
                    published_at=item.at if item else named.at,
                ),
                story=named.story,
                actor=Actor(id=named.actor.id, name=named.actor.name, kind=named.actor.kind),
                stance=StanceReading(
                    label=item.stance if item else Stance.NEUTRAL,
                    confidence=item.confidence if item else 1.0,
                    scores=dict.fromkeys(Stance, 0.25),
                ),
                statements=(),
                model=model,
                observed_at=named.at,
            )
        )
    return made


def relabelled(recorded: Recorded, *, story: StoryRef) -> Recorded:
    """The decision, with a story under another label."""

    def renamed(observations: Sequence[Observation]) -> tuple[Observation, ...]:
        return tuple(
            structs.replace(one, story=story) if one.story and one.story.id == story.id else one
            for one in observations
        )

    own = recorded.story
    return structs.replace(
        recorded,
        story=story if own is not None and own.id == story.id else own,
        observations=renamed(recorded.observations),
        superseded=renamed(recorded.superseded),
    )


def without_actor(recorded: Recorded, *, actor_id: str) -> Recorded:
    """The decision as if the actor were not in the article."""

    def kept(observations: Sequence[Observation]) -> tuple[Observation, ...]:
        return tuple(
            structs.replace(one, actor=structs.replace(one.actor, on_behalf_of=None))
            if one.actor.on_behalf_of == actor_id
            else one
            for one in observations
            if one.actor.id != actor_id
        )

    return structs.replace(
        recorded, observations=kept(recorded.observations), superseded=kept(recorded.superseded)
    )
