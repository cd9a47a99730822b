"""The library's one route. It is the same for everybody and holds nothing of anybody."""

from __future__ import annotations

from typing import Any

from api.http import ANYONE, Call, room, route
from api.library import queries
from api.library.loading import library
from api.library.schemas import LibraryAnswer

blp = room("library")

# A broken protocol file stops the start-up instead of the first resident who opens the app.
library()


@route(blp, "GET", "/api/library", caller=ANYONE, answer=LibraryAnswer, etag=True)
def read_library(call: Call) -> Any:
    whole = queries.whole()
    return {"version": whole.version, "protocols": list(whole.protocols.values())}
