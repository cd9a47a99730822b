"""Prompts and rhythms on the wire."""

from __future__ import annotations

from marshmallow import fields, validate

from api.http import Instant, Shape
from api.people.schemas import known_zone
from api.prompts.planner import WEEKLY_CAP

CLOCK_TIME = validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", error="is not a time like 18:30")
STATES = ("planned", "open", "answered", "snoozed", "declined", "passed")


class PromptShape(Shape):
    """One prompt of the signed-in resident. Nobody else can ask for it."""

    id = fields.String(required=True)
    protocol = fields.String(required=True)
    due_at = Instant(required=True)
    until = Instant(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    why = fields.String(required=True)


class PromptsAnswer(Shape):
    prompts = fields.List(fields.Nested(PromptShape), required=True)


class AskNow(Shape):
    """`protocol` null asks what the next scheduled prompt would ask."""

    protocol = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 8))


class SlotShape(Shape):
    """A weekday (Monday is 0) and a wall-clock time in the resident's zone."""

    weekday = fields.Integer(required=True, strict=True, validate=validate.Range(0, 6))
    time = fields.String(required=True, validate=CLOCK_TIME)
    protocol = fields.String(required=True, validate=validate.Length(1, 8))


class RhythmShape(Shape):
    """At most four times a week, one a day. `paused_until` is the first day on which prompts arrive again."""

    slots = fields.List(fields.Nested(SlotShape), required=True, validate=validate.Length(max=WEEKLY_CAP))
    quiet_from = fields.String(required=True, validate=CLOCK_TIME)
    quiet_to = fields.String(required=True, validate=CLOCK_TIME)
    paused_until = fields.Date(required=True, allow_none=True)
    zone = fields.String(required=True, validate=[validate.Length(1, 64), known_zone])
