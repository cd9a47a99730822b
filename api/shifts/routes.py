"""A resident's own shift calendar. No other kind of account has a route to any of it."""

from __future__ import annotations

from typing import Any

from api import clock
from api.db import transaction
from api.http import RESIDENT, Call, room, route
from api.people import services as people
from api.people.models import Person
from api.problems import Problem
from api.shifts import queries, services
from api.shifts.schemas import CalendarAnswer, CalendarSent
from api.shifts.services import Found
from api.shifts.trouble import SAID, CalendarTrouble
from api.state import State

blp = room("shifts")
PATH = "/api/shifts"
CALENDAR_MAX = 1024 * 1024
TRIES_MAX = 12


def read_calendar(app: State, me: Person, sent: dict[str, Any]) -> Found:
    """Open what the resident sent, before any transaction. Raises Problem bad_calendar or too_many."""
    now = clock.now()
    with transaction(app.engine) as db:
        wait_s = people.count_try(db, people.keyed_hash(app.session_secret, "calendar", me.id), TRIES_MAX, now)
    if wait_s is not None:
        raise people.too_many(wait_s)
    try:
        if sent["ics"] is not None:
            return services.read_file(sent["ics"], me.zone, now)
        return services.read_feed(sent["url"], me.zone, now, app.settings.feed_test_origin)
    except CalendarTrouble as trouble:
        raise Problem("bad_calendar", SAID[trouble.reason], reason=trouble.reason) from trouble


@route(blp, "GET", PATH, caller=RESIDENT, answer=CalendarAnswer)
def read_shifts(call: Call) -> Any:
    return queries.shown(call.db, call.me, clock.now())


@route(
    blp,
    "PUT",
    PATH,
    caller=RESIDENT,
    body=CalendarSent,
    answer=CalendarAnswer,
    problems=("bad_calendar", "too_many"),
    limit=CALENDAR_MAX,
    errand=read_calendar,
)
def put_calendar(call: Call) -> Any:
    now = clock.now()
    services.keep(call.db, call.me, call.brought, now)
    return queries.shown(call.db, call.me, now)


@route(blp, "DELETE", PATH, caller=RESIDENT, status=204)
def take_out(call: Call) -> Any:
    services.take_out(call.db, call.me)
