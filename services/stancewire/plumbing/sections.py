"""The sections of the settings: what each part of Stancewire lets its operator choose.

Each attribute's docstring is its description in `docs/configuration.md`. Units are in the names:
`_s` seconds, `_days` days, `_bytes` bytes.
"""

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
Days = Annotated[int, Field(ge=-1)]
Probability = Annotated[float, Field(ge=0, le=1)]
LogLevel = Literal["debug", "info", "warning", "error"]
UnsupportedLanguage = Literal["skip", "dead_letter", "read"]


class Section(BaseModel):
    """Frozen; a key that it does not know is refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=True
    )


class KafkaSettings(Section):
    """How to reach Kafka, and how its topics are made."""

    bootstrap_servers: str = "127.0.0.1:9092"
    """Brokers to ask first, `host:port`, separated by commas."""
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """How connections are protected."""
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    """How the user proves who they are, with a SASL protocol."""
    sasl_username: str | None = None
    """The user, with a SASL protocol."""
    sasl_password: SecretStr | None = None
    """The user's password, with a SASL protocol."""
    ssl_ca_file: Path | None = None
    """PEM file of the authorities to trust; the system's own where unset."""
    ssl_cert_file: Path | None = None
    """PEM file of the client's certificate, where brokers ask for one."""
    ssl_key_file: Path | None = None
    """PEM file of the client's private key."""
    ssl_key_password: SecretStr | None = None
    """Password of the private key."""
    ssl_check_hostname: bool = True
    """Whether a broker's certificate must name the host that was dialled."""
    topic_prefix: Name = "stancewire"
    """First part of every topic's name."""
    group_prefix: Name = "stancewire"
    """First part of every consumer group's name: `stancewire-reader`, `stancewire-tracker`."""
    partitions: Annotated[int, Field(ge=1, le=10_000)] = 4
    """Partitions of each new topic: the most workers of a kind that can share the work."""
    replication_factor: PositiveInt = 1
    """Brokers that hold each partition; 3 in production."""
    articles_retention_days: Days = 14
    """Days that articles stay in their topic; -1 keeps them."""
    observations_retention_days: Days = 365
    """Days that observations stay: as far back as Redis can be rebuilt; -1 keeps them."""
    changes_retention_days: Days = 365
    """Days that stance changes stay in `changes` and in the topics per stance; -1 keeps them."""
    dlq_retention_days: Days = 30
    """Days that dead letters stay; -1 keeps them."""
    request_timeout_s: PositiveFloat = 40.0
    """Longest wait for a broker's answer; not below `session_timeout_s`."""
    session_timeout_s: PositiveFloat = 30.0
    """A worker silent for so long loses its partitions to the others."""

    @field_validator("bootstrap_servers")
    @classmethod
    def _has_hosts_and_ports(cls, value: str) -> str:
        servers = [server.strip() for server in value.split(",")]
        for server in servers:
            host, _, port = server.rpartition(":")
            if not host or "/" in host or not port.isdecimal() or not 0 < int(port) < 65536:
                raise ValueError(f"{server!r} is not host:port")
        return ",".join(servers)

    @field_validator(
        "articles_retention_days",
        "observations_retention_days",
        "changes_retention_days",
        "dlq_retention_days",
    )
    @classmethod
    def _keeps_something(cls, value: int) -> int:
        if value == 0:
            raise ValueError("0 days keeps nothing; use -1 to keep everything")
        return value

    @model_validator(mode="after")
    def _security_fits_together(self) -> Self:
        has_sasl = self.sasl_username is not None or self.sasl_password is not None
        if self.uses_sasl and (self.sasl_username is None or self.sasl_password is None):
            raise ValueError(f"{self.security_protocol} needs both sasl_username and sasl_password")
        if has_sasl and not self.uses_sasl:
            raise ValueError(
                f"sasl_username and sasl_password need security_protocol SASL_SSL or"
                f" SASL_PLAINTEXT, not {self.security_protocol}"
            )
        files = (self.ssl_ca_file, self.ssl_cert_file, self.ssl_key_file)
        if any(file is not None for file in files) and not self.uses_tls:
            raise ValueError(
                f"ssl_*_file needs security_protocol SSL or SASL_SSL, not {self.security_protocol}"
            )
        if self.ssl_key_file is not None and self.ssl_cert_file is None:
            raise ValueError("ssl_key_file needs ssl_cert_file")
        return self

    @model_validator(mode="after")
    def _requests_outlast_sessions(self) -> Self:
        if self.request_timeout_s < self.session_timeout_s:
            raise ValueError("request_timeout_s must not be below session_timeout_s")
        return self

    @property
    def uses_sasl(self) -> bool:
        """Whether clients log in with a user and a password."""
        return self.security_protocol.startswith("SASL_")

    @property
    def uses_tls(self) -> bool:
        """Whether connections are encrypted."""
        return self.security_protocol.endswith("SSL")

    @property
    def is_configured(self) -> bool:
        """Whether the operator named a broker; where not, `up` and `demo` start their own."""
        return "bootstrap_servers" in self.model_fields_set


