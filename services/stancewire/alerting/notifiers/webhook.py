"""Standard Webhooks: signed deliveries to an endpoint of the operator's own.

Source: Standard Webhooks specification 1.0, "Signature scheme" and "Best practices".
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from stancewire.alerting.message import payload
from stancewire.alerting.notifiers.http import HttpClient
from stancewire.alerting.notifiers.outcome import DELIVERED, Outcome
from stancewire.alerting.receivers import Webhook, signing_key
from stancewire.alerting.values import Delivery

_GONE = 410


class WebhookNotifier:
    """Posts the delivery as JSON; see `schemas/alert.schema.json`."""

    def __init__(self, receiver: Webhook, http: HttpClient) -> None:
        self._url = receiver.url.get_secret_value()
        self._keys = [signing_key(secret) for secret in receiver.secrets]
        self._http = http

    async def notify(self, delivery: Delivery, *, now: datetime) -> Outcome:
        """Post it. 2xx is taken, 410 ends the endpoint, everything else is tried again."""
        body = payload(delivery)
        seconds = int(now.timestamp())
        headers = {
            "webhook-id": delivery.id,
            "webhook-timestamp": str(seconds),
            "webhook-signature": signatures(
                self._keys, id=delivery.id, timestamp=seconds, body=body
            ),
        }
        answer = await self._http.post(self._url, body, now=now, headers=headers)
        if isinstance(answer, Outcome):
            return answer
        if answer.is_taken:
            return DELIVERED
        if answer.status == _GONE:
            return Outcome(
                reason="gone", detail="HTTP 410: the endpoint takes no more", is_gone=True
            )
        return answer.as_failure(is_recoverable=True)


def signatures(keys: Sequence[bytes], *, id: str, timestamp: int, body: bytes) -> str:
    """One signature for each key, the newest first as the operator lists them.

    >>> key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    >>> body = b'{"test": 2432232314}'
    >>> signatures([key], id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, body=body)
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    signed = f"{id}.{timestamp}.".encode() + body
    made = (hmac.new(key, signed, hashlib.sha256).digest() for key in keys)
    return " ".join(f"v1,{base64.b64encode(one).decode()}" for one in made)
