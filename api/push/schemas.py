"""Push subscriptions on the wire."""

from __future__ import annotations

from marshmallow import fields, validate

from api.http import Instant, Shape

DEVICE_ID = validate.Regexp(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", error="is not a device's id")


class Keys(Shape):
    """The two keys of a browser's PushSubscription, base64url."""

    p256dh = fields.String(required=True, validate=validate.Length(1, 120))
    auth = fields.String(required=True, validate=validate.Length(1, 40))


class SubscriptionShape(Shape):
    """Where the calling device can be reached. Only addresses of known push services are taken."""

    device_id = fields.String(required=True, validate=DEVICE_ID)
    endpoint = fields.String(required=True, validate=validate.Length(1, 4096))
    keys = fields.Nested(Keys, required=True)


class DeviceQuery(Shape):
    device_id = fields.String(required=True, validate=DEVICE_ID)


class ConfirmedAnswer(Shape):
    confirmed_at = Instant(required=True)


class KnownAnswer(Shape):
    """What the server knows of this device; both null when it has no subscription."""

    endpoint = fields.String(required=True, allow_none=True)
    confirmed_at = Instant(required=True, allow_none=True)
