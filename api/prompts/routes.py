"""A resident's prompts and rhythm. No other kind of account has a route to any of it."""

from __future__ import annotations

from typing import Any

from api import clock
from api.http import RESIDENT, Call, room, route
from api.prompts import preview, queries, services
from api.prompts.models import Rhythm
from api.prompts.schemas import (
    AskNow,
    LogAnswer,
    PreviewAnswer,
    PromptsAnswer,
    PromptShape,
    RhythmChange,
    RhythmShape,
)

blp = room("prompts")


@route(blp, "GET", "/api/prompts", caller=RESIDENT, answer=PromptsAnswer)
def read_prompts(call: Call) -> Any:
    return {"prompts": queries.for_phone(call.db, call.me, clock.now())}


@route(
    blp,
    "POST",
    "/api/prompts/ask-now",
    caller=RESIDENT,
    body=AskNow,
    answer=PromptShape,
    status=201,
    problems=("too_many",),
)
def ask_now(call: Call) -> Any:
    now = clock.now()
    return queries.shown(services.ask_now(call.db, call.me, call.body["protocol"], now), now)


@route(blp, "GET", "/api/rhythm", caller=RESIDENT, answer=RhythmShape, write=True)
def read_rhythm(call: Call) -> Any:
    return _shown(services.begin_rhythm(call.db, call.me, clock.now()), call.me.zone)


@route(blp, "PUT", "/api/rhythm", caller=RESIDENT, body=RhythmChange, answer=RhythmShape)
def change_rhythm(call: Call) -> Any:
    return _shown(services.change_rhythm(call.db, call.me, call.body, clock.now()), call.body["zone"])


@route(blp, "GET", "/api/rhythm/preview", caller=RESIDENT, answer=PreviewAnswer, write=True)
def read_preview(call: Call) -> Any:
    now = clock.now()
    return preview.two_weeks(call.db, services.begin_rhythm(call.db, call.me, now), call.me.zone, now)


@route(blp, "GET", "/api/prompts/log", caller=RESIDENT, answer=LogAnswer)
def read_log(call: Call) -> Any:
    return {"prompts": preview.log(call.db, call.me, clock.now())}


def _shown(rhythm: Rhythm, zone: str) -> dict[str, Any]:
    return {"zone": zone, **{wish: getattr(rhythm, wish) for wish in services.WISHES}}
