"""The library on the wire."""

from __future__ import annotations

from marshmallow import fields

from api.http import Shape
from api.library.loading import ProtocolShape


class LibraryAnswer(Shape):
    """`version` changes with any change of any protocol."""

    version = fields.String(required=True)
    protocols = fields.List(fields.Nested(ProtocolShape), required=True)
