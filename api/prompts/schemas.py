"""Prompts and rhythms on the wire."""

from __future__ import annotations

from typing import get_args

from marshmallow import fields, validate

from api.http import Instant, Shape
from api.people.schemas import known_zone
from api.prompts.choosing import Level
from api.prompts.planner import WEEKLY_CAP, Eased, Reason

CLOCK_TIME = validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", error="is not a time like 18:30")
STATES = ("planned", "open", "answered", "snoozed", "declined", "passed")
LEVELS, REASONS, EASED = get_args(Level), get_args(Reason), get_args(Eased)
POST_CALL_MAX_H = 24


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
    """A weekday (Monday is 0) and a wall-clock time in the resident's zone; with no protocol the planner picks one."""

    weekday = fields.Integer(required=True, strict=True, validate=validate.Range(0, 6))
    time = fields.String(required=True, validate=CLOCK_TIME)
    protocol = fields.String(required=True, allow_none=True, validate=validate.Length(1, 8))


class RhythmChange(Shape):
    """At most four times a week, one a day. `paused_until` is the first day on which prompts arrive again.

    `nights_until` is the last day on which they sleep by day. What is not required stays as it is when it is left out.
    """

    slots = fields.List(fields.Nested(SlotShape), required=True, validate=validate.Length(max=WEEKLY_CAP))
    quiet_from = fields.String(required=True, validate=CLOCK_TIME)
    quiet_to = fields.String(required=True, validate=CLOCK_TIME)
    paused_until = fields.Date(required=True, allow_none=True)
    zone = fields.String(required=True, validate=[validate.Length(1, 64), known_zone])
    weekly_cap = fields.Integer(strict=True, validate=validate.Range(1, WEEKLY_CAP))
    protocols = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 8)),
        values=fields.String(validate=validate.OneOf(LEVELS)),
        validate=validate.Length(max=40),
    )
    nights_until = fields.Date(allow_none=True)
    after_shift = fields.Boolean()
    during_shift = fields.Boolean()
    post_call_h = fields.Integer(strict=True, validate=validate.Range(0, POST_CALL_MAX_H))
    hold_back = fields.Boolean()


class RhythmShape(Shape):
    """The whole rhythm of the signed-in resident."""

    slots = fields.List(fields.Nested(SlotShape), required=True)
    quiet_from = fields.String(required=True)
    quiet_to = fields.String(required=True)
    paused_until = fields.Date(required=True, allow_none=True)
    zone = fields.String(required=True)
    weekly_cap = fields.Integer(required=True)
    protocols = fields.Dict(required=True, keys=fields.String(), values=fields.String(validate=validate.OneOf(LEVELS)))
    nights_until = fields.Date(required=True, allow_none=True)
    after_shift = fields.Boolean(required=True)
    during_shift = fields.Boolean(required=True)
    post_call_h = fields.Integer(required=True)
    hold_back = fields.Boolean(required=True)


class ComingPrompt(Shape):
    at = Instant(required=True)
    until = Instant(required=True)
    protocol = fields.String(required=True)
    why = fields.String(required=True)


class ComingDay(Shape):
    """A day and its prompt, or the `reason` why none comes; `why` says either in plain words."""

    date = fields.Date(required=True)
    prompt = fields.Nested(ComingPrompt, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True, validate=validate.OneOf(REASONS))
    why = fields.String(required=True)


class PreviewAnswer(Shape):
    """Two weeks as they will be if nothing changes. `eased` is how far prompts eased after some passed unanswered."""

    zone = fields.String(required=True)
    eased = fields.String(required=True, validate=validate.OneOf(EASED))
    nights_quiet_from = fields.String(required=True)
    nights_quiet_to = fields.String(required=True)
    days = fields.List(fields.Nested(ComingDay), required=True)


class LoggedPrompt(Shape):
    """`chance` is the probability with which it was to be held back; null where nothing was drawn."""

    date = fields.Date(required=True)
    at = Instant(required=True)
    protocol = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf((*STATES, "held_back")))
    chance = fields.Float(required=True, allow_none=True)


class LogAnswer(Shape):
    prompts = fields.List(fields.Nested(LoggedPrompt), required=True)