class RedisSettings(Section):
    """How to reach Redis."""

    url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    """`redis://`, `rediss://` (TLS) or `unix://`; a secret, since it may carry a password."""
    ssl_ca_file: Path | None = None
    """PEM file of the authorities to trust with `rediss://`; the system's own where unset."""
    namespace: Name = "stancewire"
    """First part of every key, so that several installations can share one Redis."""
    articles_retention_days: PositiveInt = 180
    """Days that the reader remembers an article after its newest version: as long as a repeat of it
    is known, and what it caused can be taken back."""
    timeout_s: PositiveFloat = 5.0
    """Longest wait for a connection or an answer."""
    retries: Annotated[int, Field(ge=0)] = 3
    """How often a call is tried again, with growing pauses, before the worker backs off itself."""

    @field_validator("url")
    @classmethod
    def _has_a_known_scheme(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("start it with redis://, rediss:// or unix://")
        return value

    @model_validator(mode="after")
    def _security_fits_together(self) -> Self:
        if self.ssl_ca_file is not None and not self.url.get_secret_value().startswith("rediss://"):
            raise ValueError("ssl_ca_file needs a rediss:// url")
        return self

    @property
    def is_configured(self) -> bool:
        """Whether the operator named a Redis; where not, `up` and `demo` start their own."""
        return "url" in self.model_fields_set


class IntakeSettings(Section):
    """What is accepted as an article."""

    max_body_bytes: Annotated[int, Field(ge=1024, le=12 * 1024 * 1024)] = 1024 * 1024
    """Longest body that is read; what is longer goes to the dead letters."""


class ReaderSettings(Section):
    """How articles are read."""

    model: str | None = None
    """Directory of a reading model of Stancewire's, or directory or hub id of a classifier of
    somebody else that gives the stances (`docs/other-models.md`); the model inside the package
    where unset."""
    stance_labels: Mapping[str, str] | None = None
    """What the labels of somebody else's classifier mean, where their names do not say it; a
    table, in the environment as JSON."""
    stance_calibration: Path | None = None
    """File that `stancewire evaluate GOLD.jsonl --calibrate FILE.json` wrote for somebody else's
    classifier; a tracker needs it."""
    threads: Annotated[int, Field(ge=1, le=256)] = 2
    """Processor threads that one reader gives to the model."""
    actors_file: Path | None = None
    """TOML file of your own aliases, merges and ignored actors (`docs/actors.md`)."""
    unsupported_language: UnsupportedLanguage = "skip"
    """What becomes of articles in a language that the model does not know: `skip` counts and logs
    them, `dead_letter` refuses them, `read` reads them anyway."""


class StoriesSettings(Section):
    """When an article belongs to a running story."""

    threshold: Probability = 0.5
    """Least probability that an article tells of a running story; below it a new one opens."""
    window_days: PositiveFloat = 14.0
    """A story without an article for so many days takes no more."""


class TrackerSettings(Section):
    """When a change of stance is real."""

    h: PositiveFloat = 5.2
    """Alarm threshold of the CUSUM: higher means fewer false changes and later true ones."""
    min_votes: PositiveInt = 3
    """Least number of votes for a new stance since the change point."""
    min_owners: PositiveInt = 3
    """Least number of source owners behind those votes."""


class GuardSettings(Section):
    """When a service stops taking records, since too many of them become dead letters."""

    window: PositiveInt = 100
    """How many of the newest records are looked at."""
    share: Probability = 0.5
    """Largest share of them that may become dead letters; 1 never stops."""
    minimum: PositiveInt = 20
    """Least number of records before that is judged; not above `window`."""

    @model_validator(mode="after")
    def _can_ever_judge(self) -> Self:
        if self.minimum > self.window:
            raise ValueError("minimum must not be above window, or the guard would never stop")
        return self


class GatewaySettings(Section):
    """What the HTTP interface and the live page are, and who may use them."""

    host: str = "127.0.0.1"
    """Address on which the interface is served."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port of the same; 0 takes a free one and logs it."""
    access: Literal["keys", "open"] = "keys"
    """`keys` asks every caller for a key (`stancewire keys create`); `open` asks for none, and is
    taken only where `host` is a loopback address."""
    allowed_origins: str = ""
    """Origins whose pages may call the interface from a browser, `https://host`, separated by
    commas."""
    trusted_proxies: str = ""
    """Addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, separated
    by commas."""
    requests_per_minute: PositiveInt = 600
    """Requests a minute that each key, or each address without one, may make."""
    max_streams: PositiveInt = 1000
    """Clients that may listen to changes at the same time."""
    max_requests: PositiveInt = 200
    """Other connections at the same time; more are refused."""

    @field_validator("allowed_origins", "trusted_proxies")
    @classmethod
    def _has_no_spaces(cls, value: str) -> str:
        return ",".join(part.strip() for part in value.split(",") if part.strip())

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, value: str) -> str:
        for origin in value.split(",") if value else ():
            scheme, _, host = origin.partition("://")
            if scheme not in ("http", "https") or not host or "/" in host or "*" in host:
                raise ValueError(f"{origin!r} is no origin like https://news.example")
        return value

    @model_validator(mode="after")
    def _is_open_at_home_only(self) -> Self:
        if self.access == "open" and not self.is_loopback:
            raise ValueError(
                f"access is open, but host {self.host!r} is no loopback address: whoever reaches it"
                " could read everything and publish; set access to keys, or host to 127.0.0.1"
            )
        return self

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


