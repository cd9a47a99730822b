"""The pulse's named side over HTTP. The box has its own application; see `api/pulse/box`."""

from __future__ import annotations

from typing import Any

from api import clock
from api.http import COACH, RESIDENT, Call, room, route
from api.pulse import queries, services
from api.pulse.schemas import Blocks, CoachReleases, IssueAnswer, IssueRequest, Releases

blp = room("pulse")


@route(blp, "GET", "/api/pulse/blocks", caller=RESIDENT, answer=Blocks)
def blocks(call: Call) -> Any:
    """The blocks a phone fetches tokens for, used or not. It compares each key with the box's anonymous list first."""
    return queries.blocks_for(call.db, call.me)


@route(
    blp,
    "POST",
    "/api/pulse/issue",
    caller=RESIDENT,
    body=IssueRequest,
    answer=IssueAnswer,
    problems=(
        "already_issued",
        "bad_blinded",
        "block_closed",
        "not_eligible",
        "signing_failure",
        "too_early",
        "unknown_key",
    ),
)
def issue(call: Call) -> Any:
    """One blind signature per account and block. The same blinded message is signed again, with the same bytes."""
    kek = call.app.key_encryption_key
    return services.issue(call.db, call.me, call.body["key_id"], call.body["blinded_msg"], kek)


@route(blp, "GET", "/api/pulse/releases", caller=RESIDENT, answer=Releases, etag=True)
def releases(call: Call) -> Any:
    """What was released for the resident's groups, before coaches see it; `body` has the digest the box lists."""
    return queries.residents_releases(call.db, call.me, clock.now())


@route(blp, "GET", "/api/coach/releases", caller=COACH, answer=CoachReleases, etag=True)
def coach_releases(call: Call) -> Any:
    """The same list for every coach of a group; it takes no filter, date or cohort."""
    return queries.coach_releases(call.db, call.me, clock.now(), call.app.settings)
