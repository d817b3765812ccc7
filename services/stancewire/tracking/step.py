"""One observation in, the new state and its events out."""

from datetime import datetime

from msgspec.structs import replace

from stancewire.errors import InvalidInput
from stancewire.events import ActorRef, ModelRef, Observation, StanceChange, utc
from stancewire.tracking.config import DetectorConfig
from stancewire.tracking.erasure import erases, erases_actor, without_traces
from stancewire.tracking.evidence import absorb
from stancewire.tracking.fold import fold
from stancewire.tracking.lifecycle import reconcile
from stancewire.tracking.publish import Publisher
from stancewire.tracking.settle import settle
from stancewire.tracking.state import Move, Named, Reckoning, State
from stancewire.tracking.votes import ballots

Stepped = tuple[State, tuple[StanceChange, ...]]


def step(
    state: State, observation: Observation, *, config: DetectorConfig, recorded_at: datetime
) -> Stepped:
    """Take an observation into the log of its key.

    A key begins as `State()`. An observation that brings nothing new gives the same object back
    and no event; one that is only the newest to name the actor and the story changes the names.
    `recorded_at` is stamped on the events and goes nowhere else.

    A reading by another model than the key's first joins the log without a vote, so that a new
    model never looks like a change of mind; `rebaseline` moves the key over to it.

    An erasing withdrawal leaves no trace of its article; one of the actor itself leaves `State()`,
    and the key is to be forgotten.

    Raises InvalidInput (stage "track") where the observation has no story, or its article claims
    to be published more than `config.max_ahead` after the record's Kafka timestamp.
    """
    _check(observation, config)
    if erases_actor(observation):
        return State(), ()
    introduced = introduced_by(state, observation)
    absorbed = absorb(introduced, observation)
    if absorbed is introduced:
        return _cleared(introduced, observation), ()
    named, model = _known(absorbed)
    moves, end = trajectory(absorbed, config=config)
    publisher = Publisher(
        absorbed, named=named, model=model, config=config, recorded_at=recorded_at
    )
    settlement = reconcile(
        state.ledger,
        moves,
        late=_is_late(state, observation, config),
        told=state.settled_stance,
    )
    published = publisher.settle(settlement, end=end, caused_at=utc(observation.observed_at))
    published = replace(published, now=end)
    settled = settle(published, story_id=named.story.id, config=config)
    if erases(observation):
        settled = without_traces(settled, observation.article.uri)
    return settled, tuple(publisher.events)


def trajectory(state: State, *, config: DetectorConfig) -> tuple[tuple[Move, ...], Reckoning]:
    """The moves that the log shows from the base on, and where it stands now."""
    cast = ballots(state.items, model=state.model.version if state.model else None, config=config)
    story_id = state.named.story.id if state.named else ""
    return fold(cast, base=state.base, story_id=story_id, config=config)


def sweep(state: State, *, as_of: datetime, config: DetectorConfig) -> StanceChange | None:
    """The `stale` event of a stance whose newest vote is `config.stale_after` old at `as_of`.

    None where no stance holds or it is not stale. The event is the same at whatever time it is
    asked for, its times included: both say when the stance became stale. It is none of the numbered
    changes, so it has the number of the last one, and the state stays what the log makes of it.
    """
    end = state.now
    if end.held is None or end.voted_at is None or as_of < end.voted_at + config.stale_after:
        return None
    named, model = _known(state)
    stale_at = end.voted_at + config.stale_after
    publisher = Publisher(state, named=named, model=model, config=config, recorded_at=stale_at)
    publisher.announce_whole(
        "stale",
        rests_on=end.voted_at.isoformat(),
        previous=end.held,
        current=end.held,
        statistic=max(end.sums),
        occurred_at=stale_at,
    )
    (event,) = publisher.events
    return replace(event, sequence=max(state.sequence, 1))


def _check(observation: Observation, config: DetectorConfig) -> None:
    if observation.story is None:
        raise InvalidInput(
            "the observation has no story, so there is nothing to track it in; the reader gives"
            " each article one",
            stage="track",
        )
    ahead = observation.article.published_at - observation.observed_at
    if ahead > config.max_ahead and not erases(observation):
        raise InvalidInput(
            f"the article claims to be published at {observation.article.published_at:%FT%TZ},"
            f" {ahead} after its record came in; correct the time and publish it again",
            stage="track",
        )


def introduced_by(state: State, observation: Observation) -> State:
    """The state with its model, and with the names that the newest article uses."""
    article, actor, story = observation.article, observation.actor, observation.story
    if story is None:
        return state
    named = Named(
        story=story,
        actor=ActorRef(id=actor.id, name=actor.name, kind=actor.kind),
        at=utc(article.published_at),
        uri=article.uri,
        version=article.version,
    )
    if state.named is None or _stamp(state.named) < _stamp(named):
        state = replace(state, named=named)
    return state if state.model else replace(state, model=observation.model)


def _cleared(state: State, observation: Observation) -> State:
    """The state itself, unless an article is erased that had left the log already."""
    if not erases(observation):
        return state
    cleared = without_traces(state, observation.article.uri)
    return state if cleared == state else cleared


def _stamp(named: Named) -> tuple[datetime, str, int]:
    return (named.at, named.uri, named.version)


def _known(state: State) -> tuple[Named, ModelRef]:
    if state.named is None or state.model is None:
        raise InvalidInput("an empty state has no events", stage="track")
    return state.named, state.model


def _is_late(state: State, observation: Observation, config: DetectorConfig) -> bool:
    """Whether an article, new to the log, is older than the allowance behind the newest one."""
    if observation.status == "withdrawn" or not state.items:
        return False
    if any(item.uri == observation.article.uri for item in state.items):
        return False
    return observation.article.published_at < state.items[-1].at - config.allowance
