"""Push on the wire: where a device can be reached, how that goes, and what else may be done."""

from __future__ import annotations

from marshmallow import fields, validate

from api.http import Instant, Shape

UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z"
DEVICE_ID = validate.Regexp(UUID, error="is not a device's id")
PUSH_KEY = {"description": "The VAPID public key new subscriptions are made under, base64url without padding"}


class Keys(Shape):
    """The two keys of a browser's PushSubscription, base64url."""

    p256dh = fields.String(required=True, validate=validate.Length(1, 120))
    auth = fields.String(required=True, validate=validate.Length(1, 40))


class SubscriptionShape(Shape):
    """Where the calling device can be reached. Only addresses of known push services are taken.

    `key` is the applicationServerKey it was made with; without it the server keeps what it knew, or takes its newest.
    """

    device_id = fields.String(required=True, validate=DEVICE_ID)
    endpoint = fields.String(required=True, validate=validate.Length(1, 4096))
    keys = fields.Nested(Keys, required=True)
    key = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 100))


class DeviceQuery(Shape):
    device_id = fields.String(required=True, validate=DEVICE_ID)


class ConfirmedAnswer(Shape):
    confirmed_at = Instant(required=True)
    push_key = fields.String(required=True, metadata=PUSH_KEY)


class KnownAnswer(Shape):
    """What the server knows of this device; endpoint and confirmed_at are null when it has no subscription."""

    endpoint = fields.String(required=True, allow_none=True)
    confirmed_at = Instant(required=True, allow_none=True)
    push_key = fields.String(required=True, metadata=PUSH_KEY)


class Broken(Shape):
    since = fields.Date(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(["gone", "unanswered", "key_retired"]))


class EmailAnswer(Shape):
    """`instead` tells whether a prompt of today would go by mail."""

    on = fields.Boolean(required=True)
    silent_days = fields.Integer(required=True)
    instead = fields.Boolean(required=True)


class EmailShape(Shape):
    on = fields.Boolean(required=True)


class HealthAnswer(Shape):
    """Plain facts about pushing to one device; days on the person's calendar, never moments."""

    subscribed = fields.Boolean(required=True)
    confirmed_on = fields.Date(required=True, allow_none=True)
    accepted_on = fields.Date(required=True, allow_none=True)
    broken = fields.Nested(Broken, required=True, allow_none=True)
    service = fields.String(required=True, validate=validate.OneOf(["well", "busy", "refused", "silent"]))
    paused_until = fields.Date(required=True, allow_none=True)
    push_key = fields.String(required=True, metadata=PUSH_KEY)
    email = fields.Nested(EmailAnswer, required=True)


class OwnDevice(Shape):
    device_id = fields.String(required=True, validate=DEVICE_ID)


class TrialShown(Shape):
    device_id = fields.String(required=True, validate=DEVICE_ID)
    id = fields.String(required=True, validate=validate.Regexp(UUID, error="is not a test's id"))


class TrialAnswer(Shape):
    """How a test push stands: taken by the push service ("sent"), then confirmed by the phone ("shown")."""

    id = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(["none", "waiting", "sent", "shown", "failed"]))
    reason = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(["gone", "busy", "refused", "unanswered", "blocked", "late"]),
    )
