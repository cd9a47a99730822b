"""Who may call: the kinds of callers, the session cookie, and the refusal of requests from other sites."""

from __future__ import annotations

import hashlib
import re
import secrets
from enum import Enum
from urllib.parse import urlsplit

from flask import Flask, Request, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from api import clock
from api.db import transaction
from api.people import devices, queries
from api.people.erasures import Ledger
from api.people.models import Person
from api.problems import Problem
from api.state import state

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
DEVICE_ID = "handrail.device"
DEVICE_SHOWN = re.compile(r"Device ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})")


class Caller(Enum):
    """Who a route is for. Every route declares one; see `api.http.refuse_undeclared`."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    RESIDENT = "resident"
    COACH = "coach"
    COORDINATOR = "coordinator"
    # A phone by its own secret, without a session: it may deliver, and is told nothing but what became of each entry.
    DEVICE = "device"


class SessionUser(UserMixin):  # type: ignore[misc]
    """flask-login's view of a session row: its id is the session's token, never the person's id."""

    def __init__(self, token: str, person: Person) -> None:
        self.id = token
        self.person = person


def token_hash(token: str) -> str:
    """What the database keeps of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    return secrets.token_urlsafe(32)


def install(app: Flask) -> None:
    """Sessions through flask-login; its cookie holds only the token of a session row."""
    manager = LoginManager()
    # "strong" signs people out whenever a phone changes from Wi-Fi to cellular.
    manager.session_protection = None
    manager.user_loader(_load)
    manager.init_app(app)


def _load(token: str) -> SessionUser | None:
    with transaction(state().engine, write=False) as db:
        person = queries.signed_in(db, token_hash(token), clock.now())
    return SessionUser(token, person) if person else None


def remember(token: str, person: Person) -> None:
    """Put the session into the answer's cookie, which outlives the browser's own session."""
    session.permanent = True
    login_user(SessionUser(token, person))


def forget() -> str | None:
    """Take the session out of the cookie; its token, or None when nobody was signed in."""
    token = current_user.id if current_user.is_authenticated else None
    logout_user()
    return token


def admit(caller: Caller) -> Person | None:
    """The person behind this request, if the route is for them.

    Raises Problem signed_out (401), forbidden or device_revoked (403). None only for Caller.ANYONE, whose session is
    not even read.
    """
    if caller is Caller.ANYONE:
        return None
    if caller is Caller.DEVICE:
        return _admit_device()
    if not current_user.is_authenticated:
        raise Problem("signed_out")
    person: Person = current_user.person
    if caller is not Caller.SIGNED_IN and person.role != caller.value:
        raise Problem("forbidden")
    return person


def _admit_device() -> Person:
    """The person whose phone shows its secret: `Authorization: Device <id>.<secret>`. A cookie counts for nothing here.

    A phone of somebody who was erased is told what a removed phone is told, so that it wipes itself too.
    """
    shown = DEVICE_SHOWN.fullmatch(request.headers.get("Authorization", ""))
    if shown is None:
        raise Problem("signed_out")
    device_id, secret = shown.groups()
    with transaction(state().engine, write=False) as db:
        holder = devices.holder(db, device_id, secret)
    if holder is None:
        raise Problem("device_revoked" if Ledger.of(state().settings).names_device(device_id) else "signed_out")
    if holder.removed:
        raise Problem("device_revoked")
    request.environ[DEVICE_ID] = device_id
    return holder.person


def calling_device() -> str:
    """The id of the phone whose secret opened this route."""
    return str(request.environ[DEVICE_ID])


def session_hash() -> str:
    """The hash of the session this request came with; only on routes for somebody signed in."""
    return token_hash(current_user.id)


def refuse_cross_site(request: Request, origin: str) -> None:
    """Let unsafe methods pass only from our own pages: Fetch Metadata first, Origin where it is missing.

    A request with neither header is refused: every browser we serve sends one of them.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    sent = request.headers.get("Origin")
    if site is not None:
        if site != "same-origin":
            raise Problem("cross_site")
    elif sent is None or _place(sent) != _place(origin):
        raise Problem("cross_site")


def _place(origin: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(origin)
        return parts.scheme, parts.hostname, parts.port
    except ValueError:
        return "", None, None
