"""A phone tells where it can be reached. Only the device's own person reads or changes that."""

from __future__ import annotations

from typing import Any

from api import clock
from api.http import RESIDENT, Call, room, route
from api.push import queries, services
from api.push.schemas import ConfirmedAnswer, DeviceQuery, KnownAnswer, SubscriptionShape

blp = room("push")
PATH = "/api/push/subscription"


@route(
    blp,
    "PUT",
    PATH,
    caller=RESIDENT,
    body=SubscriptionShape,
    answer=ConfirmedAnswer,
    problems=("bad_subscription", "device_unknown", "device_revoked", "endpoint_taken"),
)
def subscribe(call: Call) -> Any:
    where = call.body["device_id"], call.body["endpoint"], call.body["keys"]
    return services.subscribe(call.db, call.me, *where, call.app.settings.push_test_origin, clock.now())


@route(blp, "GET", PATH, caller=RESIDENT, query=DeviceQuery, answer=KnownAnswer)
def read_subscription(call: Call) -> Any:
    found = queries.subscription_of(call.db, call.me, call.query["device_id"])
    return found or {"endpoint": None, "confirmed_at": None}


@route(blp, "DELETE", PATH, caller=RESIDENT, query=DeviceQuery, status=204)
def unsubscribe(call: Call) -> Any:
    services.unsubscribe(call.db, call.me, call.query["device_id"])
