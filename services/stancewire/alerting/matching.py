"""Route: whether a change is what a rule looks for."""

import re
from collections.abc import Callable, Collection, Iterable

from stancewire.alerting.rules import Match
from stancewire.events import StanceChange

Aliases = Callable[[str], Iterable[str]]
"""Other names of the actor with this id, beside the one in the change."""


def matches(match: Match, change: StanceChange, *, aliases: Aliases = lambda _: ()) -> bool:
    """Whether `change` fulfils all that `match` asks for; only what opens a stance ever does."""
    current = change.current
    if change.type not in match.type or current is None:
        return False
    before = change.previous.stance if change.previous else None
    return (
        _is_one(current.stance, match.stance)
        and _is_one(before, match.from_stance)
        and current.confidence >= match.min_confidence
        and change.support.sources >= match.min_sources
        and _is_the_actor(match, change, aliases)
        and _is_the_story(match, change)
        and _is_in_language(match.language, change)
    )


def _is_one(value: str | None, wanted: Collection[str]) -> bool:
    return not wanted or value in wanted


def _is_the_actor(match: Match, change: StanceChange, aliases: Aliases) -> bool:
    actor = change.actor
    if not (_is_one(actor.id, match.actor) and _is_one(actor.kind, match.actor_kind)):
        return False
    if not match.alias:
        return True
    names = (actor.name, *aliases(actor.id))
    return any(_has_words(name, alias) for name in names for alias in match.alias)


def _is_the_story(match: Match, change: StanceChange) -> bool:
    label = change.story.label.casefold()
    return _is_one(change.story.id, match.story) and (
        not match.story_label or any(words.casefold() in label for words in match.story_label)
    )


def _is_in_language(wanted: Collection[str], change: StanceChange) -> bool:
    return not wanted or any(evidence.language in wanted for evidence in change.evidence)


def _has_words(name: str, alias: str) -> bool:
    """Whether the words of `alias` stand in `name`, whole and in this order."""
    words = re.escape(" ".join(alias.casefold().split()))
    return re.search(rf"(?<!\w){words}(?!\w)", " ".join(name.casefold().split())) is not None
