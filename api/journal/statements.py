"""The statements of every exchange, built once: building one anew costs more than running it.

They name tables, not mapped classes, and run on the session's connection; `person` is bound in every one of them.
"""

from __future__ import annotations

from typing import Final, cast

from sqlalchemy import BindParameter, Table, and_, bindparam, insert, select, update

from api.db import Base
from api.journal.envelope import PROMPT
from api.journal.models import DeviceLine, Epoch, Gap, Op, Parked, Stream, Tombstone
from api.people.models import Device


def _table(model: type[Base]) -> Table:
    return cast(Table, model.__table__)


OPS, PARKED, TOMBSTONES = _table(Op), _table(Parked), _table(Tombstone)
LINES, GAPS, STREAMS = _table(DeviceLine), _table(Gap), _table(Stream)
EPOCHS, DEVICES = _table(Epoch), _table(Device)

HOLES_MAX: Final = 500

_person: BindParameter[str] = bindparam("person")
_device: BindParameter[str] = bindparam("device")

EPOCH = select(EPOCHS.c.id)
DEVICES_OF = select(DEVICES.c.id, DEVICES.c.revoked_at).where(DEVICES.c.person_id == _person)

ADD_OPS, ADD_LINES, ADD_GAPS, ADD_TOMBSTONES = insert(OPS), insert(LINES), insert(GAPS), insert(TOMBSTONES)

STREAM = select(STREAMS.c.last_seq, STREAMS.c.tag, STREAMS.c.epoch).where(STREAMS.c.person_id == _person)
LOCKED_STREAM = STREAM.with_for_update()
MOVE_STREAM = (
    update(STREAMS).where(STREAMS.c.person_id == _person).values(last_seq=bindparam("to"), tag=bindparam("marked"))
)
AT = select(OPS.c.tag).where(OPS.c.person_id == _person, OPS.c.server_seq == bindparam("at"))

KNOWN = select(OPS.c.op_id, OPS.c.mac, OPS.c.server_seq).where(
    OPS.c.person_id == _person, OPS.c.op_id.in_(bindparam("ids", expanding=True))
)
TAKEN = select(OPS.c.seq, OPS.c.op_id).where(
    OPS.c.person_id == _person, OPS.c.device_id == _device, OPS.c.seq.in_(bindparam("seqs", expanding=True))
)
GRAVES = select(TOMBSTONES.c.entity_id).where(
    TOMBSTONES.c.person_id == _person, TOMBSTONES.c.entity_id.in_(bindparam("entities", expanding=True))
)
HIGHEST = select(LINES.c.device_id, LINES.c.highest).where(LINES.c.person_id == _person)
MOVE_LINE = (
    update(LINES).where(LINES.c.person_id == _person, LINES.c.device_id == _device).values(highest=bindparam("to"))
)

ARRIVED = (
    select(LINES.c.highest, GAPS.c.first, GAPS.c.last)
    .outerjoin(GAPS, and_(GAPS.c.person_id == LINES.c.person_id, GAPS.c.device_id == LINES.c.device_id))
    .where(LINES.c.person_id == _person, LINES.c.device_id == _device)
    .order_by(GAPS.c.first)
    .limit(HOLES_MAX)
)

OP_COLUMNS = tuple(
    OPS.c[name]
    for name in ("proto", "op_id", "device_id", "seq", "entity_id", "kind", "base", "occurred_at", "body", "mac")
)
CHANGES = (
    select(OPS.c.server_seq, OPS.c.tag, *OP_COLUMNS)
    .where(
        OPS.c.person_id == _person,
        OPS.c.server_seq > bindparam("after"),
        OPS.c.server_seq <= bindparam("upto"),
        OPS.c.kind != PROMPT,
    )
    .order_by(OPS.c.server_seq)
    .limit(bindparam("rows"))
)
