"""Who says a statement, and which mentions are the same actor."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancewire.reading.actors import KINDS
from stancewire.reading.features import distance_features, identity_features, words
from stancewire.reading.heads import Heads, span_means
from stancewire.reading.identities import NOTHING, Identity, identities
from stancewire.reading.spans import Piece, Tagged

Array = NDArray[np.float32]

SPEAKER_REACH = 6
"""How many sentences a speaker may stand away from a statement."""
SPEAKERS_CONSIDERED = 64
"""How many of the mentions within reach, the nearest ones, may say a statement."""
MENTIONS_CONSIDERED = 48
"""How many named mentions, the nearest ones, a mention is compared with."""


@dataclass(frozen=True)
class Linked:
    """Who says each statement, and which actor each mention is."""

    speakers: list[int | None]
    """For each statement an index into the mentions, None where nobody is found."""
    actors: list[int]
    """Cluster number of each mention; equal numbers are one actor."""


def link(tagged: Tagged, states: Array, heads: Heads) -> Linked:
    """Link statements to mentions and mentions to one another; `states` [n, 384] of body tokens.

    Takes time in proportion to the statements and mentions: each is compared with those around it.
    """
    vectors = span_means(states, [m.tokens for m in tagged.mentions])
    statements = span_means(states, [s.tokens for s in tagged.statements])
    speakers = _speakers(tagged, statements, vectors, heads)
    return Linked(
        _carried_on(tagged.statements, speakers), _clusters(tagged.mentions, vectors, heads)
    )


def _speakers(tagged: Tagged, statements: Array, vectors: Array, heads: Heads) -> list[int | None]:
    sentences = np.array([m.sentence for m in tagged.mentions], dtype=np.int64)
    begins = np.array([m.tokens[0] for m in tagged.mentions], dtype=np.int64)
    speakers: list[int | None] = []
    for statement, vector in zip(tagged.statements, statements, strict=True):
        sentences_apart = sentences - statement.sentence
        tokens_apart = begins - statement.tokens[0]
        near = np.flatnonzero(np.abs(sentences_apart) <= SPEAKER_REACH)
        nearest = np.argsort(np.abs(tokens_apart[near]), kind="stable")[:SPEAKERS_CONSIDERED]
        near = np.sort(near[nearest])
        features = distance_features(sentences_apart[near], tokens_apart[near])
        best = int(heads.speaker_scores(vector, vectors[near], features).argmax())
        speakers.append(int(near[best]) if best < len(near) else None)
    return speakers


def _carried_on(statements: Sequence[Piece], speakers: Sequence[int | None]) -> list[int | None]:
    """A statement of nobody right after another one goes on with its speaker."""
    carried: list[int | None] = []
    for i, (statement, speaker) in enumerate(zip(statements, speakers, strict=True)):
        if speaker is None and i and statement.sentence - statements[i - 1].sentence <= 1:
            carried.append(carried[-1])
        else:
            carried.append(speaker)
    return carried


def _clusters(mentions: Sequence[Piece], vectors: Array, heads: Heads) -> list[int]:
    kinds = [KINDS[k] for k in heads.kind(vectors).argmax(axis=1)]
    clusters = _Clusters(identities([m.text for m in mentions], kinds))
    named = [j for j, m in enumerate(mentions) if not m.pronoun]
    first = _first_with_words(mentions, named)
    for i, mention in enumerate(mentions):
        other = next((j for j in first.get(words(mention.text), ()) if j != i), None)
        if other is None:
            near = [j for j in _around(i, named) if clusters.may_join(i, j)]
            other = _same_actor(i, near, mentions, vectors, heads)
        if other is not None and clusters.may_join(i, other):
            clusters.join(i, other)
    return [clusters.find(i) for i in range(len(mentions))]


class _Clusters:
    """Disjoint sets of mentions, and what is known of each set."""

    def __init__(self, known: Sequence[Identity]) -> None:
        self._root = list(range(len(known)))
        self._known = [{identity} - {NOTHING} for identity in known]

    def find(self, i: int) -> int:
        """The first mention of the set that mention `i` is in."""
        while self._root[i] != i:
            self._root[i] = self._root[self._root[i]]
            i = self._root[i]
        return i

    def may_join(self, i: int, j: int) -> bool:
        """Whether nothing that is known of the sets of two mentions keeps them apart."""
        mine, theirs = self._known[self.find(i)], self._known[self.find(j)]
        return not any(a.excludes(b) for a in mine for b in theirs)

    def join(self, i: int, j: int) -> None:
        """Make the sets of two mentions one."""
        first, second = sorted((self.find(i), self.find(j)))
        if first != second:
            self._root[second] = first
            self._known[first] |= self._known[second]


def _first_with_words(
    mentions: Sequence[Piece], named: Sequence[int]
) -> dict[tuple[str, ...], list[int]]:
    """For the words of each named mention the first two that have them."""
    first: dict[tuple[str, ...], list[int]] = {}
    for j in named:
        same = first.setdefault(words(mentions[j].text), [])
        if len(same) < 2:
            same.append(j)
    return first


def _around(i: int, named: Sequence[int]) -> list[int]:
    """The `MENTIONS_CONSIDERED` named mentions nearest to mention `i`, the nearest first."""
    at = bisect_left(named, i)
    window = named[max(at - MENTIONS_CONSIDERED, 0) : at + MENTIONS_CONSIDERED + 1]
    return sorted((j for j in window if j != i), key=lambda j: abs(j - i))[:MENTIONS_CONSIDERED]


def _same_actor(
    i: int, near: Sequence[int], mentions: Sequence[Piece], vectors: Array, heads: Heads
) -> int | None:
    """Which of `near` mention `i` most likely is, None for a new actor."""
    if not near:
        return None
    mention = mentions[i]
    features = np.stack(
        [
            identity_features(
                mention.text, mentions[j].text, mentions[j].sentence - mention.sentence
            )
            for j in near
        ]
    )
    scores = heads.identity_scores(vectors[i], vectors[list(near)], features)
    # A pronoun always means somebody named, if anybody is.
    best = int(scores[: len(near)].argmax() if mention.pronoun else scores.argmax())
    return near[best] if best < len(near) else None
