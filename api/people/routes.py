"""Routes of the people room: the one door, this person, their devices and keys, and the coordinator's lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from api import auth, clock
from api.http import ANYONE, COORDINATOR, RESIDENT, SIGNED_IN, Call, room, route
from api.people import devices, handover, queries, schemas, services
from api.people.erasures import Ledger, scrub
from api.people.models import Device, Group, Person
from api.problems import Problem
from api.state import State

blp = room("people")
DEVICE_PATH = "/api/devices/<uuid:device_id>"
PASSKEY_PATH = "/api/wraps/passkey"
HANDOVER_PATH = "/api/handover"


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


@route(blp, "GET", "/api/devices", caller=RESIDENT, answer=schemas.Devices)
def own_devices(call: Call) -> dict[str, Any]:
    return {"devices": [_device(call, device) for device in devices.of_person(call.db, call.me)]}


@route(
    blp,
    "PUT",
    DEVICE_PATH,
    caller=RESIDENT,
    body=schemas.DeviceRequest,
    answer=schemas.EnrolledShape,
    problems=("device_taken", "device_revoked", "other_person"),
)
def enrol_device(call: Call) -> dict[str, Any]:
    """This phone tells its name and its secret; an enrolled one keeps the name it has."""
    services.refuse_another(call.me, call.body["person_id"])
    device_id, session, former = str(call.path["device_id"]), auth.session_hash(), call.body["instead_of"]
    reset = devices.left_behind(call.db, session, device_id, former and str(former))
    told = device_id, call.body["name"], call.body["secret"]
    return {**_device(call, devices.enrol(call.db, call.me, *told, session, clock.now())), "reset": reset}


@route(blp, "PATCH", DEVICE_PATH, caller=RESIDENT, body=schemas.DeviceName, answer=schemas.DeviceShape)
def rename_device(call: Call) -> dict[str, Any]:
    return _device(call, devices.rename(call.db, call.me, str(call.path["device_id"]), call.body["name"]))


@route(blp, "DELETE", DEVICE_PATH, caller=RESIDENT, status=204)
def remove_device(call: Call) -> str:
    """The phone's sessions end now, and it wipes itself when it next meets the server."""
    devices.remove(call.db, call.me, str(call.path["device_id"]), auth.session_hash(), clock.now())
    return ""


@route(
    blp,
    "POST",
    "/api/me/erase",
    caller=RESIDENT,
    body=schemas.EraseRequest,
    status=204,
    problems=("code_wrong", "too_many"),
)
def erase_me(call: Call) -> str | Problem:
    """Erase the account and all that is kept under its name, for a code that was mailed a moment ago."""
    ledger, code = Ledger.of(call.app.settings), "".join(call.body["code"].split())
    told = services.erase_own(call.db, call.app.session_secret, ledger, call.me, code, clock.now())
    if isinstance(told, Problem):
        return told
    call.afterwards.extend([auth.forget, lambda: scrub(call.app.engine), lambda: call.app.mail.send(told)])
    return ""


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


@route(blp, "PUT", "/api/wraps/recovery", caller=RESIDENT, body=schemas.WrapRequest, answer=schemas.WrapShape)
def keep_words(call: Call) -> Any:
    return services.keep_wrap(call.db, call.me, services.RECOVERY, call.body["body"])


@route(
    blp,
    "PUT",
    PASSKEY_PATH,
    caller=RESIDENT,
    body=schemas.PasskeyWrapRequest,
    answer=schemas.WrapShape,
    problems=("words_first",),
)
def keep_passkey(call: Call) -> Any:
    return services.keep_wrap(call.db, call.me, "passkey", call.body["body"], call.body["credential_id"])


@route(blp, "DELETE", PASSKEY_PATH, caller=RESIDENT, status=204)
def drop_passkey(call: Call) -> str:
    services.drop_wrap(call.db, call.me, "passkey")
    return ""


@route(blp, "PUT", HANDOVER_PATH, caller=RESIDENT, body=schemas.HandoverKey, answer=schemas.HandoverKey)
def ask_handover(call: Call) -> Any:
    """A new phone asks the person's other phone for the journal key."""
    return handover.begin(call.db, call.me, call.body["public_key"], clock.now())


@route(blp, "GET", HANDOVER_PATH, caller=RESIDENT, answer=schemas.HandoverKey, problems=("not_found",))
def waiting_handover(call: Call) -> Any:
    return handover.waiting(call.db, call.me, clock.now())


@route(
    blp,
    "POST",
    f"{HANDOVER_PATH}/give",
    caller=RESIDENT,
    body=schemas.HandoverGift,
    status=204,
    problems=("not_found",),
)
def give_handover(call: Call) -> str:
    """The phone that has the journal key seals it to the new one."""
    handover.give(call.db, call.me, call.body["public_key"], call.body["body"], clock.now())
    return ""


@route(
    blp,
    "POST",
    f"{HANDOVER_PATH}/take",
    caller=RESIDENT,
    body=schemas.HandoverKey,
    answer=schemas.HandoverTaken,
    problems=("not_found",),
)
def take_handover(call: Call) -> dict[str, Any]:
    """The sealed key for the new phone, once; null while the other phone has not answered."""
    return {"body": handover.take(call.db, call.me, call.body["public_key"], clock.now())}


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


def _device(call: Call, device: Device) -> dict[str, Any]:
    added_on = clock.local(device.created_at, call.me.zone).date()
    return {"id": device.id, "name": device.name, "added_on": added_on}


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
