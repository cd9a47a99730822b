"""Routes that exist in a demo instance only: where its clock stands, and moving it on."""

from __future__ import annotations

from typing import Any

from api import clock
from api.demo import player, schemas
from api.http import ANYONE, SIGNED_IN, Call, room, route

blp = room("demo")


@route(blp, "GET", "/api/demo", caller=ANYONE, answer=schemas.DemoState)
def demo(call: Call) -> dict[str, Any]:
    return {
        "now": clock.now(),
        "offset_s": clock.offset_s(),
        "target_offset_s": player.target_s(call.app),
        "next_release_at": player.next_release_at(call.app),
    }


@route(
    blp, "POST", "/api/demo/advance", caller=SIGNED_IN, body=schemas.AdvanceRequest, answer=schemas.Advanced, status=202
)
def advance(call: Call) -> dict[str, float]:
    wanted = call.body.get("seconds") if "seconds" in call.body else player.seconds_to_next_release(call.app)
    return {"target_offset_s": player.ask(call.app, clock.offset_s() + (wanted or 0))}
