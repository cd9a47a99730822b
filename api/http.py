"""One decorator declares a route: who may call it, what goes in, what comes out, what can be wrong.

The order is always the same: caller → size and kind of body → load by schema → one transaction → the view → commit →
dump. The answer therefore leaves only after the commit. Views are three to eight lines and never commit.

A view that raises a Problem undoes its transaction; one that returns a Problem keeps what it wrote (a counted try, for
instance) and the caller is told all the same. What must happen after the commit (a mail, a cookie) is put into
`call.afterwards`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from json import JSONDecodeError
from typing import Any

import structlog
from flask import Flask, Response, request
from flask_smorest import Api, Blueprint
from marshmallow import INCLUDE, RAISE, Schema, fields
from sqlalchemy.orm import Session
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from api import auth, problems
from api.auth import Caller
from api.db import transaction
from api.people.models import Person
from api.problems import CATALOGUE, Problem
from api.state import State, state

log = structlog.get_logger()

ANYONE, SIGNED_IN, RESIDENT = Caller.ANYONE, Caller.SIGNED_IN, Caller.RESIDENT
COACH, COORDINATOR, DEVICE = Caller.COACH, Caller.COORDINATOR, Caller.DEVICE

BODY_MAX = 16 * 1024
DECLARED = "_handrail_caller"


class Shape(Schema):
    """Parent of every wire schema: a field nobody declared is refused, never ignored."""

    class Meta:
        unknown = RAISE


class Instant(fields.AwareDateTime):
    """An instant on the wire: ISO 8601 in UTC, milliseconds, ending in Z."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", default_timezone=None, **options)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **options: Any) -> str | None:
        if value is None:
            return None
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class ProblemShape(Schema):
    """RFC 9457 problem details, with our `code`, for wrong fields `errors`, and members a client acts on."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    errors = fields.Dict()


@dataclass(frozen=True)
class Call:
    """What a view is given: the open transaction, who calls, and what was loaded."""

    db: Session
    caller: Person | None
    app: State
    body: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    path: dict[str, Any] = field(default_factory=dict)
    brought: Any = None
    afterwards: list[Callable[[], object]] = field(default_factory=list)

    @property
    def me(self) -> Person:
        """The signed-in person; asking for it on a route for anyone is a programming error."""
        if self.caller is None:
            raise LookupError("this route is open to anyone, so there may be nobody")
        return self.caller


View = Callable[[Call], Any]
Errand = Callable[[State, Any, dict[str, Any]], Any]


class JsonParser(FlaskParser):
    """Reads a JSON body; what a parser gives up on (nesting, numbers of thousands of digits) is a broken request."""

    def _raw_load_json(self, req: Any) -> Any:
        try:
            return super()._raw_load_json(req)
        except (JSONDecodeError, UnicodeDecodeError):
            raise  # webargs tells these apart from an empty body
        except (RecursionError, ValueError) as error:
            raise Problem("bad_request") from error


def room(name: str) -> Blueprint:
    """A blueprint for one room's routes."""
    blp = Blueprint(name, f"api.{name}", description=name)
    blp.ARGUMENTS_PARSER = JsonParser()
    return blp


def route(
    blp: Blueprint,
    method: str,
    rule: str,
    *,
    caller: Caller,
    body: type[Schema] | None = None,
    query: type[Schema] | None = None,
    answer: type[Schema] | None = None,
    status: int = 200,
    problems: tuple[str, ...] = (),
    limit: int = BODY_MAX,
    write: bool | None = None,
    etag: bool = False,
    from_anywhere: bool = False,
    errand: Errand | None = None,
) -> Callable[[View], View]:
    """Declare a route. `limit` is the largest body in bytes; `write` defaults to True for everything but GET.

    `from_anywhere` lets other sites and mail programs call it: only for what a secret in the path allows by itself.
    An `errand` is what must not stand in a transaction (the network, slow work): it runs before one is opened, and what
    it returns is `call.brought`.
    """
    writes = method != "GET" if write is None else write

    def declare(view: View) -> View:
        @wraps(view)
        def inside(*loaded: dict[str, Any], **path: Any) -> Any:
            parts = list(loaded)
            sent_query = parts.pop(0) if query else {}
            sent_body = parts.pop(0) if body else {}
            held, caller_is = state(), request.environ["handrail.person"]
            brought = errand(held, caller_is, sent_body) if errand else None
            with transaction(held.engine, writes) as db:
                call = Call(db, caller_is, held, sent_body, sent_query, path, brought)
                made = view(call)
            for act in call.afterwards:
                act()
            if isinstance(made, Problem):
                raise made
            return made

        shown: Any = inside
        shown = blp.response(status, answer)(shown) if answer else blp.response(status)(shown)
        if body:
            # An instance: webargs would make a new one of a class at every request, which costs as much as loading.
            shown = blp.arguments(body(), location="json")(shown)
        if query:
            shown = blp.arguments(query(), location="query")(shown)

        @wraps(shown)
        def outside(**path: Any) -> Any:
            request.environ["handrail.person"] = auth.admit(caller)
            request.max_content_length = limit
            if not from_anywhere:
                auth.refuse_cross_site(request, state().settings.origin)
            if body and not request.is_json:
                raise Problem("unsupported_media_type")
            if method != "GET":
                _receive()
            made = shown(**path)
            return _with_etag(made) if etag else made

        setattr(outside, DECLARED, caller)
        told: Any = outside
        for code in sorted({*problems, *_always(method, rule, caller, body is not None or query is not None)}):
            told = _document(blp, told, code)
        told = blp.doc(**_security(caller))(told)
        # What was documented is taken over; the dozen wrappers that documented it need not run at every request.
        outside._apidoc = told._apidoc  # type: ignore[attr-defined]
        blp.route(rule, methods=[method])(outside)
        return view

    return declare


