"""A push service on loopback that answers as told, and a browser's half of a subscription, for server tests.

It speaks HTTP/1.1 with keep-alive like the real ones, keeps every message it was sent, and can open them: the private
keys of the subscriptions it hands out are here.
"""

from __future__ import annotations

import base64
import json
import os
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import http_ece
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class BrowserKeys:
    """What a browser makes when it subscribes: a key pair and a shared secret."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def wire(self) -> dict[str, str]:
        form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        return {"p256dh": b64(self.private.public_key().public_bytes(*form)), "auth": b64(self.auth)}

    def open(self, body: bytes) -> bytes:
        opened: bytes = http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        return opened


@dataclass(frozen=True)
class Answer:
    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    body: bytes = b""


@dataclass(frozen=True)
class Received:
    """One POST as it came, header names in lower case; `arrived_s` is on the monotonic clock."""

    token: str
    headers: dict[str, str]
    body: bytes
    answered: int
    arrived_s: float = field(default_factory=time.monotonic)

    @property
    def topic(self) -> str:
        return self.headers["topic"]

    def vapid(self) -> tuple[dict[str, Any], str]:
        """The signed claims and the public key, base64url. Raises InvalidSignature when they do not fit."""
        said = dict(part.split("=", 1) for part in self.headers["authorization"].removeprefix("vapid ").split(","))
        head, claims, signature = said["t"].split(".")
        raw = unb64(signature)
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(said["k"]))
        key.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
        assert json.loads(unb64(head)) == {"typ": "JWT", "alg": "ES256"}
        return json.loads(unb64(claims)), said["k"]


class PushService:
    """`with PushService() as service:` listens on a free port of 127.0.0.1 until the block ends."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.gets = 0
        self._told: deque[Answer] = deque()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        # A client that was killed in the middle of a request is nothing to tell about.
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def endpoint(self, token: str = "phone") -> str:
        return f"{self.origin}/push/{token}"

    def tell(self, status: int, times: int = 1, delay_s: float = 0.0, body: bytes = b"", **headers: str) -> None:
        """Answer the next `times` messages like this; afterwards 201 again. Header names use _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._told.extend([Answer(status, named, delay_s, body)] * times)

    def take(self, token: str, headers: dict[str, str], body: bytes) -> Answer:
        with self._lock:
            answer = self._told.popleft() if self._told else Answer()
            self.received.append(Received(token, headers, body, answer.status))
        return answer


def _handler_for(service: PushService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = service.take(self.path.rpartition("/")[2], headers, body)
            time.sleep(min(answer.delay_s, 5))
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)
            except OSError:
                self.close_connection = True

        def do_GET(self) -> None:
            service.gets += 1
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Tests read `received` instead."""

    return Handler
