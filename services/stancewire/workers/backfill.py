"""Articles that may change stances, but must never raise an alert: backfilled and replayed ones.

The mark goes with what follows from the article: its observations, and the changes that these lead
to.
"""

from dataclasses import replace

from stancewire.workers.dead_letters import attempts_of
from stancewire.workers.records import BACKFILL_HEADER, Incoming, Outgoing


def is_backfill(incoming: Incoming) -> bool:
    """Whether a record is marked, or came again out of the dead letters."""
    return incoming.header(BACKFILL_HEADER[0]) is not None or attempts_of(incoming.headers) > 0


def marked_like(incoming: Incoming, outgoing: Outgoing) -> Outgoing:
    """`outgoing`, marked where the record that led to it must not alert."""
    if not is_backfill(incoming):
        return outgoing
    headers = [*outgoing.record.headers, BACKFILL_HEADER]
    return replace(outgoing, record=replace(outgoing.record, headers=headers))
