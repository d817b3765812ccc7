"""What a reader of the state wants to know at some time: computed, never stored."""

from datetime import datetime

from stancewire.events import (
    ActorRef,
    Moment,
    Stance,
    StanceSince,
    StoryRef,
    Value,
)
from stancewire.tracking.config import DetectorConfig
from stancewire.tracking.display import Distribution, distribution
from stancewire.tracking.fold import strongest
from stancewire.tracking.state import INDEX, Reckoning, State
from stancewire.tracking.step import trajectory
from stancewire.tracking.votes import ballots


class Pending(Value, frozen=True, kw_only=True):
    """A stance that may be taking over: not published, shown as a hint."""

    stance: Stance
    since: Moment | None
    """Event time of the first vote for it since its statistic was zero."""
    statistic: float
    threshold: float
    """At this statistic, and with enough votes and sources, the stance changes."""


class View(Value, frozen=True, kw_only=True):
    """One actor in one story, as of a time."""

    story: StoryRef | None
    actor: ActorRef | None
    as_of: Moment
    held: StanceSince | None
    """The stance that holds; None until one is established."""
    pending: Pending | None
    is_stale: bool
    votes: int
    """Votes in the log: statements, each counted once."""
    articles: int
    """Articles in the log, those without a vote included."""
    sources: int
    """Owners of the outlets in the log."""
    voted_at: Moment | None
    distribution: Distribution


def view(state: State, *, as_of: datetime, config: DetectorConfig) -> View:
    """The state as it looks at `as_of`."""
    _, end = trajectory(state, config=config)
    model = state.model.version if state.model else None
    cast = ballots(state.items, model=model, config=config)
    current = end.held.stance if end.held else None
    return View(
        story=state.named.story if state.named else None,
        actor=state.named.actor if state.named else None,
        as_of=as_of,
        held=end.held,
        pending=_pending(end, config),
        is_stale=end.voted_at is not None and as_of >= end.voted_at + config.stale_after,
        votes=sum(not ballot.carries for ballot in cast),
        articles=len(state.items),
        sources=len({item.owner for item in state.items}),
        voted_at=end.voted_at,
        distribution=distribution(cast, current=current, as_of=as_of, half_life=config.half_life),
    )


def _pending(end: Reckoning, config: DetectorConfig) -> Pending | None:
    stance = strongest(end, above=config.pending_above)
    if stance is None:
        return None
    place = INDEX[stance]
    return Pending(
        stance=stance,
        since=end.tallies[place].since,
        statistic=end.sums[place],
        threshold=config.h,
    )
