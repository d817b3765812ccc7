"""A key moves over to another model: its articles read again, in one step and with one event.

Articles that were read again count as the new model reads them; the others, which are retained no
longer, keep the reading they have. What was published before is replaced as a whole by what
`rebaselined` says: of the moves that the new readings show none is announced, so no new model ever
looks like a change of mind.
"""

import base64
from datetime import datetime

import msgspec
from msgspec.structs import replace

from stancewire.baseline import Baseline
from stancewire.errors import ConfigurationError, InvalidInput
from stancewire.events import Observation, StanceChange
from stancewire.tracking.codec import from_bytes, to_bytes
from stancewire.tracking.config import DetectorConfig
from stancewire.tracking.evidence import reread, without_reading
from stancewire.tracking.publish import Publisher
from stancewire.tracking.settle import settle
from stancewire.tracking.state import Entry, Named, State
from stancewire.tracking.step import Stepped, introduced_by, step, trajectory


def advance(
    state: State, event: Observation | Baseline, *, config: DetectorConfig, recorded_at: datetime
) -> Stepped:
    """Take a record of the observations, of either kind. Raises InvalidInput as `step` does."""
    if isinstance(event, Baseline):
        return rebaseline(state, event, config=config, recorded_at=recorded_at)
    return step(state, event, config=config, recorded_at=recorded_at)


def rebaseline(
    state: State, baseline: Baseline, *, config: DetectorConfig, recorded_at: datetime
) -> Stepped:
    """Let the baseline's model read the key from now on; one `rebaselined` says what that shows.

    No event where no stance held before nor does now. A repeat gives the same object back. Raises
    InvalidInput (stage "track") where the checkpoint cannot be read.
    """
    if state.era == baseline.id:
        return state, ()
    state = _resumed(state, baseline)
    turned = _turned(state, baseline)
    moves, after = trajectory(turned, config=config)
    ledger = [Entry(change_id=None, move=move, told_at=move.at) for move in moves]
    turned = replace(turned, ledger=tuple(ledger), now=after)
    events: list[StanceChange] = []
    if turned.named is not None and (state.now.held or after.held):
        publisher = Publisher(
            turned,
            named=turned.named,
            model=baseline.model,
            config=config,
            recorded_at=recorded_at,
        )
        turned = publisher.announce_whole(
            "rebaselined",
            rests_on="",
            previous=state.now.held,
            current=after.held,
            statistic=max(after.sums),
            occurred_at=turned.named.at,
        )
        events = publisher.events
        if ledger:
            ledger[-1] = replace(ledger[-1], change_id=events[0].change_id)
            turned = replace(turned, ledger=tuple(ledger))
    return settle(turned, story_id=baseline.story.id, config=config), tuple(events)


def checkpoint_of(state: State) -> str | None:
    """What a baseline carries of a state beside the articles in its log; None for a new key."""
    if state.named is None:
        return None
    kept = State(
        model=state.model,
        base=state.base,
        until=state.until,
        settled_id=state.settled_id,
        settled_stance=state.settled_stance,
        sequence=state.sequence,
        now=replace(state.base, held=state.now.held),
    )
    return base64.b64encode(to_bytes(kept)).decode()


def _resumed(state: State, baseline: Baseline) -> State:
    """The state with what was folded away as the checkpoint has it."""
    if baseline.checkpoint is None:
        return state
    try:
        kept = from_bytes(base64.b64decode(baseline.checkpoint, validate=True))
    except (ConfigurationError, ValueError, msgspec.MsgspecError) as error:
        raise InvalidInput(
            f"the baseline's checkpoint is unreadable: {error}; run `stancewire upgrade apply`"
            " again",
            stage="track",
        ) from error
    return replace(
        state,
        base=kept.base,
        until=kept.until,
        settled_id=kept.settled_id,
        settled_stance=kept.settled_stance,
        sequence=kept.sequence,
        now=kept.now,
    )


def _turned(state: State, baseline: Baseline) -> State:
    """The log with the new readings, all of its articles now the new model's."""
    model = baseline.model
    for reading in baseline.readings:
        state = reread(introduced_by(state, reading), reading)
    for gone in baseline.unseen:
        state = without_reading(state, gone.uri, version=gone.version, model=model.version)
    return replace(
        state,
        model=model,
        named=state.named or _named(baseline),
        items=tuple(
            item if item.model == model.version else replace(item, model=model.version)
            for item in state.items
        ),
        era=baseline.id,
        spent=(),
    )


def _named(baseline: Baseline) -> Named:
    return Named(story=baseline.story, actor=baseline.actor, at=baseline.at, uri="", version=0)
