"""A phone tells where it can be reached and reads how that goes; only the device's own person reads or changes it."""

from __future__ import annotations

from typing import Any

from flask import Response

from api import clock
from api.http import ANYONE, RESIDENT, Call, room, route
from api.problems import Problem
from api.push import off_page, queries, schemas, services

blp = room("push")
PATH = "/api/push/subscription"
DEVICE = ("device_unknown", "device_revoked")


@route(
    blp,
    "PUT",
    PATH,
    caller=RESIDENT,
    body=schemas.SubscriptionShape,
    answer=schemas.ConfirmedAnswer,
    problems=("bad_subscription", "endpoint_taken", *DEVICE),
)
def subscribe(call: Call) -> Any:
    ring, settings = call.app.vapid, call.app.settings
    made = services.subscribe(call.db, call.me, call.body, ring.publics, settings.push_test_origin, clock.now())
    return {"confirmed_at": made.confirmed_at, "push_key": ring.current}


@route(blp, "GET", PATH, caller=RESIDENT, query=schemas.DeviceQuery, answer=schemas.KnownAnswer)
def read_subscription(call: Call) -> Any:
    found = queries.subscription_of(call.db, call.me, call.query["device_id"])
    known = {"endpoint": found.endpoint, "confirmed_at": found.confirmed_at} if found else {}
    return {"endpoint": None, "confirmed_at": None, "push_key": call.app.vapid.current} | known


@route(blp, "DELETE", PATH, caller=RESIDENT, query=schemas.DeviceQuery, status=204)
def unsubscribe(call: Call) -> Any:
    services.unsubscribe(call.db, call.me, call.query["device_id"])


@route(blp, "POST", "/api/push/seen", caller=RESIDENT, body=schemas.OwnDevice, status=204)
def seen(call: Call) -> Any:
    services.seen(call.db, call.me, call.body["device_id"], clock.now())


@route(blp, "GET", "/api/push/health", caller=RESIDENT, query=schemas.DeviceQuery, answer=schemas.HealthAnswer)
def health(call: Call) -> Any:
    told = queries.health_of(call.db, call.me, call.query["device_id"], clock.today(call.me.zone))
    return told | {"push_key": call.app.vapid.current}


@route(
    blp,
    "POST",
    "/api/push/test",
    caller=RESIDENT,
    body=schemas.OwnDevice,
    answer=schemas.TrialAnswer,
    problems=("not_subscribed", "too_many", *DEVICE),
)
def ask_trial(call: Call) -> Any:
    made = services.ask_trial(call.db, call.app.session_secret, call.me, call.body["device_id"], clock.now())
    return made if isinstance(made, Problem) else queries.shown(made)


@route(blp, "GET", "/api/push/test", caller=RESIDENT, query=schemas.DeviceQuery, answer=schemas.TrialAnswer)
def read_trial(call: Call) -> Any:
    return queries.trial_of(call.db, call.me, call.query["device_id"])


@route(blp, "POST", "/api/push/test/confirm", caller=RESIDENT, body=schemas.TrialShown, status=204)
def confirm_trial(call: Call) -> Any:
    services.confirm_trial(call.db, call.me, call.body["device_id"], call.body["id"])


@route(blp, "PUT", "/api/push/email", caller=RESIDENT, body=schemas.EmailShape, answer=schemas.EmailAnswer)
def choose_mail(call: Call) -> Any:
    services.choose_mail(call.db, call.me, call.body["on"], clock.now())
    return queries.mail_of(call.db, call.me, clock.today(call.me.zone))


@route(blp, "GET", "/api/push/email/off/<token>", caller=ANYONE, write=False)
def mail_off_page(call: Call) -> Response:
    return off_page.asks()


@route(blp, "POST", "/api/push/email/off/<token>", caller=ANYONE, from_anywhere=True)
def mail_off(call: Call) -> Response:
    services.not_mailed(call.db, call.path["token"])
    return off_page.done()
