"""Marionette, Firefox's own remote control: length-prefixed JSON on a TCP socket. No geckodriver needed."""

import json
import socket
from typing import Any


class MarionetteError(Exception):
    """The browser refused a command, a script in the page threw, or the browser ended."""


class Marionette:
    """One command at a time, each with its answer."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=90)
        self._unread = b""
        self._number = 0
        self._read()  # The browser says hello first.

    def call(self, name: str, params: dict[str, Any] | None = None) -> Any:
        """Send a command and wait for its answer. Raises MarionetteError with the browser's own words."""
        self._number += 1
        message = json.dumps([0, self._number, name, params or {}]).encode()
        try:
            self._socket.sendall(f"{len(message)}:".encode() + message)
            while True:
                kind, number, error, result = self._read()
                if kind == 1 and number == self._number:
                    break
        except OSError as broken:
            raise MarionetteError(f"{name}: {broken}") from broken
        if error:
            raise MarionetteError(f"{name}: {error.get('error')}: {error.get('message')}")
        return result

    def close(self) -> None:
        self._socket.close()

    def _read(self) -> Any:
        while b":" not in self._unread:
            self._more()
        length, _, rest = self._unread.partition(b":")
        while len(rest) < int(length):
            self._unread = rest
            self._more()
            rest = self._unread
        self._unread = rest[int(length) :]
        return json.loads(rest[: int(length)])

    def _more(self) -> None:
        chunk = self._socket.recv(65536)
        if not chunk:
            raise MarionetteError("the browser closed the connection")
        self._unread += chunk
