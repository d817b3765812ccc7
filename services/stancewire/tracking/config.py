"""What the tracker is told from outside: thresholds, windows, and how the reader errs."""

from dataclasses import dataclass, field
from datetime import timedelta

from stancewire.errors import ConfigurationError
from stancewire.tracking.cusum import Likelihoods


@dataclass(frozen=True, kw_only=True)
class DetectorConfig:
    """Frozen for a process's life: the same log under the same config gives the same events.

    Raises ConfigurationError for numbers that make no detector.
    """

    likelihoods: Likelihoods
    h: float = 5.0
    """Alarm threshold of the CUSUM. With languages calibrated apart, the largest of theirs."""
    min_votes: int = 3
    """Least votes for a new stance since the change point."""
    min_owners: int = 3
    """Least owners of the outlets that printed them."""
    sparse_stories: frozenset[str] = field(default_factory=frozenset)
    """Stories declared to have few outlets: `sparse_min_owners` are enough there."""
    sparse_min_owners: int = 2
    min_confidence: float = 0.5
    """A reading less sure than this casts no vote."""
    pending_above: float = 2.0
    """A statistic above this is shown as a change that may be under way."""
    revert_within: timedelta = timedelta(hours=24)
    """A swing back within this time reverts the change instead of making another."""
    stale_after: timedelta = timedelta(days=30)
    """A stance without a vote for so long is stale."""
    allowance: timedelta = timedelta(days=7)
    """An article that comes later than this, in event time, amends history without an event."""
    half_life: timedelta = timedelta(days=14)
    """In the shown distribution a vote of this age counts half."""
    max_items: int = 200
    """Articles in an evidence log; older ones are folded away."""
    max_age: timedelta = timedelta(days=180)
    """How far behind the newest article an article stays in the log."""
    max_ahead: timedelta = timedelta(hours=1)
    """How far a publication time may lie ahead of the record's Kafka timestamp."""

    def __post_init__(self) -> None:
        if self.h <= 0:
            raise ConfigurationError(f"tracker.h is {self.h}; it must be above 0")
        counts = (self.min_votes, self.min_owners, self.sparse_min_owners, self.max_items)
        if min(counts) < 1:
            raise ConfigurationError(
                "tracker.min_votes, min_owners and max_items must each be at least 1"
            )

    def owners_needed(self, story_id: str) -> int:
        """How many source owners a new stance needs in this story."""
        return self.sparse_min_owners if story_id in self.sparse_stories else self.min_owners
