"""Ports for servers that are ended and started again while clients keep dialling."""

import random
import socket

FIRST, LAST = 20_000, 32_000
"""Below the range from which systems number outgoing connections.

A client that dials a port of that range while nobody listens can be given the very port as its own,
connect to itself, and so keep the server from coming back.
"""


def stable_port() -> int:
    """A port of 127.0.0.1 that nobody holds now and no outgoing connection will be given."""
    for _ in range(100):
        port = random.randrange(FIRST, LAST)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free port between {FIRST} and {LAST}")
