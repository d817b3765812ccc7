"""The evidence log: one item per article, its newest version, copies linked, bounded.

What an article's item is depends only on the set of its versions seen: the highest version counts,
and of one version the withdrawal outranks the reading. So any order of arrival and any repeats give
the same log.
"""

import base64
import binascii
from collections.abc import Iterable
from typing import TypeVar

from msgspec.structs import replace

from stancewire.events import VOTING_STANCES, Observation, Stance, Statement, utc
from stancewire.stories.fingerprint import Printed, is_copy
from stancewire.tracking.erasure import token_of
from stancewire.tracking.state import Folded, Item, Quote, State, Tombstone

T = TypeVar("T", Item, Tombstone)

MAX_QUOTES = 12
"""Statements kept of one article; the first ones."""
MAX_TEXT = 500
"""Code points kept of a statement; twice as many of its sentence."""


def absorb(state: State, observation: Observation) -> State:
    """The state with the observation in its log; the same object where it brings nothing new."""
    article = observation.article
    place = (utc(article.published_at), article.uri)
    known = _by_uri(state.items, article.uri)
    buried = _by_uri(state.tombstones, article.uri) or _by_uri(
        state.tombstones, token_of(article.uri)
    )
    withdrawn = observation.status == "withdrawn"
    if buried and buried.version >= article.version:
        return state
    if known and (known.version, False) >= (article.version, withdrawn):
        return state
    is_folded = state.until is not None and place <= state.until
    if is_folded and known is None:
        return state
    cleared = _without(state, article.uri)
    if withdrawn or is_folded:
        at = known.at if known and is_folded else place[0]
        return _buried(cleared, Tombstone(uri=article.uri, version=article.version, at=at))
    return _linked(cleared, item_of(observation))


def reread(state: State, observation: Observation) -> State:
    """The state with another model's reading in place of what is known of this article version.

    Nothing changes where a higher version is known, or the article is withdrawn or folded away.
    """
    article = observation.article
    known = _by_uri(state.items, article.uri)
    if known is None:
        return absorb(state, observation)
    place = (utc(article.published_at), article.uri)
    is_folded = state.until is not None and place <= state.until
    if known.version > article.version or is_folded:
        return state
    if known.observation_id == observation.observation_id:
        return state
    return _linked(_without(state, article.uri), item_of(observation))


def without_reading(state: State, uri: str, *, version: int, model: str) -> State:
    """The state without what another model than `model` had read in this article version."""
    known = _by_uri(state.items, uri)
    if known is None or known.version > version or known.model == model:
        return state
    return _buried(_without(state, uri), Tombstone(uri=uri, version=version, at=known.at))


def item_of(observation: Observation) -> Item:
    """What is kept of an active observation."""
    article, stance = observation.article, observation.stance
    scores = stance.scores
    return Item(
        uri=article.uri,
        version=article.version,
        at=utc(article.published_at),
        title=article.title[:MAX_TEXT],
        url=article.url,
        language=article.language,
        source=article.source.name,
        owner=article.source.owner,
        stance=stance.label,
        confidence=stance.confidence,
        scores=(
            scores.get(Stance.HOPEFUL, 0.0),
            scores.get(Stance.SKEPTICAL, 0.0),
            scores.get(Stance.WARNING, 0.0),
        ),
        resolved=observation.resolved,
        observation_id=observation.observation_id,
        model=observation.model.version,
        quotes=tuple(_quote(statement) for statement in observation.statements[:MAX_QUOTES]),
    )


def without_articles(quotes: Iterable[Quote], gone: frozenset[str]) -> tuple[Quote, ...]:
    """The quotes, no longer linked to the articles that are gone."""
    return tuple(
        q
        if gone.isdisjoint(q.copies)
        else replace(q, copies=tuple(uri for uri in q.copies if uri not in gone))
        for q in quotes
    )


def _quote(statement: Statement) -> Quote:
    label = statement.stance.label
    votes = label in VOTING_STANCES
    return Quote(
        text=statement.text[:MAX_TEXT],
        sentence=statement.sentence.text[: 2 * MAX_TEXT],
        offset=statement.start - statement.sentence.start,
        stance=label,
        confidence=statement.stance.scores.get(label, 0.0),
        fingerprint=statement.fingerprint,
        embedding=_vector(statement.embedding) if votes and statement.embedding else None,
    )


def _vector(text: str) -> bytes | None:
    """The int8 vector; None where the text is no base64: a copy that it would show goes unseen."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _without(state: State, uri: str) -> State:
    gone = frozenset([uri])
    return replace(
        state,
        items=tuple(_unlinked(item, gone) for item in state.items if item.uri != uri),
        tombstones=tuple(t for t in state.tombstones if t.uri != uri),
    )


def _unlinked(item: Item, gone: frozenset[str]) -> Item:
    if all(gone.isdisjoint(quote.copies) for quote in item.quotes):
        return item
    return replace(item, quotes=without_articles(item.quotes, gone))


def _buried(state: State, tombstone: Tombstone) -> State:
    order = sorted((*state.tombstones, tombstone), key=lambda t: (t.at, t.uri))
    return replace(state, tombstones=tuple(order))


def _linked(state: State, item: Item) -> State:
    """The item put in its place, its statements and their copies in other articles linked."""
    quotes = [replace(q, originals=_originals(q, item.language, state.folded)) for q in item.quotes]
    others = []
    for other in state.items:
        pairs = _copies(quotes, item.language, other)
        others.append(_with_copies(other, item.uri, {j for _, j in pairs}) if pairs else other)
        for i in {i for i, _ in pairs}:
            quotes[i] = replace(quotes[i], copies=tuple(sorted((*quotes[i].copies, other.uri))))
    items = sorted((*others, replace(item, quotes=tuple(quotes))), key=lambda x: (x.at, x.uri))
    return replace(state, items=tuple(items))


def _copies(quotes: list[Quote], language: str, other: Item) -> list[tuple[int, int]]:
    return [
        (i, j)
        for i, quote in enumerate(quotes)
        for j, theirs in enumerate(other.quotes)
        if is_copy(_printed(quote, language), _printed(theirs, other.language))
    ]


def _with_copies(item: Item, uri: str, places: set[int]) -> Item:
    return replace(
        item,
        quotes=tuple(
            replace(quote, copies=tuple(sorted((*quote.copies, uri)))) if j in places else quote
            for j, quote in enumerate(item.quotes)
        ),
    )


def _originals(quote: Quote, language: str, folded: tuple[Folded, ...]) -> tuple[str, ...]:
    new = _printed(quote, language)
    found = {
        vote
        for old in folded
        if is_copy(new, _printed(old.quote, old.language))
        for vote in old.votes
    }
    return tuple(sorted(found))


def _printed(quote: Quote, language: str) -> Printed:
    return Printed(
        text=quote.text,
        fingerprint=quote.fingerprint,
        language=language,
        stance=quote.stance,
        embedding=quote.embedding,
    )


def _by_uri(records: tuple[T, ...], uri: str) -> T | None:
    return next((record for record in records if record.uri == uri), None)
