"""The evidence log of one actor in one story folds into stance and stance changes.

`step` is the whole of it from the outside: a state and an observation in, a state and the events
out. The state's stance is a fold of its evidence log, so it does not depend on the order in which
observations arrived; see `docs/tracking.md` for the method and a worked example.
"""

from stancewire.tracking.codec import from_bytes, to_bytes
from stancewire.tracking.config import DetectorConfig
from stancewire.tracking.cusum import Likelihoods, smoothed
from stancewire.tracking.rebaseline import advance, checkpoint_of, rebaseline
from stancewire.tracking.state import State
from stancewire.tracking.step import step, sweep
from stancewire.tracking.timeline import Timeline, proofs, timeline
from stancewire.tracking.view import View, view

__all__ = [
    "DetectorConfig",
    "Likelihoods",
    "State",
    "Timeline",
    "View",
    "advance",
    "checkpoint_of",
    "from_bytes",
    "proofs",
    "rebaseline",
    "smoothed",
    "step",
    "sweep",
    "timeline",
    "to_bytes",
    "view",
]
