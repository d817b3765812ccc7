"""Ask a server on this machine who it is, in its own words and without a client library.

Made for start-up: a probe costs one connection and a few bytes, and tells our server from one that
another process put on the same port. The first two raise OSError while nobody answers.
"""

import socket
import struct

_SECONDS = 1.0
_METADATA, _METADATA_VERSION = 3, 2
_LONGEST_ANSWER = 65_536


def kafka_metadata(host: str, port: int) -> bytes:
    """The body of a Metadata (version 2) answer without topics; it holds the cluster's id.

    Source: Apache Kafka protocol guide, request header version 1 and Metadata request version 2.
    """
    client, no_topics = b"stancewire", 0
    header = struct.pack(">hhih", _METADATA, _METADATA_VERSION, 1, len(client)) + client
    request = header + struct.pack(">i", no_topics)
    with socket.create_connection((host, port), timeout=_SECONDS) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        (length,) = struct.unpack(">i", _receive(connection, 4))
        if not 0 < length <= _LONGEST_ANSWER:
            raise ConnectionError("the answer is not in the Kafka protocol")
        return _receive(connection, length)


def redis_directory(host: str, port: int) -> bytes:
    """The answer to `CONFIG GET dir`; it holds the server's working directory.

    A server that is still loading its data answers that, but no PING: its error is returned.
    """
    with socket.create_connection((host, port), timeout=_SECONDS) as connection:
        connection.sendall(b"PING\r\n")
        pong = b""
        while not pong.endswith(b"\r\n"):
            pong += _receive(connection, 1)
        if pong.startswith(b"-"):
            return pong
        connection.sendall(b"CONFIG GET dir\r\n")
        answer = b""
        while answer.count(b"\r\n") < 5 and not answer.startswith(b"-"):
            answer += _receive(connection, 1)
        return answer


def is_ready(host: str, port: int) -> bool:
    """Whether a service answers `/readyz` there with 200; False also while nobody answers."""
    try:
        with socket.create_connection((host, port), timeout=_SECONDS) as connection:
            connection.sendall(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return _receive(connection, 12).endswith(b" 200")
    except OSError:
        return False


def _receive(connection: socket.socket, length: int) -> bytes:
    """Exactly `length` bytes; ConnectionError when the peer closes before."""
    received = b""
    while len(received) < length:
        piece = connection.recv(length - len(received))
        if not piece:
            raise ConnectionError("the server closed the connection")
        received += piece
    return received
