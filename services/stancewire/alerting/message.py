"""A delivery as JSON, for machines; `schemas/alert.schema.json` is its contract."""

from typing import Any

import msgspec

from stancewire.alerting.values import Delivery

TYPE = "stancewire.alert.v1"


def payload(delivery: Delivery) -> bytes:
    """The JSON of a delivery; the same bytes for each try."""
    data: dict[str, Any] = {
        "rule": delivery.rule,
        "severity": delivery.severity,
        "receiver": delivery.receiver,
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
    return msgspec.json.encode({"type": TYPE, "timestamp": delivery.created_at, "data": data})