def _receive() -> None:
    """Have the whole body before anything else is done, so that a stalled or broken one costs no transaction."""
    try:
        request.get_data(cache=True)
    except OSError as error:
        raise Problem("bad_request", "The body did not arrive whole.") from error


def _with_etag(made: Any) -> Response:
    response: Response = made if isinstance(made, Response) else Response(*made)
    response.add_etag()
    response.make_conditional(request)
    return response


def _always(method: str, rule: str, caller: Caller, takes_input: bool) -> set[str]:
    codes = {"unavailable", "bad_request"}
    if "<" in rule:
        codes |= {"not_found"}
    if caller is not Caller.ANYONE:
        codes |= {"signed_out"}
    if caller is Caller.DEVICE:
        codes |= {"device_revoked"}
    elif caller not in (Caller.ANYONE, Caller.SIGNED_IN):
        codes |= {"forbidden"}
    if method != "GET":
        codes |= {"cross_site", "too_large"}
    if takes_input:
        codes |= {"invalid", "unsupported_media_type"}
    return codes


def _document(blp: Blueprint, view: Any, code: str) -> Any:
    status, _ = CATALOGUE[code]
    told = {"schema": ProblemShape, "content_type": problems.MEDIA_TYPE, "description": _said(status)}
    return blp.alt_response(status, **told)(view)


def _said(status: int) -> str:
    return "; ".join(sorted(f"`{code}`" for code, (listed, _) in CATALOGUE.items() if listed == status))


def _security(caller: Caller) -> dict[str, Any]:
    told: dict[str, Any] = {"x-caller": caller.value}
    if caller is Caller.ANYONE:
        return told
    return {**told, "security": [{"device" if caller is Caller.DEVICE else "session": []}]}


class ProblemApi(Api):  # type: ignore[misc]
    """flask-smorest with our one problem shape; its own handler drops Allow and Retry-After."""

    def handle_http_exception(self, error: HTTPException) -> Any:
        found = problems.from_status(error.code or 500)
        data = getattr(error, "data", None) or {}
        if data.get("messages"):
            found = _wrong_input(data["messages"])
        kept = {k: v for k, v in error.get_headers() if k.lower() in ("allow", "retry-after", "location")}
        if error.code and 300 <= error.code < 400:
            return error.get_response()
        return answer(Problem(found.code, found.detail, fields=found.fields, headers=kept))


def _wrong_input(messages: dict[str, Any]) -> Problem:
    """webargs files its messages under the place they came from; what could not be read at all is a plain list."""
    told = messages.get("json") or messages.get("query") or messages
    if isinstance(told, dict):
        return Problem("invalid", fields={"body": told["_schema"]} if "_schema" in told else told)
    return Problem("bad_request", " ".join(str(line) for line in told))


def answer(problem: Problem) -> Response:
    """The response that tells of a problem."""
    response = Response(problem.encoded(), problem.status, content_type=problems.MEDIA_TYPE)
    response.headers.update(problem.headers)
    return response


def refuse_undeclared(app: Flask) -> None:
    """Stop the start-up when any route does not say who may call it."""
    for rule in app.url_map.iter_rules():
        if not hasattr(app.view_functions[rule.endpoint], DECLARED):
            raise RuntimeError(f"{rule} ({rule.endpoint}) does not declare who may call it")


def declared(caller: Caller) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the caller of a view that serves files instead of the API."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        setattr(view, DECLARED, caller)
        return view

    return mark


def broken(error: Exception) -> Response:
    """The last resort: the error is logged without anything of the request but its route, and told as `internal`."""
    log.error("unexpected", kind=type(error).__name__, route=str(request.url_rule), exc_info=error)
    return answer(Problem("internal"))
