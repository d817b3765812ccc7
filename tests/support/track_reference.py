"""The method written down once more, plainly and slowly, to compare the tracker with.

It takes a set of observations, in any order, and works out from nothing which moves of stance they
show. It shares no code with `stancewire.tracking` but the rule that tells a copy.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from stancewire.events import VOTING_STANCES, Observation, Stance, Statement
from stancewire.stories.fingerprint import Printed, is_copy


@dataclass(frozen=True)
class ReferenceMove:
    stance: Stance
    at: datetime
    since: datetime
    uris: tuple[str, ...]


def standing_articles(observations: Iterable[Observation]) -> list[Observation]:
    """The newest version of each article, without those whose newest version is withdrawn."""
    newest: dict[str, Observation] = {}
    for each in observations:
        known = newest.get(each.article.uri)
        if known is None or _rank(each) > _rank(known):
            newest[each.article.uri] = each
    standing = [each for each in newest.values() if each.status == "active"]
    return sorted(standing, key=lambda each: (each.article.published_at, each.article.uri))


def moves(
    observations: Iterable[Observation],
    *,
    matrix: Sequence[Sequence[float]],
    h: float,
    min_votes: int,
    min_owners: int,
) -> list[ReferenceMove]:
    found: list[ReferenceMove] = []
    current: Stance | None = None
    counted: list[tuple[Observation, set[str]]] = []
    run: list[Observation] = []
    carriers: list[tuple[Observation, set[str]]] = []
    for each in standing_articles(observations):
        if each.stance.label == Stance.NEUTRAL or each.stance.confidence < 0.5:
            continue
        repeated = _repeated(each, counted)
        counted.append((each, repeated or {each.article.uri}))
        if repeated:
            carriers.append((each, repeated))
        else:
            run.append(each)
        statistic = {
            j: _statistic(run, j, current, matrix, h, min_votes, min_owners, carriers)
            for j in VOTING_STANCES
        }
        ready = [
            j
            for j in VOTING_STANCES
            if j != current and _enough(*statistic[j], current, h, min_votes, min_owners)
        ]
        if ready:
            best = max(
                ready,
                key=lambda j: (statistic[j][0], len(statistic[j][1]), -VOTING_STANCES.index(j)),
            )
            votes = statistic[best][1]
            uris = [vote.article.uri for vote in votes]
            tipped = [] if each.article.uri in uris else [each.article.uri]
            found.append(
                ReferenceMove(
                    stance=best,
                    at=each.article.published_at,
                    since=votes[0].article.published_at,
                    uris=tuple(uris + tipped),
                )
            )
            current, run, carriers = best, [], []
    return found


def _statistic(
    run: list[Observation],
    j: Stance,
    current: Stance | None,
    matrix: Sequence[Sequence[float]],
    h: float,
    min_votes: int,
    min_owners: int,
    carriers: list[tuple[Observation, set[str]]],
) -> tuple[float, list[Observation], set[str]]:
    """S_j, the votes for j since S_j was last zero, and the owners who printed them."""
    total, votes = 0.0, []
    places = {stance: i for i, stance in enumerate(VOTING_STANCES)}
    for vote in run:
        if current is not None:
            likely = matrix[places[j]][places[vote.stance.label]]
            total += math.log(likely) - math.log(matrix[places[current]][places[vote.stance.label]])
            total = max(0.0, total)
        if current is not None and total == 0.0:
            votes = []
        elif vote.stance.label == j:
            votes = [*votes, vote]
        is_last = vote is run[-1]
        if not is_last or not _enough(
            total, votes, _owners(votes, carriers), current, h, min_votes, min_owners
        ):
            total = min(total, h)
    return total, votes, _owners(votes, carriers)


def _owners(votes: list[Observation], carriers: list[tuple[Observation, set[str]]]) -> set[str]:
    uris = {vote.article.uri for vote in votes}
    carrying = {each.article.source.owner for each, repeated in carriers if repeated & uris}
    return {vote.article.source.owner for vote in votes} | carrying


def _enough(
    total: float,
    votes: list[Observation],
    owners: set[str],
    current: Stance | None,
    h: float,
    min_votes: int,
    min_owners: int,
) -> bool:
    return (current is None or total >= h) and len(votes) >= min_votes and len(owners) >= min_owners


def _repeated(each: Observation, counted: list[tuple[Observation, set[str]]]) -> set[str]:
    repeated: set[str] = set()
    for statement in each.statements:
        found = {
            vote
            for other, votes in counted
            for theirs in other.statements
            if is_copy(_printed(statement), _printed(theirs))
            for vote in votes
        }
        if not found:
            return set()
        repeated |= found
    return repeated


def _printed(statement: Statement) -> Printed:
    return Printed(
        text=statement.text,
        fingerprint=statement.fingerprint,
        language="en",
        stance=statement.stance.label,
    )


def _rank(each: Observation) -> tuple[int, bool]:
    return (each.article.version, each.status == "withdrawn")
