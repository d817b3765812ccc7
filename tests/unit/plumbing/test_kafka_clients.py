import ssl
from pathlib import Path

import certifi
import faust
import pytest
from faust.auth import SASLCredentials, SSLCredentials
from kafka import KafkaAdminClient

from stancewire.errors import ConfigurationError
from stancewire.plumbing.kafka_clients import client_options, faust_options
from stancewire.plumbing.sections import KafkaSettings

LOGIN = {"sasl_username": "reader", "sasl_password": "hunter2"}


def kafka(**values: object) -> KafkaSettings:
    return KafkaSettings.model_validate({"bootstrap_servers": "a:9092, b:9093", **values})


def test_plain_clients_get_servers_and_timeouts_only() -> None:
    assert client_options(kafka(request_timeout_s=45)) == {
        "bootstrap_servers": ["a:9092", "b:9093"],
        "request_timeout_ms": 45000,
        "security_protocol": "PLAINTEXT",
    }


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_sasl_reaches_every_client(mechanism: str) -> None:
    settings = kafka(security_protocol="SASL_PLAINTEXT", sasl_mechanism=mechanism, **LOGIN)
    options = client_options(settings)
    assert options["sasl_mechanism"] == mechanism
    assert (options["sasl_plain_username"], options["sasl_plain_password"]) == (
        "reader",
        "hunter2",
    )
    credentials = faust_options(settings)["broker_credentials"]
    assert isinstance(credentials, SASLCredentials)
    assert credentials.protocol.value == "SASL_PLAINTEXT"
    assert credentials.mechanism.value == mechanism
    assert (credentials.username, credentials.password) == ("reader", "hunter2")


def test_tls_trusts_the_named_authorities_and_checks_names() -> None:
    settings = kafka(security_protocol="SSL", ssl_ca_file=certifi.where())
    context = client_options(settings)["ssl_context"]
    assert context.get_ca_certs()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    credentials = faust_options(settings)["broker_credentials"]
    assert isinstance(credentials, SSLCredentials)
    assert credentials.context.verify_mode is ssl.CERT_REQUIRED


def test_sasl_over_tls_carries_both() -> None:
    settings = kafka(security_protocol="SASL_SSL", ssl_check_hostname=False, **LOGIN)
    context = client_options(settings)["ssl_context"]
    assert not context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    credentials = faust_options(settings)["broker_credentials"]
    assert credentials.protocol.value == "SASL_SSL"
    assert credentials.ssl_context is not None


def test_a_file_that_holds_no_certificate_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("not a certificate")
    with pytest.raises(ConfigurationError, match=r"ssl_ca_file .*ca\.pem holds no PEM"):
        client_options(kafka(security_protocol="SSL", ssl_ca_file=wrong))
    with pytest.raises(ConfigurationError, match=r"ssl_cert_file .*ca\.pem .*ssl_key_password"):
        client_options(kafka(security_protocol="SSL", ssl_cert_file=wrong))
    with pytest.raises(ConfigurationError, match=r"ssl_ca_file .*gone\.pem"):
        faust_options(kafka(security_protocol="SSL", ssl_ca_file=tmp_path / "gone.pem"))


def test_the_libraries_know_every_option() -> None:
    settings = kafka(security_protocol="SASL_SSL", **LOGIN)
    assert set(client_options(settings)) <= set(KafkaAdminClient.DEFAULT_CONFIG)
    app = faust.App("probe", **faust_options(settings))
    assert [str(url) for url in app.conf.broker] == ["kafka://a:9092", "kafka://b:9093"]
    assert app.conf.producer_acks == -1
    assert app.conf.broker_credentials.username == "reader"


def test_a_session_cannot_outlast_a_request() -> None:
    with pytest.raises(ValueError, match="request_timeout_s"):
        kafka(request_timeout_s=5, session_timeout_s=6)
