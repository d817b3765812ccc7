"""What a notifier does, and what it answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from stancewire.alerting.values import Delivery


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one try ended."""

    reason: str
    """A word of a small vocabulary, which becomes the label of a metric."""
    detail: str = ""
    """For people: what the receiver answered."""
    is_delivered: bool = False
    is_recoverable: bool = False
    """Whether a later try may succeed."""
    is_gone: bool = False
    """Whether the receiver asks never to be called again."""
    retry_after_s: float | None = None


class Notifier(Protocol):
    """Tells one receiver."""

    async def notify(self, delivery: Delivery, *, now: datetime) -> Outcome:
        """Deliver, or say why not. Never raises but CancelledError.

        May be called again with the same delivery; then the receiver must be able to tell.
        """
        ...


DELIVERED = Outcome(reason="delivered", is_delivered=True)


def failed(reason: str, detail: str, *, is_recoverable: bool = True) -> Outcome:
    """A try that did not succeed."""
    return Outcome(reason=reason, detail=detail[:500], is_recoverable=is_recoverable)
