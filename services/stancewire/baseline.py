"""From here on another model's readings count for one actor in one story.

It is a record among the observations, under their key, so that whoever folds them finds it in its
place.
"""

import uuid

from stancewire.events import NAMESPACE, ActorRef, ModelRef, Moment, Observation, StoryRef, Value


class ArticleVersion(Value, frozen=True, kw_only=True):
    """A version of an article."""

    uri: str
    version: int


class Baseline(Value, frozen=True, kw_only=True):
    """All that the other model makes of the key's articles, to be taken at once."""

    story: StoryRef
    actor: ActorRef
    model: ModelRef
    readings: tuple[Observation, ...]
    """Active observations by `model`, by article uri."""
    unseen: tuple[ArticleVersion, ...]
    """Versions that were read again in which it does not find the actor, by uri."""
    checkpoint: str | None
    """Base64, for the tracker alone: what it had folded away, so that a fold that begins here needs
    neither what came before nor the settings of that time. None for a new key."""
    at: Moment
    """Kafka time of the newest article record that was read again, else of the key's newest."""

    @property
    def id(self) -> str:
        """The CloudEvents id: the same for the same readings."""
        parts = [self.story.id, self.actor.id, self.model.version]
        parts += [observation.observation_id for observation in self.readings]
        parts += [f"{gone.uri} {gone.version}" for gone in self.unseen]
        parts.append(self.checkpoint or "")
        return str(uuid.uuid5(NAMESPACE, "\x1f".join(["baseline", *parts])))
