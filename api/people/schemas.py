"""Shapes of the people room on the wire."""

from __future__ import annotations

import unicodedata
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validate

from api.http import Shape
from api.people.models import ROLES


def plain(value: str) -> None:
    """One line of printable text: control characters and lone surrogates can be stored nowhere."""
    if not value.strip() or any(unicodedata.category(c) in ("Cc", "Cs") for c in value):
        raise ValidationError("Use plain text on one line.")


def known_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError("Not a time zone, like America/Chicago.")


def _text(most: int, **options: Any) -> fields.String:
    return fields.String(validate=[validate.Length(1, most), plain], **options)


def _email(**options: Any) -> fields.Email:
    return fields.Email(required=True, validate=[validate.Length(max=254), plain], **options)


class CodeRequest(Shape):
    email = _email()


class Nothing(Shape):
    """An empty object."""


def _code() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"^\s*[0-9]{3}\s?[0-9]{3}\s*$", error="Six digits."))


class SignInRequest(Shape):
    email = _email()
    code = _code()
    device_name = _text(80, load_default="A browser")


class GroupRef(Shape):
    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["resident", "coach"]))


class PublicKey(Shape):
    public_key = fields.String(required=True)


class DemoClock(Shape):
    offset_s = fields.Float(required=True)


class Me(Shape):
    id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    zone = fields.String(required=True)
    groups = fields.List(fields.Nested(GroupRef), required=True)
    push_key = fields.String(required=True, metadata={"description": "VAPID public key, base64url"})
    identity = fields.Nested(PublicKey, required=True, allow_none=True)
    demo = fields.Nested(DemoClock, required=True, allow_none=True)
    residents_first_h = fields.Integer(required=True)


class Health(Shape):
    status = fields.String(required=True)


class Owner(fields.String):
    """The person a phone's store belongs to; when the session is somebody else's, nothing of the request is done."""

    def __init__(self, **options: Any) -> None:
        most = validate.Length(max=36)
        super().__init__(load_default=None, allow_none=True, validate=most, **options)


DEVICE_SECRET = validate.Regexp(r"^[A-Za-z0-9_-]{43}\Z", error="32 bytes as base64url.")


class DeviceRequest(Shape):
    name = _text(80, required=True)
    person_id = Owner()
    instead_of = fields.UUID(load_default=None, allow_none=True)
    secret = fields.String(
        load_default=None,
        allow_none=True,
        validate=DEVICE_SECRET,
        metadata={"description": "32 random bytes of this phone, base64url; it may deliver under them, no more"},
    )


class DeviceName(Shape):
    name = _text(80, required=True)


class DeviceShape(Shape):
    device_id = fields.String(required=True, attribute="id")
    name = fields.String(required=True)
    added_on = fields.Date(required=True, metadata={"description": "The person's local day"})


class DeviceRef(Shape):
    device_id = fields.String(required=True, attribute="id")
    name = fields.String(required=True)


class EnrolledShape(DeviceShape):
    reset = fields.Nested(
        DeviceRef,
        required=True,
        allow_none=True,
        metadata={"description": "The phone this session was before, when that was another one: its storage is lost"},
    )


class Devices(Shape):
    devices = fields.List(fields.Nested(DeviceShape), required=True)


class EraseRequest(Shape):
    code = _code()


ARMORED = r"^-----BEGIN AGE ENCRYPTED FILE-----\n[A-Za-z0-9+/=\n]+-----END AGE ENCRYPTED FILE-----\n?$"
AGE_PUBLIC = validate.Regexp(r"^age1[0-9a-z]{58}$", error="An age X25519 recipient.")


class IdentityRequest(Shape):
    public_key = fields.String(required=True, validate=AGE_PUBLIC)
    replaces = fields.String(required=True, allow_none=True, validate=validate.Length(max=120))


def _sealed(**options: Any) -> fields.String:
    return fields.String(validate=[validate.Length(1, 4096), validate.Regexp(ARMORED)], **options)


class WrapRequest(Shape):
    body = _sealed(required=True)


class PasskeyWrapRequest(Shape):
    """What a passkey told the browser in secret is no field here, so a body that carries it is refused."""

    body = _sealed(required=True)
    credential_id = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9_-]{16,1400}\Z"))


class WrapShape(Shape):
    kind = fields.String(required=True)
    body = fields.String(required=True)
    credential_id = fields.String(required=True, allow_none=True)


class HandoverKey(Shape):
    public_key = fields.String(required=True, validate=AGE_PUBLIC)


class HandoverGift(HandoverKey):
    body = _sealed(required=True)


class HandoverTaken(Shape):
    body = fields.String(required=True, allow_none=True)


class Wraps(Shape):
    wraps = fields.List(fields.Nested(WrapShape), required=True)


class GroupShape(Shape):
    id = fields.String(required=True)
    name = fields.String(required=True)
    zone = fields.String(required=True)
    term_start = fields.Date(required=True)
    block_weeks = fields.Integer(required=True)


class Groups(Shape):
    groups = fields.List(fields.Nested(GroupShape), required=True)


class GroupRequest(Shape):
    name = _text(120, required=True)
    zone = fields.String(required=True, validate=[validate.Length(1, 64), known_zone])
    term_start = fields.Date(required=True)
    people_expected = fields.Integer(load_default=8, strict=True, validate=validate.Range(1, 100_000))


class PersonGroup(Shape):
    id = fields.String(required=True)
    name = fields.String(required=True)


class PersonShape(Shape):
    id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    group = fields.Nested(PersonGroup, required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(["member", "disabled"]))


class People(Shape):
    people = fields.List(fields.Nested(PersonShape), required=True)


class PersonRequest(Shape):
    email = _email()
    name = _text(120, required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    group_id = fields.UUID(load_default=None, allow_none=True)
    zone = fields.String(load_default=None, allow_none=True, validate=[validate.Length(1, 64), known_zone])
