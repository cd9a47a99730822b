"""The box over HTTP: GET /keys, PUT /sheets, GET /releases, below wherever it is mounted.

A plain WSGI application: it sets no cookie and refuses to be sent one, writes no line to any log, and stamps no date.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from api import problems
from api.problems import Problem
from api.pulse.box.limiter import Limiter
from api.pulse.box.store import BoxStore
from api.pulse.wire import BODY_BYTES, canonical, unb64u

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
CREDENTIALS = ("Cookie", "Authorization", "Proxy-Authorization")
_FIELDS = {"key_id", "nonce", "sig", "sheet", "pad"}

StartResponse = Callable[..., Any]


class Box:
    """The application. It holds the store and the limiter, and nothing of any request."""

    def __init__(self, store: BoxStore, limiter: Limiter) -> None:
        self.store, self._limiter = store, limiter
        self._rules = Map(
            [
                Rule("/keys", methods=["GET"], endpoint=self._keys),
                Rule("/sheets", methods=["PUT"], endpoint=self._sheets),
                Rule("/releases", methods=["GET"], endpoint=self._releases),
            ],
            merge_slashes=False,
        )

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        response = self._answer(request)
        response.headers.update(HEADERS)
        return response(environ, start)

    def _answer(self, request: Request) -> Response:
        try:
            self._gate(request)
            endpoint, _ = self._rules.bind_to_environ(request.environ).match()
            text: str = endpoint(request)
            return Response(text, content_type="application/json")
        except Problem as problem:
            return _told(problem)
        except HTTPException as error:
            return _told(_problem(error))
        except Exception:
            # Whatever it was, its traceback could hold a sheet, so it is told to nobody.
            return _told(Problem("internal"))

    def _gate(self, request: Request) -> None:
        if any(name in request.headers for name in CREDENTIALS):
            raise Problem("not_anonymous")
        wait_s = self._limiter.wait_s(request.remote_addr or "")
        if wait_s:
            raise Problem("too_many", headers={"Retry-After": str(wait_s)})

    def _keys(self, request: Request) -> str:
        return canonical(self.store.keys())

    def _sheets(self, request: Request) -> str:
        sent = _read(request)
        key_id, nonce, signature = (_bytes(sent, name) for name in ("key_id", "nonce", "sig"))
        stored = self.store.put(key_id, nonce, signature, sent["sheet"])
        return canonical({"counter": stored.counter, "withdrawn": stored.withdrawn})

    def _releases(self, request: Request) -> str:
        return self.store.releases()


def create_box(path: Path, limiter: Limiter | None = None) -> Box:
    """The box over the file at `path`, which is made when there is none."""
    return Box(BoxStore(path), limiter or Limiter())


def _read(request: Request) -> Mapping[str, Any]:
    """The five members of a padded body. Raises Problem too_large, bad_request or unsupported_media_type."""
    if request.mimetype != "application/json":
        raise Problem("unsupported_media_type")
    request.max_content_length = BODY_BYTES
    try:
        raw = request.get_data(cache=False)
    except OSError as error:
        raise Problem("bad_request", "the body did not arrive whole") from error
    if len(raw) != BODY_BYTES:
        raise Problem("bad_request", f"the body is padded to exactly {BODY_BYTES} bytes")
    try:
        sent = json.loads(raw, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Problem("bad_request") from error
    if not isinstance(sent, dict) or set(sent) != _FIELDS or not isinstance(sent["pad"], str):
        raise Problem("bad_request", "the body has exactly key_id, nonce, sig, sheet and pad")
    return sent


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name is given twice")
    return made


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _bytes(sent: Mapping[str, Any], name: str) -> bytes:
    if not isinstance(sent[name], str):
        raise Problem("bad_request", f"{name} is base64url text")
    try:
        return unb64u(sent[name])
    except ValueError as error:
        raise Problem("bad_request", f"{name} is base64url text") from error


def _problem(error: HTTPException) -> Problem:
    found = problems.from_status(error.code or 500)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        return Problem(found.code, headers={"Allow": ", ".join(sorted(error.valid_methods))})
    return found


def _told(problem: Problem) -> Response:
    return Response(problem.encoded(), problem.status, problem.headers, content_type=problems.MEDIA_TYPE)
