"""The phone's front door."""

from __future__ import annotations

from typing import Any

from flask import Request
from webargs.flaskparser import FlaskParser

from api import auth, clock
from api.http import DEVICE as A_PHONE
from api.http import RESIDENT, Call, room, route
from api.sync import parsing, services
from api.sync.schemas import DeliveryAnswer, DeliveryRequest, MissingAnswer, MissingRequest, SyncAnswer, SyncRequest

REQUEST_MAX = 262_144
DEVICE = ("device_unknown", "device_revoked", "other_person")


class PatientParser(FlaskParser):
    """Reads a body whose parts may be poison; see `api.sync.parsing`."""

    def _raw_load_json(self, req: Request) -> Any:
        return parsing.loads(req.get_data(cache=True))


blp = room("sync")
blp.ARGUMENTS_PARSER = PatientParser()


@route(
    blp,
    "POST",
    "/api/sync",
    caller=RESIDENT,
    body=SyncRequest,
    answer=SyncAnswer,
    problems=(*DEVICE, "too_many_ops"),
    limit=REQUEST_MAX,
)
def sync(call: Call) -> Any:
    """One exchange: the phone's ops in, everything it lacks out."""
    return services.take_in(call.db, call.me, call.body, clock.now())


@route(
    blp,
    "POST",
    "/api/sync/deliver",
    caller=A_PHONE,
    body=DeliveryRequest,
    answer=DeliveryAnswer,
    problems=("too_many_ops",),
    limit=REQUEST_MAX,
)
def deliver(call: Call) -> Any:
    """A phone's ops under its own secret, when its session is over or locked away. Nothing can be read here."""
    return services.deliver(call.db, call.me, auth.calling_device(), call.body, clock.now())


@route(
    blp,
    "POST",
    "/api/sync/missing",
    caller=RESIDENT,
    body=MissingRequest,
    answer=MissingAnswer,
    problems=DEVICE,
    limit=32_768,
    write=False,
)
def ask_missing(call: Call) -> Any:
    """Which of the ops a phone kept are not here."""
    return {"missing": services.missing(call.db, call.me, call.body)}