class AlerterSettings(Section):
    """Whom the alerter tells of changes, and how patiently."""

    rules_file: Path | None = None
    """TOML or YAML file with your rules and receivers (`docs/alerting.md`); `up` runs an alerter
    where it is set."""
    max_age_h: PositiveFloat = 24.0
    """Hours after which a change raises no alert any more, by its own time and by Kafka's."""
    retry_schedule_s: str = "5,30,300,1800,7200,18000,36000"
    """Waits before the second try, the third and so on, separated by commas; after the last try a
    delivery is given up."""
    timeout_s: PositiveFloat = 15.0
    """Longest wait for a receiver's answer."""
    resend_s: PositiveFloat = 60.0
    """How often an Alertmanager is told again of alerts that are open; four rounds without end
    them there."""
    at_once: Annotated[int, Field(ge=1, le=1000)] = 8
    """Deliveries that are tried at the same time, for each receiver."""
    allowed_networks: str = ""
    """Private addresses and networks that receivers may have, like `10.1.0.0/16`, separated by
    commas; everything else that is not public is refused."""
    keep_days: Annotated[int, Field(ge=1)] = 30
    """Days that deliveries can be looked at and delivered again."""
    page_url: str = ""
    """Where your readers find the live page, `https://host`; alerts then link to their story."""

    @field_validator("retry_schedule_s")
    @classmethod
    def _is_a_schedule(cls, value: str) -> str:
        waits = _listed(value)
        for wait in waits:
            if not wait.replace(".", "", 1).isdecimal():
                raise ValueError(f"{wait!r} is no number of seconds")
        return ",".join(waits)

    @field_validator("allowed_networks")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        networks = _listed(value)
        for network in networks:
            try:
                ip_network(network)
            except ValueError:
                raise ValueError(f"{network!r} is no network like 10.1.0.0/16") from None
        return ",".join(networks)

    @field_validator("page_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("start it with https:// or http://")
        return value.rstrip("/")

    @property
    def schedule(self) -> tuple[float, ...]:
        """The waits, in seconds."""
        return tuple(float(wait) for wait in _listed(self.retry_schedule_s))

    @property
    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks that receivers may have beside public ones."""
        return tuple(ip_network(network) for network in _listed(self.allowed_networks))


def _listed(text: str) -> list[str]:
    """The parts of a text that are separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


class TelemetrySettings(Section):
    """How a service shows what it does."""

    log_format: Literal["auto", "console", "json"] = "auto"
    """`json` for machines, `console` for people; `auto` is console on a terminal."""
    log_level: LogLevel = "info"
    """Least severity that is logged."""
    http_host: str = "127.0.0.1"
    """Address on which `/healthz`, `/readyz` and `/metrics` are served."""
    http_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Port of the same; 0 takes a free one and logs it."""
