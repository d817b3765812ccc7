"""An admin client for the topics, and waiting for a broker. Everything here blocks."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import (
    AuthorizationError,
    KafkaConfigurationError,
    KafkaError,
    SaslAuthenticationFailedError,
)

from stancewire.errors import ConfigurationError, Unavailable
from stancewire.plumbing.kafka_clients import client_options, tls_context
from stancewire.plumbing.sections import KafkaSettings

_PAUSE_S = 0.1


def wait_for_broker(kafka: KafkaSettings, *, deadline_s: float) -> None:
    """Return once a broker answers.

    Raises Unavailable after `deadline_s` seconds without an answer, ConfigurationError where the
    broker refuses the credentials.
    """
    with connected_admin(kafka, deadline_s=deadline_s) as admin:
        admin.list_topics()


@contextmanager
def connected_admin(kafka: KafkaSettings, *, deadline_s: float) -> Iterator[Any]:
    """A connected admin client, as a block whose errors are ours.

    Raises Unavailable after `deadline_s` seconds without an answer, ConfigurationError where the
    broker refuses the credentials or has a certificate that is not trusted.
    """
    options = client_options(kafka)
    end = time.monotonic() + deadline_s
    _await_listener(kafka, end)
    client = None
    timeout_ms = max(1000, int((end - time.monotonic()) * 1000))
    try:
        client = KafkaAdminClient(**options, bootstrap_timeout_ms=timeout_ms)
        yield client
    except (AuthorizationError, SaslAuthenticationFailedError) as error:
        raise ConfigurationError(
            f"Kafka at {kafka.bootstrap_servers} refuses us; check kafka.security_protocol,"
            f" kafka.sasl_* and the user's rights: {error}"
        ) from error
    except KafkaConfigurationError as error:
        raise ConfigurationError(f"Kafka client settings: {error}") from error
    except (KafkaError, OSError) as error:
        raise _unavailable(kafka, error) from error
    finally:
        if client is not None:
            client.close()


def _await_listener(kafka: KafkaSettings, end: float) -> None:
    """Return once one of the servers accepts a connection; Unavailable when `end` has passed.

    The admin client itself waits without end for a server that does not answer to TLS.
    """
    context = tls_context(kafka) if kafka.uses_tls else None
    servers = [server.rpartition(":") for server in kafka.bootstrap_servers.split(",")]
    while True:
        for host, _, port in servers:
            timeout = max(_PAUSE_S, end - time.monotonic()) / len(servers)
            try:
                _connect(host.strip("[]"), int(port), timeout=timeout, context=context)
            except ssl.SSLCertVerificationError as error:
                raise ConfigurationError(
                    f"the certificate of Kafka at {host}:{port} is not trusted; check"
                    f" kafka.ssl_ca_file and kafka.ssl_check_hostname: {error}"
                ) from error
            except OSError as error:
                reason = error
            else:
                return
        if time.monotonic() + _PAUSE_S > end:
            raise _unavailable(kafka, reason)
        time.sleep(_PAUSE_S)


def _connect(host: str, port: int, *, timeout: float, context: ssl.SSLContext | None) -> None:
    with socket.create_connection((host, port), timeout=timeout) as plain:
        if context is not None:
            context.wrap_socket(plain, server_hostname=host).close()


def _unavailable(kafka: KafkaSettings, reason: Exception) -> Unavailable:
    return Unavailable(
        f"Kafka does not answer at {kafka.bootstrap_servers}; check that it runs and that"
        f" kafka.bootstrap_servers and kafka.security_protocol are right: {reason}"
    )
