"""Shift calendars on the wire."""

from __future__ import annotations

from typing import Any, get_args

from marshmallow import ValidationError, fields, validate, validates_schema

from api.addresses import ADDRESS_MAX
from api.http import Instant, Shape
from api.shifts.reading import BYTES_MAX
from api.shifts.shift import Kind
from api.shifts.trouble import Reason


class CalendarSent(Shape):
    """A calendar file's text, or the address of a feed (https, or webcal, which means the same): one of the two."""

    ics = fields.String(load_default=None, validate=validate.Length(1, BYTES_MAX))
    url = fields.String(load_default=None, validate=validate.Length(1, ADDRESS_MAX))

    @validates_schema
    def one_of_the_two(self, sent: dict[str, Any], **_: Any) -> None:
        if (sent["ics"] is None) == (sent["url"] is None):
            raise ValidationError("Send either a calendar's text or the address of a feed.")


class ShiftShape(Shape):
    """ "night" is work through 03:00 on the resident's wall clock."""

    start = Instant(required=True)
    end = Instant(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(get_args(Kind)))


class CalendarAnswer(Shape):
    """The resident's own shift calendar: the next 35 days of it. `source` is null when there is none.

    `host` is where a feed comes from; its address is never shown again. `read_on` is the day of the last good reading,
    `through` the last day that is known, `left_out` how many entries had no hours or were no shift, `problem` why a
    feed could not be read again (its last good shifts are kept).
    """

    source = fields.String(required=True, allow_none=True, validate=validate.OneOf(["file", "feed"]))
    host = fields.String(required=True, allow_none=True)
    read_on = fields.Date(required=True, allow_none=True)
    through = fields.Date(required=True, allow_none=True)
    left_out = fields.Integer(required=True)
    problem = fields.String(required=True, allow_none=True, validate=validate.OneOf(get_args(Reason)))
    shifts = fields.List(fields.Nested(ShiftShape), required=True)
