import pytest

from stancewire.errors import Unavailable
from stancewire.plumbing.kafka_admin import wait_for_broker
from stancewire.plumbing.sections import KafkaSettings


def settings(broker: str, **values: object) -> KafkaSettings:
    return KafkaSettings.model_validate({"bootstrap_servers": broker, **values})


def test_a_broker_that_answers_is_waited_for(embedded_broker: str) -> None:
    wait_for_broker(settings(embedded_broker), deadline_s=10)


def test_a_broker_that_is_away_is_reported_with_its_address() -> None:
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1.*bootstrap_servers"):
        wait_for_broker(settings("127.0.0.1:1"), deadline_s=0.2)


def test_tls_to_a_broker_without_it_is_reported(embedded_broker: str) -> None:
    with pytest.raises(Unavailable, match=r"kafka\.security_protocol"):
        wait_for_broker(settings(embedded_broker, security_protocol="SSL"), deadline_s=1)
