"""Ballots in event time fold into a trajectory: which stance held when, and what moved it."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from stancewire.events import VOTING_STANCES, ChangeType, Stance, StanceSince, Support
from stancewire.tracking.config import DetectorConfig
from stancewire.tracking.cusum import advance
from stancewire.tracking.state import INDEX, NOTHING, Move, Reckoning, Tally
from stancewire.tracking.votes import Ballot

CUSUM = "categorical-cusum"
MINIMUM = "minimum-evidence"
_KEPT_URIS = 50
_PLACES = range(len(VOTING_STANCES))


def fold(
    ballots: Iterable[Ballot], *, base: Reckoning, story_id: str, config: DetectorConfig
) -> tuple[tuple[Move, ...], Reckoning]:
    """The moves in order, and where the fold stands at the end.

    Folding some ballots and then the others from the reckoning reached gives the same floats and
    moves as folding all at once. Ballots must come by event time, then uri.
    """
    run = _Run(base, owners=config.owners_needed(story_id), config=config)
    for ballot in ballots:
        run.take(ballot)
    return tuple(run.moves), run.reckoning()


class _Run:
    """A fold under way."""

    def __init__(self, base: Reckoning, *, owners: int, config: DetectorConfig) -> None:
        self._config = config
        self._owners = owners
        self._held = base.held
        self._moved = (base.moved, base.moved_at, base.moved_from)
        self._sums = base.sums
        self._tallies = list(base.tallies)
        self._voted_at = base.voted_at
        self.moves: list[Move] = []

    def take(self, ballot: Ballot) -> None:
        if ballot.carries:
            self._carry(ballot)
        else:
            self._vote(ballot)
        self._decide(ballot)

    def reckoning(self) -> Reckoning:
        moved, moved_at, moved_from = self._moved
        first, second, third = self._tallies
        return Reckoning(
            held=self._held,
            moved=moved,
            moved_at=moved_at,
            moved_from=moved_from,
            sums=self._sums,
            tallies=(first, second, third),
            voted_at=self._voted_at,
        )

    def _vote(self, ballot: Ballot) -> None:
        observed = INDEX[ballot.stance]
        self._voted_at = ballot.at
        if self._held is not None:
            current = INDEX[self._held.stance]
            ratios = self._config.likelihoods.evidence(
                ballot.language, current=current, observed=observed
            )
            self._sums = advance(self._sums, ratios)
        for j in _PLACES:
            self._tallies[j] = self._counted(j, ballot, is_for=j == observed)

    def _counted(self, j: int, ballot: Ballot, *, is_for: bool) -> Tally:
        """The tally of stance j after a vote: begun anew where its statistic is back at zero."""
        if self._held is not None and self._sums[j] == 0.0:
            return NOTHING
        tally = self._tallies[j]
        if not is_for:
            if tally.seen == 0 and self._held is None:
                return tally
            return replace(tally, mass=tally.mass + ballot.scores[j], seen=tally.seen + 1)
        return Tally(
            votes=tally.votes + 1,
            articles=tally.articles + 1,
            owners=_with(tally.owners, ballot.owner),
            uris=(*tally.uris, ballot.uri)[-_KEPT_URIS:],
            since=tally.since or ballot.at,
            mass=tally.mass + ballot.scores[j],
            seen=tally.seen + 1,
        )

    def _carry(self, ballot: Ballot) -> None:
        for j, tally in enumerate(self._tallies):
            if any(uri in tally.uris for uri in ballot.carries):
                self._tallies[j] = replace(
                    tally,
                    articles=tally.articles + 1,
                    owners=_with(tally.owners, ballot.owner),
                )

    def _decide(self, ballot: Ballot) -> None:
        """Move to the stance with most against the held one, if any has enough; else wait."""
        ready = [j for j in _PLACES if self._is_ready(j)]
        if ready:
            self._move(max(ready, key=self._weight), ballot)
            return
        h = self._config.h
        self._sums = (min(self._sums[0], h), min(self._sums[1], h), min(self._sums[2], h))

    def _weight(self, j: int) -> tuple[float, int, int]:
        return (self._sums[j], self._tallies[j].votes, -j)

    def _is_ready(self, j: int) -> bool:
        tally = self._tallies[j]
        return (
            tally.votes >= self._config.min_votes
            and len(tally.owners) >= self._owners
            and (self._held is None or self._sums[j] >= self._config.h)
        )

    def _move(self, j: int, ballot: Ballot) -> None:
        tally, before = self._tallies[j], self._held
        stance = VOTING_STANCES[j]
        after = StanceSince(stance=stance, since=tally.since or ballot.at, confidence=_mean(tally))
        kind = self._kind(stance, ballot.at)
        established = before is None
        self.moves.append(
            Move(
                type=kind,
                previous=before,
                current=after,
                at=ballot.at,
                uris=tally.uris if ballot.uri in tally.uris else (*tally.uris, ballot.uri),
                support=Support(
                    statements=tally.votes, articles=tally.articles, sources=len(tally.owners)
                ),
                detector=MINIMUM if established else CUSUM,
                statistic=float(tally.votes) if established else self._sums[j],
                threshold=float(self._config.min_votes) if established else self._config.h,
            )
        )
        self._held = after
        self._moved = (kind, ballot.at, before.stance if before else None)
        self._sums = (0.0, 0.0, 0.0)
        self._tallies = [NOTHING, NOTHING, NOTHING]

    def _kind(self, stance: Stance, at: datetime) -> ChangeType:
        moved, moved_at, moved_from = self._moved
        if moved is None or moved_at is None:
            return "established"
        swings_back = moved == "changed" and stance == moved_from
        return (
            "reverted" if swings_back and at - moved_at <= self._config.revert_within else "changed"
        )


def _with(owners: tuple[str, ...], owner: str) -> tuple[str, ...]:
    return owners if owner in owners else tuple(sorted((*owners, owner)))


def _mean(tally: Tally) -> float:
    """The mean probability of the stance over the votes since its change point."""
    return tally.mass / tally.seen if tally.seen else 0.0


def strongest(reckoning: Reckoning, *, above: float) -> Stance | None:
    """The stance with most against the held one, where its statistic is above a bound."""
    sums, tallies = reckoning.sums, reckoning.tallies
    place = max(_PLACES, key=lambda j: (sums[j], tallies[j].votes, -j))
    return VOTING_STANCES[place] if sums[place] > above else None
