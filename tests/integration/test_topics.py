"""Topics are made and compared alike on real Kafka and on the embedded broker."""

from collections.abc import Iterator

import pytest

from stancewire.plumbing.embedded import embedded_kafka
from stancewire.plumbing.kafka import apply_topics, diff_topics, topic_specs
from stancewire.plumbing.sections import KafkaSettings

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def embedded_address() -> Iterator[str]:
    with embedded_kafka() as address:
        yield address


@pytest.fixture(params=["real", "embedded"])
def kafka(request: pytest.FixtureRequest) -> KafkaSettings:
    """Settings for a broker of each kind, with a prefix of this test's own."""
    if request.param == "real":
        address = request.getfixturevalue("kafka_cluster").bootstrap_servers
    else:
        address = request.getfixturevalue("embedded_address")
    prefix = f"t{abs(hash(request.node.nodeid)):x}"
    return KafkaSettings(bootstrap_servers=address, topic_prefix=prefix, partitions=3)


def test_before_applying_every_topic_is_missing(kafka):
    differences = diff_topics(kafka)
    assert {d.topic for d in differences} == {spec.name for spec in topic_specs(kafka)}
    assert {d.setting for d in differences} == {"topic"}


def test_after_applying_nothing_differs(kafka):
    assert apply_topics(kafka) == []
    assert diff_topics(kafka) == []


def test_applying_again_changes_nothing(kafka):
    apply_topics(kafka)
    assert apply_topics(kafka) == []


def test_another_number_of_partitions_is_shown_and_left_alone(kafka):
    apply_topics(kafka)
    wider = kafka.model_copy(update={"partitions": 5})
    differences = apply_topics(wider)
    assert {(d.setting, d.wanted, d.found) for d in differences} == {("partitions", "5", "3")}
    assert len(differences) == len(topic_specs(kafka))


def test_a_changed_retention_is_shown_and_mended(kafka):
    apply_topics(kafka)
    longer = kafka.model_copy(update={"articles_retention_days": 30})
    (difference,) = diff_topics(longer)
    assert difference.setting == "retention.ms"
    assert apply_topics(longer) == []
    assert diff_topics(longer) == []
