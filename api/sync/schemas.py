"""The wire of the exchange. An op comes in as any JSON at all: a bad one gets an answer, and the batch goes on."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.http import Instant, Shape
from api.people.schemas import Owner
from api.prompts.schemas import PromptShape

UUID = validate.Regexp(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
STATUSES = ("applied", "dup", "conflict", "fork", "parked", "later", "not_yours")
COUNT_MAX = 2**53 - 1

OPS = {"description": "At most 50, each as in OpShape; one that is not is answered parked", "maxItems": 50}


class OpShape(Shape):
    """The envelope of one entry; `mac` is HMAC-SHA256 over the canonical envelope, see api/journal/envelope.py."""

    proto = fields.Integer(required=True)
    op_id = fields.String(required=True)
    device_id = fields.String(required=True)
    seq = fields.Integer(required=True)
    entity_id = fields.String(required=True)
    kind = fields.String(required=True)
    base = fields.String(required=True, allow_none=True)
    occurred_at = fields.String(required=True)
    body = fields.String(required=True)
    mac = fields.String(required=True)


class SyncRequest(Shape):
    """What a phone sends: its new ops and where it stopped reading."""

    proto = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    nonce = fields.String(required=True, validate=validate.Length(min=1, max=64))
    client_now = fields.String(required=True, validate=validate.Length(max=40))
    known_epoch = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=36))
    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=64))
    acked_through = fields.Integer(load_default=0, strict=True, validate=validate.Range(min=0, max=COUNT_MAX))
    device_id = fields.String(required=True, validate=UUID)
    person_id = Owner()
    ops = fields.List(fields.Raw(allow_none=True), required=True, metadata=OPS)


class Plain(fields.Nested):
    """A part that the server already wrote in the wire's own types: declared for the contract, passed on as it is.

    Dumping field by field what holds no field to convert was a tenth of an exchange.
    """

    def _serialize(self, nested_obj: Any, *given: Any, **options: Any) -> Any:  # type: ignore[override]
        return nested_obj


class ResultShape(Shape):
    """The answer for one op, in the order of the ops. `op_id` and `seq` are null when they could not be read."""

    op_id = fields.String(required=True, allow_none=True)
    seq = fields.Integer(required=True, allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    server_seq = fields.Integer()
    reason = fields.String()


class ChangeShape(Shape):
    """An op of the log and its place in it. A withdrawn entity's ops come with an empty body."""

    server_seq = fields.Integer(required=True)
    op = fields.Nested(OpShape, required=True)


class SyncAnswer(Shape):
    """What the phone gets back; without the same nonce it did not come from this server."""

    proto = fields.Integer(required=True)
    nonce = fields.String(required=True)
    server_epoch = fields.String(required=True)
    server_now = Instant(required=True)
    results = fields.List(Plain(ResultShape), required=True)
    acked_through = fields.Integer(required=True)
    holes = fields.List(fields.Integer(), required=True)
    changes = fields.List(Plain(ChangeShape), required=True)
    more = fields.Boolean(required=True)
    cursor = fields.String(required=True)
    prompts = fields.List(fields.Nested(PromptShape), required=True)


class DeliveryRequest(Shape):
    """What a phone sends under its own secret: its new ops and nothing it wants to know."""

    proto = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    nonce = fields.String(required=True, validate=validate.Length(min=1, max=64))
    ops = fields.List(fields.Raw(allow_none=True), required=True, metadata=OPS)


class DeliveredShape(Shape):
    """The answer for one op, without its place in the log: the count of somebody's entries is theirs to read."""

    op_id = fields.String(required=True, allow_none=True)
    seq = fields.Integer(required=True, allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    reason = fields.String()


class DeliveryAnswer(Shape):
    proto = fields.Integer(required=True)
    nonce = fields.String(required=True)
    results = fields.List(fields.Nested(DeliveredShape), required=True)


class MissingRequest(Shape):
    """Ids of ops a phone kept, asked after a restore."""

    device_id = fields.String(required=True, validate=UUID)
    person_id = Owner()
    op_ids = fields.List(fields.String(validate=UUID), required=True, validate=validate.Length(max=500))


class MissingAnswer(Shape):
    missing = fields.List(fields.String(), required=True)
