"""What people decided about stories and readings: the event on `acts`, and what follows from it.

An erasure names nobody: the act keeps a hash of the article's uri or the actor's id, so that the
list of what must not come back is no list of persons. Who has an id can ask whether it is on it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from stancewire.events import Moment, Stance, Value

ActType = Literal["rename", "merge", "split", "pin", "unpin", "close", "reopen", "mark", "erase"]
ErasedKind = Literal["article", "actor"]

ERASED_STORY = "erased"
"""The story id of an erasure, which is of no single story."""


class Erased(Value, frozen=True, kw_only=True):
    """The article or the actor whose data was erased."""

    kind: ErasedKind
    digest: str
    """`erasure_digest` of the article's uri or the actor's id."""


class Act(Value, frozen=True, kw_only=True, omit_defaults=True):
    """One decision of a person. What a type needs beside the first five fields is said there."""

    act_id: str
    type: ActType
    story_id: str
    by: str
    """Who decided it: a name, or the name of an API key."""
    at: Moment
    reason: str | None = None
    label: str | None = None
    """rename: the new label; split: the label of the new story."""
    into: str | None = None
    """merge: the story that stays; split: the new story."""
    articles: tuple[str, ...] = ()
    """split: uris of the articles that move."""
    observation_id: str | None = None
    """mark: the reading that is wrong."""
    stance: Stance | msgspec.UnsetType | None = msgspec.UNSET
    """mark: the right stance; None where the actor has none in the article."""
    erased: Erased | None = None
    """erase: what was erased."""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What acts come to, as far as reader and tracker heed them."""

    articles: frozenset[str] = frozenset()
    """Digests of erased articles."""
    actors: frozenset[str] = frozenset()
    """Digests of erased actors."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Label of each renamed story, by its id."""

    @classmethod
    def by(cls, acts: Iterable[Act]) -> "Decided":
        """What these acts come to; of two that contradict one another the later one counts."""
        ordered = sorted(acts, key=lambda act: (act.at, act.act_id))
        erased = [act.erased for act in ordered if act.type == "erase" and act.erased]
        return cls(
            articles=frozenset(each.digest for each in erased if each.kind == "article"),
            actors=frozenset(each.digest for each in erased if each.kind == "actor"),
            labels={
                act.story_id: act.label for act in ordered if act.type == "rename" and act.label
            },
        )

    def has_erased_article(self, uri: str) -> bool:
        """Whether nothing may be made of this article any more."""
        return bool(self.articles) and erasure_digest(uri) in self.articles

    def has_erased_actor(self, actor_id: str) -> bool:
        """Whether nothing may be kept of this actor any more."""
        return bool(self.actors) and erasure_digest(actor_id) in self.actors


def erasure_digest(name: str) -> str:
    """64 hexadecimal digits for an article's uri or an actor's id (SHA-256 of its UTF-8)."""
    return hashlib.sha256(name.encode("utf-8", errors="surrogatepass")).hexdigest()
