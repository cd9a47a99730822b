"""A network that misbehaves as told: a proxy on loopback between a phone and the product.

`with FaultyProxy() as network:` listens on a free port of 127.0.0.1; `network.towards(port)` says where the product is.
What no rule matches passes unchanged. Rules may be added and removed while requests are under way, and every request
stays in `seen` with what became of it, so that it can be replayed later. It reads whole messages and never streams.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from tests.fakes.faults import Answer, Fault, Hold, Request, Seen, Unreachable, carries_ops, lost_request

UPSTREAM_S = 60
LISTED_MAX = 20_000  # requests kept in `seen`
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "proxy-connection", "upgrade"}


@dataclass
class Rule:
    """Which requests meet a fault. `times` is how many still do; None for all. `met` counts those that did."""

    fault: Fault
    path: str
    method: str | None
    times: int | None
    only: Callable[[Request], bool] | None = None
    met: int = 0

    def fits(self, request: Request) -> bool:
        right = request.path.partition("?")[0].startswith(self.path) and self.method in (None, request.method)
        return right and self.times != 0 and (self.only is None or self.only(request))

    def take(self) -> Fault:
        self.met += 1
        if self.times is not None:
            self.times -= 1
        return self.fault


class FaultyProxy:
    def __init__(self, port: int = 0) -> None:
        self.product_port: int | None = None
        self.seen: list[Seen] = []
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler_for(self))
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.origin = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.heal()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def towards(self, port: int) -> None:
        """Where the product listens from now on."""
        self.product_port = port

    def fail(
        self,
        fault: Fault,
        path: str = "/api/",
        method: str | None = None,
        times: int | None = None,
        only: Callable[[Request], bool] | None = None,
    ) -> Rule:
        """Requests whose path begins like this, and for which `only` holds, meet the fault; the newest rule decides."""
        rule = Rule(fault, path, method, times, only)
        with self._lock:
            self._rules.insert(0, rule)
        return rule

    def hold(self, path: str = "/api/sync", after: bool = False, first: int = 1_000, ops: bool = True) -> Hold:
        """Stops matching requests, or their answers, until the gate is released; `ops`: only those that carry any."""
        gate = Hold(after, first)
        self.fail(gate, path, only=carries_ops if ops else None)
        return gate

    def cut_off(self) -> Rule:
        """No signal: nothing gets through, whatever is asked."""
        return self.fail(lost_request, path="/")

    def drop(self, rule: Rule) -> None:
        """Ends one rule."""
        with self._lock:
            self._rules = [each for each in self._rules if each is not rule]

    def heal(self) -> None:
        """Ends every rule and opens every gate."""
        with self._lock:
            ended, self._rules = self._rules, []
        for rule in ended:
            if isinstance(rule.fault, Hold):
                rule.fault.release()

    def exchanges(self, path: str = "/api/sync") -> list[Seen]:
        """What was asked under exactly this path so far, oldest first."""
        return [seen for seen in list(self.seen) if seen.request.path.partition("?")[0] == path]

    def replay(self, seen: Seen) -> Answer:
        """Sends an old request to the product once more, byte for byte. Raises Unreachable."""
        return self.ask(seen.request)

    def ask(self, request: Request) -> Answer:
        """One request to the product. Raises Unreachable."""
        if self.product_port is None:
            raise Unreachable("nobody said where the product is")
        line = http.client.HTTPConnection("127.0.0.1", self.product_port, timeout=UPSTREAM_S)
        try:
            line.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers:
                line.putheader(name, value)
            if request.body or request.method in ("POST", "PUT", "PATCH"):
                line.putheader("Content-Length", str(len(request.body)))
            line.endheaders(request.body or None)
            got = line.getresponse()
            kept = tuple((name, value) for name, value in got.getheaders() if name.lower() not in HOP_BY_HOP)
            return Answer(got.status, kept, got.read())
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(str(error)) from error
        finally:
            line.close()

    def _pass(self, request: Request) -> Answer | None:
        seen = Seen(request)
        with self._lock:
            if len(self.seen) >= LISTED_MAX:
                del self.seen[: LISTED_MAX // 2]
            self.seen.append(seen)
            rule = next((each for each in self._rules if each.fits(request)), None)
            fault = rule.take() if rule else None

        def forward() -> Answer:
            seen.product = self.ask(request)
            return seen.product

        try:
            seen.phone = fault(request, forward) if fault else forward()
        except Unreachable:
            seen.phone = None
        return seen.phone


def _handler_for(network: FaultyProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        # One request a line: a browser sends again by itself what a reused line lost, and no fault would be seen.
        protocol_version = "HTTP/1.0"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = tuple((name, value) for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP)
            answer = network._pass(Request(self.command, self.path, headers, body))
            self.close_connection = True
            if answer is not None:
                self.tell(answer)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = pass_on

        def tell(self, answer: Answer) -> None:
            try:
                self.send_response_only(answer.status)
                for name, value in answer.headers:
                    self.send_header(name, value)
                if answer.status not in (204, 304):
                    self.send_header("Content-Length", str(len(answer.body)))
                self.send_header("Connection", "close")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body[: answer.cut_at])
            except OSError:
                # The phone went away first; it will ask again.
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Tests read `seen` instead."""

    return Handler
