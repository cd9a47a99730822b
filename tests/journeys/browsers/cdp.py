"""The DevTools protocol over one socket: commands are answered by id, events are kept and told to listeners."""

import itertools
import json
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

Listener = Callable[[dict[str, Any], str | None], None]
KEPT_EVENTS = 20_000


class CdpError(Exception):
    """The browser refused a command, or a script in the page threw."""


class BrowserGone(CdpError):
    """The socket closed: the browser ended."""


class Wire:
    """A thread reads, so events are seen while a command waits and a paused new page can be let go at once."""

    def __init__(self, url: str) -> None:
        # The browser does not answer pings while a page is busy; the process itself is watched instead.
        self._socket = connect(url, max_size=None, compression=None, ping_interval=None).__enter__()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, tuple[Future[dict[str, Any]], str, str | None]] = {}
        self._listeners: dict[str, list[Listener]] = {}
        self._lock = threading.Lock()
        self.events: list[dict[str, Any]] = []
        threading.Thread(target=self._read, name="cdp", daemon=True).start()

    def call(
        self, method: str, params: dict[str, Any] | None = None, session: str | None = None, within: float = 60.0
    ) -> dict[str, Any]:
        """Send a command and wait for its answer. Raises CdpError, BrowserGone or TimeoutError."""
        return self.post(method, params, session).result(within)

    def post(
        self, method: str, params: dict[str, Any] | None = None, session: str | None = None
    ) -> "Future[dict[str, Any]]":
        """Send a command without waiting. Listeners must use this one: they run on the reading thread."""
        answer: Future[dict[str, Any]] = Future()
        with self._lock:
            number = next(self._numbers)
            self._waiting[number] = (answer, method, session)
            message = {"id": number, "method": method, "params": params or {}}
            try:
                self._socket.send(json.dumps(message | ({"sessionId": session} if session else {})))
            except ConnectionClosed as error:
                raise BrowserGone(method) from error
        return answer

    def listen(self, method: str, listener: Listener) -> None:
        """Call `listener(params, session)` on every such event."""
        self._listeners.setdefault(method, []).append(listener)

    def give_up(self, method: str, session: str | None, why: str) -> None:
        """Fail every unanswered command of this kind: a page that is left never answers what it was asked."""
        for number, (answer, asked, place) in list(self._waiting.items()):
            if (asked, place) == (method, session) and number in self._waiting:
                del self._waiting[number]
                answer.set_exception(CdpError(why))

    def seen(self, *methods: str) -> list[dict[str, Any]]:
        """Events of these kinds so far, oldest first."""
        return [event for event in list(self.events) if event["method"] in methods]

    def close(self) -> None:
        self._socket.close()

    def _read(self) -> None:
        try:
            for raw in self._socket:
                self._take(json.loads(raw))
        except ConnectionClosed:
            pass
        for answer, _, _ in list(self._waiting.values()):
            answer.set_exception(BrowserGone("the browser ended"))

    def _take(self, message: dict[str, Any]) -> None:
        if "id" in message:
            asked = self._waiting.pop(message["id"], None)
            if asked and "error" in message:
                asked[0].set_exception(CdpError(f"{asked[1]}: {message['error'].get('message', 'refused')}"))
            elif asked:
                asked[0].set_result(message["result"])
            return
        self.events.append(message)
        del self.events[:-KEPT_EVENTS]
        for listener in self._listeners.get(message["method"], []):
            listener(message["params"], message.get("sessionId"))
