"""uvicorn, told how to end and how to drop a connection at once."""

import contextlib
import socket
from asyncio import Transport
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from stancewire.errors import ConfigurationError
from stancewire.plumbing.sections import GatewaySettings

ABORT = "stancewire.abort"
"""The ASGI extension by which a route ends its connection without waiting for the client."""
IDLE_S = 30
"""A connection without a request is closed after so long."""
END_S = 3
"""How long requests that are running have to end, once asked to stop."""


class Server(uvicorn.Server):
    """Leaves signals to the process; `stop` ends it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Not ours."""
        yield

    def stop(self) -> None:
        """Take no more requests, and end."""
        self.should_exit = True


class AbortableProtocol(H11Protocol):
    """Gives routes the means to drop their connection.

    Closing one in order waits until the client has taken what was sent: a client that takes nothing
    would keep its buffer for good.
    """

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        super().connection_made(transport)
        self.app = _with_abort(self.app, transport.abort)


def server(app: ASGIApp, gateway: GatewaySettings) -> Server:
    """The server of an app, not yet started."""
    return Server(
        uvicorn.Config(
            app,
            http=AbortableProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=bool(gateway.trusted_proxies),
            forwarded_allow_ips=gateway.trusted_proxies,
            timeout_keep_alive=IDLE_S,
            timeout_graceful_shutdown=END_S,
            limit_concurrency=gateway.max_streams + gateway.max_requests,
            h11_max_incomplete_event_size=16 * 1024,
        )
    )


@contextlib.contextmanager
def listening(gateway: GatewaySettings) -> Iterator[socket.socket]:
    """A socket at the address of the settings. Raises ConfigurationError where it is taken."""
    family = socket.AF_INET6 if ":" in gateway.host else socket.AF_INET
    try:
        opened = socket.create_server((gateway.host, gateway.port), family=family, backlog=2048)
    except OSError as error:
        raise ConfigurationError(
            f"gateway.host {gateway.host} with gateway.port {gateway.port} cannot be listened on;"
            f" choose a port that is free, or 0 for any: {error.strerror or error}"
        ) from error
    with opened:
        yield opened


def address_of(opened: socket.socket) -> str:
    """`http://host:port` of a listening socket."""
    host, port = opened.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _with_abort(app: Any, abort: Callable[[], None]) -> Any:
    async def called(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[ABORT] = abort
        await app(scope, receive, send)

    return called
