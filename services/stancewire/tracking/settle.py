"""Old evidence leaves the log: it is folded into the base, which nothing changes any more."""

from msgspec.structs import replace

from stancewire.tracking.config import DetectorConfig
from stancewire.tracking.evidence import without_articles
from stancewire.tracking.fold import fold
from stancewire.tracking.state import Folded, Item, Quote, State
from stancewire.tracking.votes import ballots, voting_quotes

KEPT_FOLDED = 50
"""Statements of folded articles that later copies are still compared with; the newest."""


def settle(state: State, *, story_id: str, config: DetectorConfig) -> State:
    """The state within its bounds. The trajectory from the base on stays what it was.

    `state.ledger` must be the ledger of `state`'s own moves: those that lie in the base now are
    dropped from it, and can no longer be retracted.
    """
    count = _too_old(state, config)
    if count == 0:
        return _few_tombstones(state, config)
    old = state.items[:count]
    model = state.model.version if state.model else None
    cast = ballots(state.items, model=model, config=config)
    votes = {b.uri: b.carries or (b.uri,) for b in cast}
    gone = frozenset(item.uri for item in old)
    moves, base = fold(
        [b for b in cast if b.uri in gone], base=state.base, story_id=story_id, config=config
    )
    settled, standing = state.ledger[: len(moves)], state.ledger[len(moves) :]
    told = [entry.move.current.stance for entry in settled if entry.change_id]
    return _few_tombstones(
        replace(
            state,
            base=base,
            until=(old[-1].at, old[-1].uri),
            folded=(*state.folded, *_kept(old, votes))[-KEPT_FOLDED:],
            items=tuple(_after(item, gone, votes) for item in state.items[count:]),
            ledger=standing,
            settled_id=settled[-1].change_id if settled else state.settled_id,
            settled_stance=told[-1] if told else state.settled_stance,
        ),
        config,
    )


def _too_old(state: State, config: DetectorConfig) -> int:
    if not state.items:
        return 0
    oldest = state.items[-1].at - config.max_age
    aged = sum(item.at < oldest for item in state.items)
    return max(aged, len(state.items) - config.max_items)


def _kept(old: tuple[Item, ...], votes: dict[str, tuple[str, ...]]) -> list[Folded]:
    return [
        Folded(
            quote=replace(quote, sentence="", offset=0, copies=(), originals=()),
            language=item.language,
            votes=votes[item.uri],
            uri=item.uri,
        )
        for item in old
        if item.uri in votes
        for quote in voting_quotes(item)
    ]


def _after(item: Item, gone: frozenset[str], votes: dict[str, tuple[str, ...]]) -> Item:
    """An item that stays: links to articles that left become links to the votes they cast."""
    if all(gone.isdisjoint(quote.copies) for quote in item.quotes):
        return item
    marked = [_marked(quote, gone, votes) for quote in item.quotes]
    return replace(item, quotes=without_articles(marked, gone))


def _marked(quote: Quote, gone: frozenset[str], votes: dict[str, tuple[str, ...]]) -> Quote:
    found = {vote for uri in quote.copies if uri in gone for vote in votes.get(uri, ())}
    return replace(quote, originals=tuple(sorted({*quote.originals, *found})))


def _few_tombstones(state: State, config: DetectorConfig) -> State:
    """Without the tombstones of articles that would be refused as too old anyway."""
    until = state.until
    kept = [t for t in state.tombstones if until is None or (t.at, t.uri) > until]
    return replace(state, tombstones=tuple(kept[-config.max_items :]))
