"""Whether a change, or an actor of a story, is one of those asked for."""

from stancewire.events import StanceChange
from stancewire.gateway.queries import ActorsFilter, ChangesFilter, ChangesQuery
from stancewire.stores.shown import Shown
from stancewire.workers.change_topics import concerned


def concerns(change: StanceChange, wanted: ChangesFilter) -> bool:
    """By stance, actor and story."""
    return (
        wanted.stance in (None, concerned(change))
        and wanted.actor in (None, change.actor.id)
        and wanted.story in (None, change.story.id)
    )


def matches(change: StanceChange, wanted: ChangesQuery) -> bool:
    """By type and time as well."""
    return (
        concerns(change, wanted)
        and wanted.type in (None, change.type)
        and (wanted.since is None or change.occurred_at >= wanted.since)
        and (wanted.until is None or change.occurred_at < wanted.until)
    )


def fits(shown: Shown, wanted: ActorsFilter) -> bool:
    """By the stance that the actor holds, by who it is, and by language."""
    return (
        wanted.stance in (None, shown.held.stance if shown.held else None)
        and wanted.actor in (None, shown.actor.id)
        and (wanted.language is None or wanted.language in shown.languages)
    )
