"""Which articles vote: one vote for each statement that was made, not for each time it was printed.

A ballot is a vote, or the carriage of votes cast before: an article whose every voting statement is
a copy of statements that already voted adds its outlet to their sources and nothing else.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from stancewire.events import VOTING_STANCES, Stance
from stancewire.tracking.config import DetectorConfig
from stancewire.tracking.cusum import Sums
from stancewire.tracking.state import Item, Quote, Stored


class Ballot(Stored, frozen=True, kw_only=True):
    """What one article brings to the fold."""

    uri: str
    at: datetime
    language: str
    owner: str
    stance: Stance
    scores: Sums
    carries: tuple[str, ...] = ()
    """Uris of the votes that it repeats, sorted; empty for a vote."""


def ballots(
    items: Iterable[Item], *, model: str | None, config: DetectorConfig
) -> tuple[Ballot, ...]:
    """The ballots of a log in event time. `items` must be ordered by event time, then uri."""
    counted: dict[str, tuple[str, ...]] = {}
    cast = []
    for item in items:
        if not may_vote(item, model=model, config=config):
            continue
        carries = _repeated(item, counted)
        counted[item.uri] = carries or (item.uri,)
        cast.append(
            Ballot(
                uri=item.uri,
                at=item.at,
                language=item.language,
                owner=item.owner,
                stance=item.stance,
                scores=item.scores,
                carries=carries,
            )
        )
    return tuple(cast)


def may_vote(item: Item, *, model: str | None, config: DetectorConfig) -> bool:
    """Whether the reading is sure enough, and by the key's model: others wait for a rebaseline."""
    return (
        item.stance in VOTING_STANCES
        and item.confidence >= config.min_confidence
        and item.resolved
        and (model is None or item.model == model)
    )


def voting_quotes(item: Item) -> tuple[Quote, ...]:
    """The statements that take a stance; all of them where none does."""
    return tuple(q for q in item.quotes if q.stance in VOTING_STANCES) or item.quotes


def _repeated(item: Item, counted: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The earlier votes whose statements make up this item; empty where one statement is new."""
    votes: set[str] = set()
    for quote in voting_quotes(item):
        found = {vote for uri in quote.copies for vote in counted.get(uri, ())}
        found.update(quote.originals)
        if not found:
            return ()
        votes |= found
    return tuple(sorted(votes))
