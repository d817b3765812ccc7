"""The topics: their names, how they are made, and what differs on a broker.

The functions that talk to a broker block; call them from a thread where an event loop runs.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import TopicAlreadyExistsError, for_code

from stancewire.errors import ConfigurationError
from stancewire.events import VOTING_STANCES, Stance
from stancewire.plumbing.kafka_admin import connected_admin
from stancewire.plumbing.kafka_clients import ARTICLE_LIMIT_BYTES, DEAD_LETTER_LIMIT_BYTES
from stancewire.plumbing.sections import KafkaSettings

_SETTLING_S = 3.0
_SETTLING_PAUSE_S = 0.05
_DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Topics:
    """The names of all topics below a prefix."""

    prefix: str
    articles: str = field(init=False)
    articles_dlq: str = field(init=False)
    assignments: str = field(init=False)
    acts: str = field(init=False)
    observations: str = field(init=False)
    changes: str = field(init=False)
    alerts_dlq: str = field(init=False)

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__.keys() - {"prefix"}:
            object.__setattr__(self, name, f"{self.prefix}.{name.replace('_', '.')}")

    def stance(self, stance: Stance) -> str:
        """The topic of the changes that arrive at `stance`; ValueError for neutral."""
        if stance not in VOTING_STANCES:
            raise ValueError(f"{stance} has no topic of its own")
        return f"{self.prefix}.stance.{stance}"


@dataclass(frozen=True, kw_only=True)
class TopicSpec:
    """How a topic is to be made; `configs` are Kafka's own topic settings."""

    name: str
    partitions: int
    replication_factor: int
    configs: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class TopicDifference:
    """One way in which a broker's topic is not as specified; `found` is None where it lacks."""

    topic: str
    setting: str
    """`topic` where it is missing, `partitions`, `replication_factor`, or one of Kafka's own."""
    wanted: str
    found: str | None

    @property
    def is_applicable(self) -> bool:
        """Whether `apply_topics` mends it.

        It never adds partitions: keys would move to other partitions and lose their order.
        """
        return self.setting not in ("partitions", "replication_factor")


def topic_specs(kafka: KafkaSettings) -> list[TopicSpec]:
    """The specification of every topic, in the order in which an article travels."""
    topics = Topics(kafka.topic_prefix)
    stances = [topics.stance(stance) for stance in VOTING_STANCES]
    articles, dlq = kafka.articles_retention_days, kafka.dlq_retention_days
    configs = {
        topics.articles: _log(articles, max_bytes=ARTICLE_LIMIT_BYTES),
        topics.articles_dlq: _log(dlq, max_bytes=DEAD_LETTER_LIMIT_BYTES),
        topics.assignments: {"cleanup.policy": "compact"},
        topics.acts: _log(-1),
        topics.observations: _log(kafka.observations_retention_days, max_bytes=ARTICLE_LIMIT_BYTES),
        **{name: _log(kafka.changes_retention_days) for name in (topics.changes, *stances)},
        topics.alerts_dlq: _log(dlq),
    }
    return [
        TopicSpec(
            name=name,
            partitions=kafka.partitions,
            replication_factor=kafka.replication_factor,
            configs=config,
        )
        for name, config in configs.items()
    ]


def diff_topics(kafka: KafkaSettings, *, deadline_s: float = 30.0) -> list[TopicDifference]:
    """What differs on the broker from the specifications; empty where nothing does.

    Raises Unavailable, ConfigurationError.
    """
    with connected_admin(kafka, deadline_s=deadline_s) as admin:
        return list(_differences(admin, topic_specs(kafka)))


def apply_topics(kafka: KafkaSettings, *, deadline_s: float = 30.0) -> list[TopicDifference]:
    """Create what is missing and mend topic settings; return what differs afterwards.

    What remains needs a person (see `TopicDifference.is_applicable`), or the broker does not keep
    such settings. Doing it again, or at the same time elsewhere, does no harm.
    Raises Unavailable, ConfigurationError (with the broker's reason).
    """
    specs = {spec.name: spec for spec in topic_specs(kafka)}
    with connected_admin(kafka, deadline_s=deadline_s) as admin:
        differences = list(_differences(admin, list(specs.values())))
        missing = [specs[diff.topic] for diff in differences if diff.setting == "topic"]
        if missing:
            _create(admin, missing)
        mendable = [d for d in differences if d.is_applicable and d.setting != "topic"]
        if mendable:
            _mend(admin, mendable)
        if not missing and not mendable:
            return differences
        return _settled_differences(admin, list(specs.values()))


