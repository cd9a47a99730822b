"""The pulse's named side on the wire. Keys and messages are base64url without padding."""

from __future__ import annotations

from marshmallow import fields, validate

from api.http import Instant, Shape

KEY_ID = validate.Regexp(r"\A[A-Za-z0-9_-]{43}\Z", error="not a key id")


class CellShape(Shape):
    """One counted item: `max` for a single position, or `options` and `pick` for that many positions of 0 or 1."""

    item = fields.String(required=True)
    max = fields.Integer()
    options = fields.Integer()
    pick = fields.Integer()


class BlockShape(Shape):
    group = fields.String(required=True)
    block = fields.String(required=True)
    key_id = fields.String(required=True)
    spki = fields.String(required=True)
    shape = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(CellShape)), required=True)
    open_day = fields.Date(required=True)
    end_day = fields.Date(required=True)
    closes_at = Instant(required=True)
    eligible = fields.Boolean(required=True)
    eligible_count = fields.Integer(required=True)
    pinned_by = fields.String(required=True, allow_none=True)


class Blocks(Shape):
    blocks = fields.List(fields.Nested(BlockShape), required=True)


class IssueRequest(Shape):
    key_id = fields.String(required=True, validate=KEY_ID)
    blinded_msg = fields.String(required=True, validate=validate.Length(max=512))


class IssueAnswer(Shape):
    blind_sig = fields.String(required=True)


class GroupName(Shape):
    id = fields.String(required=True)
    name = fields.String(required=True)


class ChipShape(Shape):
    words = fields.String(required=True)
    band = fields.String(required=True, validate=validate.OneOf(("few", "half", "most")))


class ReleasedCell(Shape):
    """`band` for a share, `chips` for chips, neither for `not_enough`; `why` is a sentence for the reader."""

    protocol = fields.String(required=True)
    item = fields.String(required=True)
    words = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(("share", "chips")))
    state = fields.String(required=True, validate=validate.OneOf(("shown", "not_enough")))
    band = fields.String(required=True, allow_none=True, validate=validate.OneOf(("few", "half", "most")))
    chips = fields.List(fields.Nested(ChipShape), required=True, allow_none=True)
    why = fields.String(required=True, allow_none=True)


class AgendaCard(Shape):
    question = fields.String(required=True)
    step = fields.String(required=True)
    source = fields.String(required=True, data_key="from", attribute="from")


class ReleaseShape(Shape):
    """What residents get. `body` is the release's one text; everybody can read its digest in the box's list."""

    group = fields.Nested(GroupName, required=True)
    block = fields.String(required=True)
    open_day = fields.Date(required=True)
    end_day = fields.Date(required=True)
    published_at = Instant(required=True)
    key_id = fields.String(required=True)
    eligible = fields.Integer(required=True)
    issued = fields.Integer(required=True)
    cells = fields.List(fields.Nested(ReleasedCell), required=True)
    agenda = fields.Nested(AgendaCard, required=True, allow_none=True)
    note = fields.String(required=True)
    body = fields.String(required=True)


class Releases(Shape):
    releases = fields.List(fields.Nested(ReleaseShape), required=True)


class CoachRelease(ReleaseShape):
    """What coaches get: the same release less what is for a phone's checks.

    No counts (R5), and no body, whose salt would let a reader find the counts by trying them against its digest.
    """

    class Meta(Shape.Meta):
        exclude = ("eligible", "issued", "body")


class GroupReleases(Shape):
    group = fields.Nested(GroupName, required=True)
    next_release_at = Instant(required=True, allow_none=True)
    releases = fields.List(fields.Nested(CoachRelease), required=True)


class CoachReleases(Shape):
    group_count = fields.Integer(required=True)
    groups = fields.List(fields.Nested(GroupReleases), required=True)
