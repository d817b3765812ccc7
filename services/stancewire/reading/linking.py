"""Who says a statement, and which mentions are the same actor."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancewire.reading.features import distance_features, identity_features, words
from stancewire.reading.heads import Heads, span_means
from stancewire.reading.spans import Piece, Tagged

Array = NDArray[np.float32]

SPEAKER_REACH = 6
"""How many sentences a speaker may stand away from a statement."""
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
    """Link statements to mentions and mentions to one another; `states` [n, 384] of body tokens."""
    vectors = span_means(states, [m.tokens for m in tagged.mentions])
    statements = span_means(states, [s.tokens for s in tagged.statements])
    speakers = [
        _speaker(s, v, tagged.mentions, vectors, heads)
        for s, v in zip(tagged.statements, statements, strict=True)
    ]
    return Linked(
        _carried_on(tagged.statements, speakers), _clusters(tagged.mentions, vectors, heads)
    )


def _speaker(
    statement: Piece, vector: Array, mentions: Sequence[Piece], vectors: Array, heads: Heads
) -> int | None:
    near = [
        i for i, m in enumerate(mentions) if abs(m.sentence - statement.sentence) <= SPEAKER_REACH
    ]
    if not near:
        return None
    features = np.stack(
        [
            distance_features(
                mentions[i].sentence - statement.sentence,
                mentions[i].tokens[0] - statement.tokens[0],
            )
            for i in near
        ]
    )
    best = int(heads.speaker_scores(vector, vectors[near], features).argmax())
    return near[best] if best < len(near) else None


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
    root = list(range(len(mentions)))

    def find(i: int) -> int:
        while root[i] != i:
            i = root[i]
        return i

    for i in range(len(mentions)):
        other = _same_actor(i, mentions, vectors, heads)
        if other is not None:
            a, b = sorted((find(i), find(other)))
            root[b] = a
    return [find(i) for i in range(len(mentions))]


def _same_actor(i: int, mentions: Sequence[Piece], vectors: Array, heads: Heads) -> int | None:
    mention = mentions[i]
    named = [j for j, m in enumerate(mentions) if j != i and not m.pronoun]
    for j in named:
        if words(mentions[j].text) == words(mention.text):
            return j
    near = sorted(named, key=lambda j: abs(j - i))[:MENTIONS_CONSIDERED]
    if not near:
        return None
    features = np.stack(
        [
            identity_features(
                mention.text, mentions[j].text, mentions[j].sentence - mention.sentence
            )
            for j in near
        ]
    )
    scores = heads.identity_scores(vectors[i], vectors[near], features)
    # A pronoun always means somebody named, if anybody is.
    best = int(scores[: len(near)].argmax() if mention.pronoun else scores.argmax())
    return near[best] if best < len(near) else None