def _settled_differences(admin: Any, specs: list[TopicSpec]) -> list[TopicDifference]:
    """What differs once the brokers have heard of a change that was made.

    A broker answers out of its own copy of the metadata, which follows a moment later.
    """
    end = time.monotonic() + _SETTLING_S
    while True:
        differences = list(_differences(admin, specs))
        if not any(d.is_applicable for d in differences) or time.monotonic() >= end:
            return differences
        time.sleep(_SETTLING_PAUSE_S)


def _log(retention_days: int, *, max_bytes: int | None = None) -> dict[str, str]:
    retention_ms = -1 if retention_days < 0 else retention_days * _DAY_MS
    configs = {"cleanup.policy": "delete", "retention.ms": str(retention_ms)}
    return configs if max_bytes is None else {**configs, "max.message.bytes": str(max_bytes)}


def _differences(admin: Any, specs: list[TopicSpec]) -> Iterator[TopicDifference]:
    existing = set(admin.list_topics())
    present = [spec for spec in specs if spec.name in existing]
    described = {t["name"]: t for t in _describe(admin, present)}
    configs = _describe_configs(admin, present)
    for spec in specs:
        if spec.name not in described:
            wanted = f"{spec.partitions} partitions"
            yield TopicDifference(topic=spec.name, setting="topic", wanted=wanted, found=None)
            continue
        partitions = described[spec.name]["partitions"]
        wanted_found = {
            "partitions": (str(spec.partitions), str(len(partitions))),
            "replication_factor": (
                str(spec.replication_factor),
                str(min((len(p["replica_nodes"]) for p in partitions), default=0)),
            ),
            **{k: (v, configs.get(spec.name, {}).get(k)) for k, v in spec.configs.items()},
        }
        for setting, (wanted, found) in wanted_found.items():
            if found != wanted:
                yield TopicDifference(topic=spec.name, setting=setting, wanted=wanted, found=found)


def _describe(admin: Any, specs: list[TopicSpec]) -> list[dict[str, Any]]:
    return list(admin.describe_topics([spec.name for spec in specs])) if specs else []


def _describe_configs(admin: Any, specs: list[TopicSpec]) -> dict[str, dict[str, str]]:
    if not specs:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, spec.name) for spec in specs]
    answer = admin.describe_configs(resources, config_filter="all")
    return {
        topic: {key: str(config["value"]) for key, config in configs.items()}
        for topic, configs in answer.get("topic", {}).items()
    }


def _create(admin: Any, specs: list[TopicSpec]) -> None:
    request = {
        spec.name: {
            "num_partitions": spec.partitions,
            "replication_factor": spec.replication_factor,
            "configs": spec.configs,
        }
        for spec in specs
    }
    answer = admin.create_topics(request, raise_errors=False)
    for topic in answer["topics"]:
        error = for_code(topic["error_code"])
        if topic["error_code"] != 0 and error is not TopicAlreadyExistsError:
            reason = topic.get("error_message") or error.__name__
            raise ConfigurationError(f"Kafka will not create {topic['name']}: {reason}")
    admin.wait_for_topics([spec.name for spec in specs])


def _mend(admin: Any, differences: list[TopicDifference]) -> None:
    changes: dict[str, dict[str, str]] = {}
    for difference in differences:
        changes.setdefault(difference.topic, {})[difference.setting] = difference.wanted
    resources = [
        ConfigResource(ConfigResourceType.TOPIC, topic, configs)
        for topic, configs in changes.items()
    ]
    for topic, outcome in admin.alter_configs(resources).get("topic", {}).items():
        if outcome != "OK":
            raise ConfigurationError(f"Kafka will not change the settings of {topic}: {outcome}")
