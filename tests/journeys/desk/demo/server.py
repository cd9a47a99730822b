"""Serves the demo page and pushes to whoever subscribed, with the product's own crypto library."""

import base64
import functools
import json
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid
from pywebpush import webpush

HERE = Path(__file__).parent


class DemoServer:
    """`subscription` is None until the page has put one."""

    def __enter__(self) -> Self:
        self.vapid = Vapid()
        self.vapid.generate_keys()
        self.subscription: dict[str, Any] | None = None
        handler = functools.partial(Pages, self, directory=str(HERE))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, name="demo", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def key(self) -> str:
        point = self.vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    def send(self, **payload: str) -> int:
        """Push to the subscription; returns the push service's status."""
        assert self.subscription, "nobody subscribed"
        answer = webpush(
            self.subscription,
            json.dumps(payload),
            vapid_private_key=self.vapid,
            vapid_claims={"sub": "mailto:ops@example.org"},
            ttl=60,
            timeout=10,
        )
        return int(answer.status_code)


class Pages(SimpleHTTPRequestHandler):
    """Files of this folder; a path without a dot is the page."""

    def __init__(self, demo: DemoServer, *args: Any, **rest: Any) -> None:
        self.demo = demo
        super().__init__(*args, **rest)

    def do_GET(self) -> None:
        if self.path == "/key":
            self._answer(self.demo.key.encode())
            return
        if "." not in self.path.split("?")[0]:
            self.path = "/index.html"
        super().do_GET()

    def do_PUT(self) -> None:
        self.demo.subscription = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(b"{}")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the tests read the page, not the log."""

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
