"""Whether a change is one of those asked for."""

from stancewire.events import StanceChange
from stancewire.gateway.queries import ChangesFilter, ChangesQuery
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
