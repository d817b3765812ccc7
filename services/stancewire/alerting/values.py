"""The words of alerting: what a rule has to tell, and what is sent to a receiver.

A **notice** is what one rule tells about one change. Notices of one group that wait at the same
time are one **delivery**. All of it is kept in Redis, so a change here must read what is there.
"""

import uuid
from datetime import datetime
from typing import Literal

from stancewire.events import NAMESPACE, StanceChange, Value

Status = Literal["firing", "updated", "resolved"]
"""firing: this change is the news. updated: what was told before stands, but differs.
resolved: what was told before holds no more."""
Severity = Literal["critical", "error", "warning", "info"]
State = Literal["waiting", "sending", "delivered", "failed", "dropped"]
"""sending: it was tried, or is about to be; dropped: it was taken back before it was sent."""


class Notice(Value, frozen=True, kw_only=True):
    """What one rule tells about one change."""

    status: Status
    key: str
    """Who the alert is about: the same for all notices of a rule, a story and an actor."""
    alert_id: str
    """Id of the change that fired; what follows on it carries the same one."""
    rule: str
    severity: Severity
    change: StanceChange
    was_open: bool = False
    """Whether an alert of this key was open before, as the receiver knows it."""


class Attempt(Value, frozen=True, kw_only=True):
    """One try to deliver."""

    at: datetime
    reason: str
    """A word: `delivered`, `refused`, `timeout` …"""
    detail: str


class Delivery(Value, frozen=True, kw_only=True):
    """What is sent to a receiver at once, and what became of it."""

    id: str
    """The same for every try, so that a receiver can drop repeats."""
    receiver: str
    rule: str
    severity: Severity
    group: str | None
    """Deliveries of one group go out one after the other; None for one that was asked for anew."""
    notices: tuple[Notice, ...]
    state: State
    created_at: datetime
    due_at: datetime
    tries: int = 0
    """Tries since it was made, or asked for anew."""
    attempts: tuple[Attempt, ...] = ()
    """What became of the newest tries."""

    @property
    def is_open(self) -> bool:
        """Whether it is still to be delivered."""
        return self.state in ("waiting", "sending")


class Group(Value, frozen=True, kw_only=True):
    """The deliveries of a group: one at a time is sent, the others wait in order."""

    sending: str | None = None
    waiting: tuple[str, ...] = ()
    """The last of them collects what comes meanwhile."""
    flushed_at: datetime | None = None
    """When one was last delivered or given up."""


def alert_key(rule: str, story_id: str, actor_id: str) -> str:
    """The key of all alerts of a rule about an actor in a story."""
    return stable_id("alert", rule, story_id, actor_id)


def stable_id(*parts: str) -> str:
    """An id made of these parts, the same on every run."""
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))
