"""The one shape of trouble (RFC 9457) and the catalogue of everything that can be wrong with a request.

A broken request raises one Problem; an expected outcome (already there, parked, gone) is a value and never comes
here. Codes are part of the contract: clients switch on `code`, people read `title` and `detail`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MEDIA_TYPE = "application/problem+json"

CATALOGUE: dict[str, tuple[int, str]] = {
    "already_issued": (409, "Another token was already issued to this account for this block"),
    "bad_calendar": (422, "That calendar cannot be used"),
    "bad_blinded": (422, "The blinded message is not acceptable"),
    "bad_request": (400, "The request could not be read"),
    "bad_sheet": (422, "The sheet does not fit the block's public shape"),
    "bad_subscription": (422, "The push subscription cannot be used"),
    "bad_token": (403, "The token is not valid for this block"),
    "block_closed": (410, "The block is closed"),
    "block_not_open": (425, "The block is not open yet"),
    "code_wrong": (401, "That code does not open this door"),
    "count_invariant": (500, "The block's counts contradict each other"),
    "cross_site": (403, "The request did not come from this site"),
    "device_revoked": (403, "This device was removed from the account"),
    "device_taken": (409, "That device id belongs to someone else"),
    "device_unknown": (409, "This device is not registered yet"),
    "endpoint_taken": (409, "That push endpoint belongs to another account"),
    "forbidden": (403, "This is not for your kind of account"),
    "identity_exists": (409, "This account already has a journal key"),
    "internal": (500, "Something broke on our side"),
    "invalid": (422, "Some fields are not right"),
    "method_not_allowed": (405, "That method is not offered here"),
    "not_acceptable": (406, "That representation is not offered here"),
    "not_anonymous": (400, "The box takes no cookie and no credential"),
    "not_eligible": (403, "This account does not take part in this block"),
    "not_found": (404, "There is nothing here"),
    "other_person": (409, "These entries belong to another account"),
    "person_exists": (409, "Someone with that address is already here"),
    "not_subscribed": (409, "This device takes no pushes yet"),
    "signed_out": (401, "Please sign in"),
    "signing_failure": (500, "The signature could not be made"),
    "stale_sheet": (409, "A newer sheet is already stored"),
    "too_early": (425, "It is too early for that"),
    "too_large": (413, "The request is too large"),
    "too_many": (429, "Too many tries; please wait"),
    "too_many_ops": (422, "Too many entries in one request"),
    "unavailable": (503, "Handrail cannot answer just now; nothing is lost"),
    "unknown_key": (404, "No such block key"),
    "unsupported_media_type": (415, "Only JSON is read here"),
    "words_first": (409, "Twelve words have to be made first"),
}


class Problem(Exception):
    """One request cannot be served, for a reason in the catalogue.

    `fields` maps a field's path to the sentences that say what is wrong with it; `extra` adds members the client acts
    on (for instance the counter of a stale sheet). Raising KeyError for an unlisted code is on purpose.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        fields: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        self.status, self.title = CATALOGUE[code]
        super().__init__(f"{code}: {detail or self.title}")
        self.code = code
        self.detail = detail or self.title
        self.fields = dict(fields or {})
        self.headers = dict(headers or {})
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The members of the problem document."""
        body: dict[str, Any] = {
            "type": f"urn:handrail:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.fields:
            body["errors"] = self.fields
        return {**body, **self.extra}

    def encoded(self) -> bytes:
        return json.dumps(self.body(), ensure_ascii=False).encode("utf-8", "replace")


BY_STATUS = {
    400: "bad_request",
    401: "signed_out",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many",
    503: "unavailable",
}


def from_status(status: int) -> Problem:
    """The problem for an error that the framework raised by its status alone."""
    if status in BY_STATUS:
        return Problem(BY_STATUS[status])
    return Problem("bad_request" if 400 <= status < 500 else "internal")
