"""What can go wrong with one request between a phone and the product, for `faulty_proxy`."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

HELD_S = 60  # A gate nobody opens opens by itself.
Headers = tuple[tuple[str, str], ...]


class Unreachable(OSError):
    """The product did not answer: it is down, or it went away in the middle."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Headers
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """`cut_at`: the line ends after so many bytes of the body, although more were promised; None when all come."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    cut_at: int | None = None

    def json(self) -> Any:
        return json.loads(self.body)


Forward = Callable[[], Answer]
# A fault decides what the phone gets; None ends the line without an answer. It may ask the product or not.
Fault = Callable[[Request, Forward], Answer | None]


@dataclass
class Seen:
    """One request and its fate. `product` is what the product said, `phone` what the phone got; None for nothing."""

    request: Request
    product: Answer | None = None
    phone: Answer | None = None
    at: float = field(default_factory=time.monotonic)


def carries_ops(request: Request) -> bool:
    """The request is an exchange that brings something up."""
    said = request.json() if request.body else None
    return isinstance(said, dict) and bool(said.get("ops"))


# ---- faults


def lost_request(request: Request, forward: Forward) -> Answer | None:
    """The request never arrives."""
    return None


def lost_answer(request: Request, forward: Forward) -> Answer | None:
    """The product commits, and nobody hears of it."""
    forward()
    return None


def twice(request: Request, forward: Forward) -> Answer | None:
    """The same request arrives two times; the phone gets the second answer."""
    forward()
    return forward()


def cut(request: Request, forward: Forward) -> Answer | None:
    """The line breaks in the middle of the answer's body."""
    answer = forward()
    return replace(answer, cut_at=len(answer.body) // 2)


def portal(request: Request, forward: Forward) -> Answer | None:
    """A hotel's sign-in page in place of every answer, with status 200."""
    page = b"<!doctype html><title>Welcome</title><p>Accept the terms to go online."
    return Answer(200, (("Content-Type", "text/html; charset=utf-8"),), page)


def no_nonce(request: Request, forward: Forward) -> Answer | None:
    """JSON that looks like a good answer and carries no nonce; it says that everything was applied."""
    said = request.json() if request.body else {}
    ops = said.get("ops", []) if isinstance(said, dict) else []
    results = [{"op_id": op["op_id"], "seq": op["seq"], "status": "applied", "server_seq": 1} for op in ops]
    return _json(200, {"proto": 1, "results": results, "changes": [], "holes": [], "missing": []})


def status(number: int, code: str = "unavailable", retry_after: int | None = None) -> Fault:
    """A problem of the product's kind; `retry_after` in seconds. For a plain gateway page see `gateway`."""
    headers: Headers = () if retry_after is None else (("Retry-After", str(retry_after)),)
    return lambda request, forward: _json(number, {"code": code, "title": code, "status": number}, headers)


def gateway(number: int = 502) -> Fault:
    """A reverse proxy's own HTML page, because the product behind it is away."""
    page = f"<html><h1>{number} Bad Gateway</h1></html>".encode()
    return lambda request, forward: Answer(number, (("Content-Type", "text/html"),), page)


def encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


def with_members(answer: Answer, **members: Any) -> Answer:
    """A JSON answer with these members in place of its own."""
    return replace(answer, body=encoded(answer.json() | members))


def _json(number: int, body: dict[str, Any], headers: Headers = ()) -> Answer:
    kind = "application/json" if number < 400 else "application/problem+json"
    return Answer(number, (("Content-Type", kind), *headers), encoded(body))


class Hold:
    """Stops a request at the gate until `release`; `after=True` stops the answer instead, when it is committed.

    Only the first so many requests are held, `first` of them; later ones pass. A gate left closed opens by itself when
    the proxy is healed or closed.
    """

    def __init__(self, after: bool = False, first: int = 1_000) -> None:
        self.after, self._left = after, first
        self._opened = threading.Event()
        self._waiting = threading.Semaphore(0)
        self._lock = threading.Lock()

    def __call__(self, request: Request, forward: Forward) -> Answer | None:
        with self._lock:
            held, self._left = self._left > 0, self._left - 1
        answer = forward() if self.after or not held else None
        if held:
            self._waiting.release()
            self._opened.wait(HELD_S)
        return answer or forward()

    def wait(self, within: float = 20.0) -> None:
        """Until one more request stands at the gate. Raises AssertionError when none comes."""
        assert self._waiting.acquire(timeout=within), f"no request came to the gate within {within:g} s"

    def release(self) -> None:
        self._opened.set()
