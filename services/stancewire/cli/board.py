"""What has been seen of every story so far, folded from observations and changes as they come."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from stancewire.events import Observation, Stance, StanceChange, StanceSince, StoryRef


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where one actor stands in one story, and what was read of them."""

    actor: str
    current: StanceSince | None
    """None while no stance is established."""
    articles: Counter[Stance]
    """How many articles show each stance."""
    sources: int
    """How many owners of outlets stand behind those articles."""
    changes: int
    """How many true changes there were, without the first stance."""


class Board:
    """Folds events in the order in which they come; an event that comes again changes nothing."""

    def __init__(self) -> None:
        self._stories: dict[str, StoryRef] = {}
        self._readings: dict[tuple[str, str], dict[str, Observation]] = defaultdict(dict)
        self._changes: dict[tuple[str, str], dict[str, StanceChange]] = defaultdict(dict)

    def observe(self, observation: Observation) -> None:
        """Take in what an actor says in one article, or that the article is withdrawn."""
        if observation.story is None:
            return
        self._stories[observation.story.id] = observation.story
        readings = self._readings[observation.story.id, observation.actor.id]
        if observation.status == "withdrawn":
            readings.pop(observation.article.uri, None)
        else:
            readings[observation.article.uri] = observation

    def change(self, change: StanceChange) -> None:
        """Take in a change of stance."""
        self._stories.setdefault(change.story.id, change.story)
        self._changes[change.story.id, change.actor.id].setdefault(change.change_id, change)

    def standings(self, *, least_articles: int = 1) -> list[tuple[StoryRef, list[Standing]]]:
        """Every story with its actors, those of most articles first.

        Actors without a stance are left out below `least_articles`.
        """
        found: dict[str, list[Standing]] = defaultdict(list)
        for story, actor in sorted(self._readings.keys() | self._changes.keys()):
            standing = self._standing((story, actor))
            if standing and (standing.current or standing.articles.total() >= least_articles):
                found[story].append(standing)
        for standings in found.values():
            standings.sort(key=lambda s: (s.current is None, -s.articles.total(), s.actor))
        return sorted(
            ((self._stories[story], standings) for story, standings in found.items()),
            key=lambda item: (-sum(s.articles.total() for s in item[1]), item[0].id),
        )

    def _standing(self, key: tuple[str, str]) -> Standing | None:
        readings = list(self._readings[key].values())
        changes = sorted(self._changes[key].values(), key=lambda change: change.sequence)
        if not readings and not changes:
            return None
        return Standing(
            actor=changes[-1].actor.name if changes else readings[-1].actor.name,
            current=changes[-1].current if changes else None,
            articles=Counter(reading.stance.label for reading in readings),
            sources=len({reading.article.source.owner for reading in readings}),
            changes=sum(change.type == "changed" for change in changes),
        )
