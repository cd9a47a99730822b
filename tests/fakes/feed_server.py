"""A calendar server on loopback that answers as it is told, and remembers what it was asked."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self


@dataclass
class Told:
    """One answer. With `drip_s` every byte of the body, or of the head, waits that long."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip_s: float = 0
    drip_head: bool = False


class FeedServer:
    """`with FeedServer() as server: server.told["/roster"] = Told(calendar)`. An ETag that is sent back gets 304."""

    def __init__(self, certificate: Path | None = None) -> None:
        """With a certificate and its key in one PEM file it speaks TLS."""
        self.certificate = certificate
        self.told: dict[str, Told] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def __enter__(self) -> Self:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append((self.path, dict(self.headers.items())))
                outer._answer(self)

            def log_message(self, *_: Any) -> None:
                """Nothing is printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def origin(self) -> str:
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self._server.server_address[1]}"

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        told = self.told.get(handler.path, Told(status=404))
        if told.headers.get("ETag") and handler.headers.get("If-None-Match") == told.headers["ETag"]:
            told = Told(status=304, headers=told.headers)
        lines = [f"{name}: {value}" for name, value in {"Content-Length": str(len(told.body)), **told.headers}.items()]
        handler.close_connection = told.headers.get("Connection") == "close"
        head = "\r\n".join([f"HTTP/1.1 {told.status} As told", *lines, "", ""]).encode("latin-1")
        try:
            self._write(handler, head, told.drip_s if told.drip_head else 0)
            self._write(handler, told.body, told.drip_s)
        except OSError:
            handler.close_connection = True

    @staticmethod
    def _write(handler: BaseHTTPRequestHandler, data: bytes, drip_s: float) -> None:
        for piece in [data[n : n + 1] for n in range(len(data))] if drip_s else [data]:
            handler.wfile.write(piece)
            handler.wfile.flush()
            time.sleep(drip_s)
