"""What an operator writes about those who are told: one model per kind of receiver."""

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
Port = Annotated[int, Field(ge=1, le=65535)]
Address = Annotated[str, StringConstraints(pattern=r"^[^\s@<>,;]+@[^\s@<>,;]+$")]
SECRET_PREFIX = "whsec_"  # noqa: S105 - the specification's mark of a secret, not one
_SHORTEST_SECRET = 24


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str | SecretStr) else value


def _http(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write an address like https://host/path")
    if parts.username or parts.password:
        raise ValueError("leave user and password out of the address")
    return url


class _Kind(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name


class Webhook(_Kind):
    """An endpoint of your own, by Standard Webhooks."""

    type: Literal["webhook"]
    url: SecretStr
    """Where deliveries are posted; a secret, since some endpoints are known by nothing else."""
    secrets: Annotated[tuple[SecretStr, ...], BeforeValidator(_listed), Field(min_length=1)]
    """`whsec_` and base64 of 24 to 64 bytes; with several, each signs, so that they can rotate."""

    _address = field_validator("url")(lambda value: SecretStr(_http(value.get_secret_value())))

    @field_validator("secrets")
    @classmethod
    def _can_sign(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for secret in value:
            signing_key(secret)
        return value


class Alertmanager(_Kind):
    """One Alertmanager, or all members of a cluster."""

    type: Literal["alertmanager"]
    urls: Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]
    """Base addresses, without `/api/v2/alerts`."""
    labels: Mapping[
        Annotated[str, StringConstraints(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")], str
    ] = {}
    """Labels to add to every alert."""

    @field_validator("urls")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_http(url).rstrip("/") for url in value)


class PagerDuty(_Kind):
    """A service of PagerDuty, by its Events API v2."""

    type: Literal["pagerduty"]
    routing_key: SecretStr
    """The integration key of the service."""
    url: str = "https://events.pagerduty.com/v2/enqueue"

    _address = field_validator("url")(_http)


class Slack(_Kind):
    """A channel of Slack or Mattermost, by its incoming webhook."""

    type: Literal["slack"]
    url: SecretStr
    """The webhook's address, which is its password as well."""

    _address = field_validator("url")(lambda value: SecretStr(_http(value.get_secret_value())))


class Email(_Kind):
    """People with a mailbox, by way of a mail server."""

    type: Literal["email"]
    host: str
    port: Port = 587
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    sender: Address
    to: Annotated[tuple[Address, ...], BeforeValidator(_listed), Field(min_length=1)]

    @model_validator(mode="after")
    def _login_fits_together(self) -> "Email":
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together; give both or none")
        if self.password is not None and self.tls == "none":
            raise ValueError("a password is not sent without TLS; set tls to starttls or implicit")
        return self


Receiver: TypeAlias = Annotated[
    Webhook | Alertmanager | PagerDuty | Slack | Email, Field(discriminator="type")
]


def signing_key(secret: SecretStr) -> bytes:
    """The bytes that sign; ValueError where the secret is none of Standard Webhooks'."""
    text = secret.get_secret_value().removeprefix(SECRET_PREFIX)
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"a secret is {SECRET_PREFIX} and base64") from None
    if not _SHORTEST_SECRET <= len(key) <= 64:
        raise ValueError(f"a secret has 24 to 64 bytes, this one {len(key)}; make a new one")
    return key
