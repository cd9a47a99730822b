"""Shapes of the demo's clock on the wire."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema

from api.http import Instant, Shape


class DemoState(Shape):
    now = Instant(required=True)
    offset_s = fields.Float(required=True)
    target_offset_s = fields.Float(required=True)
    next_release_at = Instant(required=True, allow_none=True)


class AdvanceRequest(Shape):
    seconds = fields.Float(allow_nan=False, validate=validate.Range(0, 60 * 86_400))
    to = fields.String(validate=validate.OneOf(["next_release"]))

    @validates_schema
    def one_of_both(self, data: dict[str, object], **_: object) -> None:
        if len(data) != 1:
            raise ValidationError("Say either seconds or to.")


class Advanced(Shape):
    target_offset_s = fields.Float(required=True)
