"""A delivery that was given up, as a record of its dead-letter topic."""

from stancewire.alerting.message import payload
from stancewire.alerting.values import Attempt, Delivery
from stancewire.plumbing.envelope import Record
from stancewire.workers.dead_letters import ATTEMPTS, PREFIX

DELIVERY = "stancewire_delivery"
"""Header with the delivery's id."""
STAGE = "deliver"


def failed_delivery(delivery: Delivery, last: Attempt) -> Record:
    """What a webhook would have been sent, keyed by the change that led to it, and why it was not.

    Header names are those of other dead letters.
    """
    reasons = {
        DELIVERY: delivery.id,
        f"{PREFIX}stage": STAGE,
        f"{PREFIX}exception.class.name": last.reason,
        f"{PREFIX}exception.message": last.detail or last.reason,
        ATTEMPTS: str(delivery.tries),
        "content-type": "application/json",
    }
    return Record(
        key=delivery.notices[0].change.change_id.encode(),
        value=payload(delivery),
        headers=[(name, text.encode(errors="backslashreplace")) for name, text in reasons.items()],
    )
