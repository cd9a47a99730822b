"""Routes of the people room: the one door, this person, their devices and keys, and the coordinator's lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from api import auth, clock
from api.http import ANYONE, COORDINATOR, RESIDENT, SIGNED_IN, Call, room, route
from api.people import queries, schemas, services
from api.people.models import Group, Person
from api.problems import Problem
from api.state import State

blp = room("people")


@route(blp, "GET", "/api/health", caller=ANYONE, answer=schemas.Health)
def health(call: Call) -> dict[str, str]:
    queries.all_groups(call.db)
    return {"status": "ok"}


@route(
    blp,
    "POST",
    "/api/sign-in/code",
    caller=ANYONE,
    body=schemas.CodeRequest,
    answer=schemas.Nothing,
    status=202,
    problems=("too_many",),
)
def ask_code(call: Call) -> dict[str, Any] | Problem:
    made = services.ask_code(call.db, call.app.session_secret, call.body["email"], _address(), clock.now())
    if isinstance(made, Problem):
        return made
    if made is not None:
        call.afterwards.append(lambda: call.app.mail.send(made))
    return {}


@route(
    blp,
    "POST",
    "/api/sign-in",
    caller=ANYONE,
    body=schemas.SignInRequest,
    answer=schemas.Me,
    problems=("code_wrong", "too_many"),
)
def sign_in(call: Call) -> dict[str, Any] | Problem:
    token, life = auth.new_token(), timedelta(days=call.app.settings.session_d)
    code = "".join(call.body["code"].split())
    knock = services.Knock(call.body["email"], code, _address(), call.body["device_name"], auth.token_hash(token))
    opened = services.sign_in(call.db, call.app.session_secret, knock, life, clock.now())
    if isinstance(opened, Problem):
        return opened
    call.afterwards.append(lambda: auth.remember(token, opened))
    return _me(call.db, opened, call.app)


@route(blp, "POST", "/api/sign-out", caller=ANYONE, status=204)
def sign_out(call: Call) -> str:
    if (token := auth.forget()) is not None:
        services.sign_out(call.db, auth.token_hash(token))
    return ""


@route(blp, "GET", "/api/me", caller=SIGNED_IN, answer=schemas.Me)
def me(call: Call) -> dict[str, Any]:
    return _me(call.db, call.me, call.app)


@route(
    blp,
    "PUT",
    "/api/devices/<uuid:device_id>",
    caller=RESIDENT,
    body=schemas.DeviceRequest,
    answer=schemas.DeviceShape,
    problems=("device_taken", "device_revoked", "other_person"),
)
def register_device(call: Call) -> Any:
    services.refuse_another(call.me, call.body["person_id"])
    return services.register_device(call.db, call.me, str(call.path["device_id"]), call.body["name"], clock.now())


@route(
    blp,
    "PUT",
    "/api/identity",
    caller=RESIDENT,
    body=schemas.IdentityRequest,
    answer=schemas.PublicKey,
    problems=("identity_exists",),
)
def set_identity(call: Call) -> dict[str, str]:
    return {"public_key": services.set_identity(call.db, call.me, call.body["public_key"], call.body["replaces"])}


@route(blp, "GET", "/api/wraps", caller=RESIDENT, answer=schemas.Wraps)
def wraps(call: Call) -> dict[str, Any]:
    return {"wraps": queries.wraps_of(call.db, call.me)}


@route(
    blp, "PUT", "/api/wraps/<any(recovery):kind>", caller=RESIDENT, body=schemas.WrapRequest, answer=schemas.WrapShape
)
def keep_wrap(call: Call) -> Any:
    return services.keep_wrap(call.db, call.me, call.path["kind"], call.body["body"])


@route(blp, "GET", "/api/coordinator/people", caller=COORDINATOR, answer=schemas.People)
def people(call: Call) -> dict[str, Any]:
    listed: dict[str, dict[str, Any]] = {}
    for person, group in queries.all_people(call.db):
        listed.setdefault(person.id, _person(person, group))
    return {"people": list(listed.values())}


@route(
    blp,
    "POST",
    "/api/coordinator/people",
    caller=COORDINATOR,
    body=schemas.PersonRequest,
    answer=schemas.PersonShape,
    status=201,
    problems=("person_exists",),
)
def invite(call: Call) -> dict[str, Any]:
    person, group = services.invite(call.db, call.body, clock.now())
    letter = services.invitation(person, call.app.settings.origin)
    call.afterwards.append(lambda: call.app.mail.send(letter))
    return _person(person, group)


@route(blp, "GET", "/api/coordinator/groups", caller=COORDINATOR, answer=schemas.Groups)
def groups(call: Call) -> dict[str, Any]:
    return {"groups": queries.all_groups(call.db)}


@route(
    blp,
    "POST",
    "/api/coordinator/groups",
    caller=COORDINATOR,
    body=schemas.GroupRequest,
    answer=schemas.GroupShape,
    status=201,
)
def add_group(call: Call) -> Group:
    return services.add_group(call.db, **call.body)


def _address() -> str:
    return request.remote_addr or "unknown"


def _me(db: Session, person: Person, app: State) -> dict[str, Any]:
    known = queries.identity_of(db, person)
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "role": person.role,
        "zone": person.zone,
        "groups": queries.groups_of(db, person),
        "push_key": app.vapid_public,
        "identity": {"public_key": known} if known else None,
        "demo": {"offset_s": clock.offset_s()} if app.settings.demo else None,
        "residents_first_h": app.settings.residents_first_h,
    }


def _person(person: Person, group: Group | None) -> dict[str, Any]:
    shown = {"id": group.id, "name": group.name} if group else None
    known = {"id": person.id, "name": person.name, "email": person.email, "role": person.role}
    return {**known, "group": shown, "state": "disabled" if person.disabled_at else "member"}
