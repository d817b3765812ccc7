import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from stancewire.errors import ConfigurationError
from stancewire.events import Stance
from stancewire.plumbing.kafka import (
    Topics,
    apply_topics,
    diff_topics,
    topic_specs,
)
from stancewire.plumbing.kafka_clients import client_options
from stancewire.plumbing.sections import KafkaSettings


def settings(broker: str, prefix: str, **values: object) -> KafkaSettings:
    return KafkaSettings.model_validate(
        {"bootstrap_servers": broker, "topic_prefix": prefix, **values}
    )


def test_names_are_the_contract_s() -> None:
    topics = Topics("news")
    assert topics.articles == "news.articles"
    assert topics.articles_dlq == "news.articles.dlq"
    assert topics.assignments == "news.assignments"
    assert topics.acts == "news.acts"
    assert topics.observations == "news.observations"
    assert topics.changes == "news.changes"
    assert topics.alerts_dlq == "news.alerts.dlq"
    assert topics.stance(Stance.HOPEFUL) == "news.stance.hopeful"


def test_neutral_has_no_topic() -> None:
    with pytest.raises(ValueError, match="neutral has no topic"):
        Topics("news").stance(Stance.NEUTRAL)


def test_every_topic_has_a_specification_and_only_once() -> None:
    topics = Topics("news")
    named = {
        *(value for key, value in vars(topics).items() if key != "prefix"),
        *(topics.stance(stance) for stance in Stance if stance is not Stance.NEUTRAL),
    }
    specified = [spec.name for spec in topic_specs(KafkaSettings(topic_prefix="news"))]
    assert sorted(specified) == sorted(named)


def test_retention_sizes_and_policies_follow_the_settings() -> None:
    kafka = KafkaSettings(articles_retention_days=2, observations_retention_days=-1)
    configs = {spec.name.removeprefix("stancewire."): spec.configs for spec in topic_specs(kafka)}
    assert configs["articles"] == {
        "cleanup.policy": "delete",
        "retention.ms": str(2 * 24 * 60 * 60 * 1000),
        "max.message.bytes": str(12 * 1024 * 1024),
    }
    assert configs["articles.dlq"]["max.message.bytes"] == str(13 * 1024 * 1024)
    assert configs["observations"]["retention.ms"] == "-1"
    assert configs["acts"]["retention.ms"] == "-1"
    assert configs["assignments"] == {"cleanup.policy": "compact"}


def test_topics_are_created_once_and_then_nothing_differs(embedded_broker: str) -> None:
    kafka = settings(embedded_broker, "created")
    missing = diff_topics(kafka)
    assert {d.setting for d in missing} == {"topic"}
    assert len(missing) == len(topic_specs(kafka))
    assert apply_topics(kafka) == []
    assert diff_topics(kafka) == []
    assert apply_topics(kafka) == []


def test_changed_retention_is_shown_and_mended(embedded_broker: str) -> None:
    apply_topics(settings(embedded_broker, "mended"))
    kafka = settings(embedded_broker, "mended", articles_retention_days=3)
    (difference,) = diff_topics(kafka)
    assert difference.topic == "mended.articles"
    assert difference.setting == "retention.ms"
    assert (difference.wanted, difference.found) == ("259200000", "1209600000")
    assert difference.is_applicable
    assert apply_topics(kafka) == []
    assert diff_topics(kafka) == []


def test_a_setting_changed_by_hand_is_set_back_and_others_stay(embedded_broker: str) -> None:
    kafka = settings(embedded_broker, "byhand")
    apply_topics(kafka)
    topic = Topics("byhand").assignments
    with KafkaAdminClient(**client_options(kafka)) as admin:
        changes = {"cleanup.policy": "delete", "segment.bytes": "1048576"}
        admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, topic, changes)], raise_on_unknown=False
        )
        assert [d.setting for d in diff_topics(kafka)] == ["cleanup.policy"]
        assert apply_topics(kafka) == []
        found = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        everything = admin.describe_configs(
            [ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all"
        )
    assert found is not None
    assert everything["topic"][topic]["segment.bytes"]["value"] == "1048576"


def test_partitions_are_never_added_behind_the_operator_s_back(embedded_broker: str) -> None:
    apply_topics(settings(embedded_broker, "grown"))
    kafka = settings(embedded_broker, "grown", partitions=8)
    remaining = apply_topics(kafka)
    assert {d.setting for d in remaining} == {"partitions"}
    assert {(d.wanted, d.found) for d in remaining} == {("8", "4")}
    assert not any(d.is_applicable for d in remaining)


class Refusing:
    """An admin client of a broker that refuses to create topics."""

    def __init__(self, **_: object) -> None:
        pass

    def list_topics(self) -> list[str]:
        return []

    def create_topics(self, topics: dict[str, object], *, raise_errors: bool) -> dict[str, object]:
        assert not raise_errors
        refused = {"error_code": 38, "error_message": "Only 1 broker is there."}
        return {"topics": [{"name": name, **refused} for name in topics]}

    def close(self) -> None:
        pass


def test_what_the_broker_refuses_is_a_configuration_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("stancewire.plumbing.kafka_admin.KafkaAdminClient", Refusing)
    monkeypatch.setattr("stancewire.plumbing.kafka_admin._await_listener", lambda *_: None)
    with pytest.raises(
        ConfigurationError, match=r"will not create refused\.articles: Only 1 broker is there\."
    ):
        apply_topics(settings("127.0.0.1:1", "refused", replication_factor=3))
