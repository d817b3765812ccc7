"""Publications become StanceChange events, with ids that are the same on every run.

What a change rests on, and so its id, are the uris of the articles that tipped it: the votes for
the new stance since the change point and the article that completed them. The order of arrival, a
repeat, and a corrected version that votes as before give the same uris and so the same id. Not in
the id: versions (each routine correction would make another id for one change), scores, the
statistic, the sequence and times.

The same articles can tip the same change again after it was retracted (a contrary article came late
and was withdrawn). Consumers drop what carries an id they know, so the new event needs one of its
own: an id once spent is never used again; the next one also counts the earlier uses. A retraction
and an amendment rest on the id they name, and amendments of one change are counted.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from stancewire.events import (
    ActorRef,
    ChangeType,
    Detector,
    Evidence,
    ModelRef,
    StanceChange,
    StanceSince,
    StoryRef,
    Support,
    change_id,
)
from stancewire.tracking.config import DetectorConfig
from stancewire.tracking.fold import CUSUM
from stancewire.tracking.lifecycle import Publication, Settlement
from stancewire.tracking.state import INDEX, Item, Move, Named, Quote, Reckoning, State
from stancewire.tracking.votes import may_vote

MAX_EVIDENCE = 5
_KEPT_SPENT = 128
_SEPARATOR = "\x1e"


class Publisher:
    """Makes the events of one step, and the state that remembers them."""

    def __init__(
        self,
        state: State,
        *,
        named: Named,
        model: ModelRef,
        config: DetectorConfig,
        recorded_at: datetime,
    ) -> None:
        self._state = state
        self._named = named
        self._model = model
        self._config = config
        self._recorded_at = recorded_at
        self._items = {item.uri: item for item in state.items}
        self.events: list[StanceChange] = []

    def settle(self, settlement: Settlement, *, end: Reckoning, caused_at: datetime) -> State:
        """Publish what the settlement asks for; the state with the new ledger."""
        self._state = replace(self._state, ledger=settlement.ledger)
        for publication in settlement.publications:
            if publication.type == "retracted":
                self._retract(publication, end=end, caused_at=caused_at)
            elif publication.type == "amended":
                self._amend(publication)
            else:
                self._announce(publication)
        return self._state

    def announce_whole(
        self,
        type: ChangeType,
        *,
        rests_on: str,
        previous: StanceSince | None,
        current: StanceSince | None,
        statistic: float,
        occurred_at: datetime,
    ) -> State:
        """Publish what concerns the key as such: `stale`, `rebaselined`."""
        self._emit(
            type,
            id=self._unspent(type, rests_on),
            previous=previous,
            current=current,
            support=Support(statements=0, articles=0, sources=0),
            evidence=(),
            detector=Detector(name=CUSUM, statistic=statistic, threshold=self._config.h),
            supersedes=None,
            occurred_at=occurred_at,
        )
        return self._state

    def _announce(self, publication: Publication) -> None:
        move, place = publication.move, publication.place or 0
        change = self._unspent(publication.type, _SEPARATOR.join(sorted(move.uris)))
        ledger = list(self._state.ledger)
        ledger[place] = replace(ledger[place], change_id=change)
        self._state = replace(self._state, ledger=tuple(ledger))
        before = ledger[place - 1].change_id if place else self._state.settled_id
        self._emit_move(
            move,
            type=publication.type,
            id=change,
            supersedes=before if move.type == "reverted" else None,
        )

    def _amend(self, publication: Publication) -> None:
        move, origin = publication.move, publication.supersedes
        rests_on = _SEPARATOR.join((origin or "", str(publication.amendments)))
        self._emit_move(
            move, type="amended", id=self._unspent("amended", rests_on), supersedes=origin
        )

    def _retract(self, publication: Publication, *, end: Reckoning, caused_at: datetime) -> None:
        move, origin = publication.move, publication.supersedes
        left = [item for item in self._rested_on(move) if self._still_votes(item, move)]
        statistic = end.sums[INDEX[move.current.stance]]
        self._emit(
            "retracted",
            id=self._unspent("retracted", origin or ""),
            previous=move.current,
            current=end.held,
            support=Support(
                statements=len(left),
                articles=len(left),
                sources=len({item.owner for item in left}),
            ),
            evidence=_quotes(left, move),
            detector=Detector(name=CUSUM, statistic=statistic, threshold=self._config.h),
            supersedes=origin,
            occurred_at=caused_at,
        )

    def _emit_move(self, move: Move, *, type: ChangeType, id: str, supersedes: str | None) -> None:
        self._emit(
            type,
            id=id,
            previous=move.previous,
            current=move.current,
            support=move.support,
            evidence=_quotes(self._rested_on(move), move),
            detector=Detector(
                name=move.detector, statistic=move.statistic, threshold=move.threshold
            ),
            supersedes=supersedes,
            occurred_at=move.at,
        )

    def _emit(
        self,
        type: ChangeType,
        *,
        id: str,
        previous: StanceSince | None,
        current: StanceSince | None,
        support: Support,
        evidence: tuple[Evidence, ...],
        detector: Detector,
        supersedes: str | None,
        occurred_at: datetime,
    ) -> None:
        self._state = replace(
            self._state,
            sequence=self._state.sequence + 1,
            spent=(*self._state.spent, id)[-_KEPT_SPENT:],
        )
        self.events.append(
            StanceChange(
                change_id=id,
                sequence=self._state.sequence,
                type=type,
                story=self._named.story,
                actor=self._named.actor,
                previous=previous,
                current=current,
                support=support,
                evidence=evidence,
                detector=detector,
                supersedes=supersedes,
                model=self._model,
                occurred_at=occurred_at,
                recorded_at=self._recorded_at,
            )
        )

    def _unspent(self, type: ChangeType, rests_on: str) -> str:
        story, actor = self._named.story, self._named.actor
        if self._state.era:
            rests_on = _SEPARATOR.join((self._state.era, rests_on))
        found = _id(story, actor, type, rests_on)
        uses = 0
        while found in self._state.spent:
            uses += 1
            found = _id(story, actor, type, f"{rests_on}{_SEPARATOR}again {uses}")
        return found

    def _rested_on(self, move: Move) -> list[Item]:
        return [self._items[uri] for uri in move.uris if uri in self._items]

    def _still_votes(self, item: Item, move: Move) -> bool:
        return item.stance == move.current.stance and may_vote(
            item, model=self._model.version, config=self._config
        )


def _id(story: StoryRef, actor: ActorRef, type: ChangeType, rests_on: str) -> str:
    return change_id(story_id=story.id, actor_id=actor.id, type=type, rests_on=rests_on)


def _quotes(items: Iterable[Item], move: Move) -> tuple[Evidence, ...]:
    """The best statement of each article, the newest first: what tipped it leads."""
    stance = move.current.stance
    found = []
    for item in reversed(list(items)):
        quotes = [q for q in item.quotes if q.stance == stance] or list(item.quotes)
        if quotes:
            found.append(_evidence(item, max(quotes, key=lambda q: q.confidence)))
    return tuple(found[:MAX_EVIDENCE])


def _evidence(item: Item, quote: Quote) -> Evidence:
    return Evidence(
        observation_id=item.observation_id,
        article_uri=item.uri,
        title=item.title,
        source=item.source,
        text=quote.text,
        stance=quote.stance,
        confidence=quote.confidence,
        published_at=item.at,
        language=item.language,
    )
