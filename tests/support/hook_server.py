"""A webhook endpoint in a thread of its own, for alerters that run as processes."""

import base64
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from stancewire.alerting.notifiers.webhook import signatures


class HookServer(ThreadingHTTPServer):
    """Remembers the bodies by delivery id; fails the first try of every tenth delivery."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, secret: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.key = base64.b64decode(secret.removeprefix("whsec_"))
        self.bodies: dict[str, list[bytes]] = defaultdict(list)
        self.forged: list[str] = []
        self.failed: set[str] = set()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"

    def take(self, id: str, stamp: str, signature: str, body: bytes) -> int:
        """The status to answer with."""
        expected = signatures([self.key], id=id, timestamp=int(stamp), body=body)
        with self.lock:
            if signature != expected:
                self.forged.append(id)
            if id not in self.failed and len(self.failed) * 10 <= len(self.bodies):
                self.failed.add(id)
                return 503
            self.bodies[id].append(body)
        return 204


class _Handler(BaseHTTPRequestHandler):
    server: HookServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        named = (self.headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
        self.send_response(self.server.take(*named, body))
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def hook_server(secret: str) -> Iterator[HookServer]:
    server = HookServer(secret)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
