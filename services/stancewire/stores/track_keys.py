"""The names of the tracker's keys in Redis.

The braces keep all of a namespace on one node of a Redis cluster, as the scripts need it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrackKeys:
    """Names under one namespace; a rebuild or an upgrade folds into a namespace of its own."""

    namespace: str

    def track(self, key: str) -> str:
        """Hash: state, outbox and revision of one actor in one story."""
        return self._name("key", key)

    def stories(self) -> str:
        """Sorted set: story ids by the event time of their newest article, in milliseconds."""
        return self._name("stories")

    def labels(self) -> str:
        """Hash: label by story id."""
        return self._name("labels")

    def actors(self, story_id: str) -> str:
        """Sorted set: actor ids of a story by the event time of their newest article."""
        return self._name("actors", story_id)

    def shown(self, story_id: str) -> str:
        """Hash: what a list shows of an actor, by actor id."""
        return self._name("shown", story_id)

    def changes(self) -> str:
        """Stream: the newest changes of all stories, in the order in which they were recorded."""
        return self._name("changes")

    def stories_of(self, actor_id: str) -> str:
        """Sorted set: story ids by the event time of the actor's newest article there."""
        return self._name("stories-of", actor_id)

    def history(self, key: str) -> str:
        """List: the changes of one actor in one story, oldest first."""
        return self._name("history", key)

    def votes(self, partition: int) -> str:
        """Sorted set: keys of a partition of observations by the newest vote, in milliseconds.

        Only those where a stance holds that was not called stale yet.
        """
        return self._name("votes", str(partition))

    @property
    def root(self) -> str:
        """What every name begins with."""
        return f"{{{self.namespace}}}:tracker"

    def _name(self, *parts: str) -> str:
        return ":".join((self.root, *parts))
