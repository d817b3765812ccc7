"""A delivery that was given up, as a record of its dead-letter topic."""

from typing import Any

import msgspec

from stancewire.alerting.values import Attempt, Delivery
from stancewire.plumbing.envelope import Record


def failed_delivery(delivery: Delivery, last: Attempt) -> Record:
    """The record of a delivery that failed to its last try: keyed by the change that led to it."""
    value: dict[str, Any] = {
        "delivery_id": delivery.id,
        "receiver": delivery.receiver,
        "rule": delivery.rule,
        "severity": delivery.severity,
        "created_at": delivery.created_at,
        "tries": delivery.tries,
        "last_attempt": last,
        "alerts": [
            {
                "status": notice.status,
                "key": notice.key,
                "alert_id": notice.alert_id,
                "change": notice.change,
            }
            for notice in delivery.notices
        ],
    }
    key = delivery.notices[0].change.change_id
    return Record(
        key=key.encode(),
        value=msgspec.json.encode(value),
        headers=[("content-type", b"application/json")],
    )
