"""What Kafka clients must know to connect: kafka-python, aiokafka and Faust, from one section."""

import ssl
from typing import Any

from faust.auth import Credentials, SASLCredentials, SSLCredentials

from stancewire.errors import ConfigurationError
from stancewire.plumbing.sections import KafkaSettings

MEBIBYTE = 1024 * 1024
ARTICLE_LIMIT_BYTES = 12 * MEBIBYTE
"""The largest record that a topic takes."""
DEAD_LETTER_LIMIT_BYTES = 13 * MEBIBYTE
"""The largest dead letter: an article of the largest size with its reasons must still fit."""


def client_options(kafka: KafkaSettings) -> dict[str, Any]:
    """Keyword arguments for any client of kafka-python or aiokafka.

    Raises ConfigurationError where a certificate or key file cannot be used.
    """
    options: dict[str, Any] = {
        "bootstrap_servers": kafka.bootstrap_servers.split(","),
        "request_timeout_ms": int(kafka.request_timeout_s * 1000),
        "security_protocol": kafka.security_protocol,
    }
    if kafka.uses_tls:
        options["ssl_context"] = tls_context(kafka)
    if kafka.uses_sasl:
        options["sasl_mechanism"] = kafka.sasl_mechanism
        options["sasl_plain_username"] = kafka.sasl_username
        options["sasl_plain_password"] = _password(kafka)
    return options


def faust_options(kafka: KafkaSettings) -> dict[str, Any]:
    """Keyword arguments of `faust.App` that concern the broker.

    Raises ConfigurationError where a certificate or key file cannot be used.
    """
    servers = kafka.bootstrap_servers.split(",")
    return {
        "broker": ";".join(f"kafka://{server}" for server in servers),
        "broker_credentials": _faust_credentials(kafka),
        "broker_request_timeout": kafka.request_timeout_s,
        "broker_session_timeout": kafka.session_timeout_s,
        "broker_heartbeat_interval": kafka.session_timeout_s / 3,
        "consumer_max_fetch_size": DEAD_LETTER_LIMIT_BYTES,
        "producer_acks": -1,
        "producer_max_request_size": DEAD_LETTER_LIMIT_BYTES,
    }


def tls_context(kafka: KafkaSettings) -> ssl.SSLContext:
    """The TLS context with the authorities, certificate and key that the settings name.

    Raises ConfigurationError where one of the files cannot be used.
    """
    try:
        context = ssl.create_default_context(
            cafile=str(kafka.ssl_ca_file) if kafka.ssl_ca_file else None
        )
    except OSError as error:
        raise ConfigurationError(
            f"kafka.ssl_ca_file {kafka.ssl_ca_file} holds no PEM certificates: {error}"
        ) from error
    context.check_hostname = kafka.ssl_check_hostname
    if kafka.ssl_cert_file:
        _load_client_certificate(context, kafka)
    return context


def _load_client_certificate(context: ssl.SSLContext, kafka: KafkaSettings) -> None:
    secret = kafka.ssl_key_password
    # An empty password keeps OpenSSL from asking for one on the terminal.
    password = secret.get_secret_value() if secret else ""
    try:
        context.load_cert_chain(str(kafka.ssl_cert_file), kafka.ssl_key_file, password)
    except OSError as error:
        raise ConfigurationError(
            f"kafka.ssl_cert_file {kafka.ssl_cert_file} and kafka.ssl_key_file"
            f" {kafka.ssl_key_file} are no certificate with its key, or"
            f" kafka.ssl_key_password is not the key's: {error}"
        ) from error


def _faust_credentials(kafka: KafkaSettings) -> Credentials | None:
    context = tls_context(kafka) if kafka.uses_tls else None
    if kafka.uses_sasl:
        return SASLCredentials(
            username=kafka.sasl_username,
            password=_password(kafka),
            mechanism=kafka.sasl_mechanism,
            ssl_context=context,
        )
    return SSLCredentials(context) if context else None


def _password(kafka: KafkaSettings) -> str | None:
    return kafka.sasl_password.get_secret_value() if kafka.sasl_password else None
