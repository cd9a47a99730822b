"""Tables of the phone's log. No row tells when it arrived; the only instants are those the phone wrote itself."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, new_id


class Stream(Base):
    """One person's log. This is the row that is locked, so `last_seq` grows in the order of commits.

    `tag` is the newest op's, "" before the first: with it a cursor tells this history from another that is as long.
    `epoch` is None while the database's own epoch holds; see `journal.services.begin_own_epoch`.
    """

    __tablename__ = "journal_stream"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    tag: Mapped[str] = mapped_column(String(8), default="", server_default="")
    epoch: Mapped[str | None] = mapped_column(Id)


class Op(Base):
    """One op of a person's log, never changed except that a withdrawal empties its body.

    Every key contains the person: a global op_id would let one person probe for another's. An op of kind "prompt" is a
    receipt: it was acted on, so it keeps only what tells a replay from a new op, and no outcome outlives the prompt.
    The device stays named after its row is gone, hence no foreign key. `tag` is drawn at random for each exchange, so
    a log that was put back and filled again, be it with the same ops, is never taken for the one it was.
    """

    __tablename__ = "journal_op"
    __table_args__ = (
        UniqueConstraint("person_id", "op_id"),
        UniqueConstraint("person_id", "device_id", "seq"),
        Index("ix_journal_op_person_id_entity_id", "person_id", "entity_id"),
    )

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    server_seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    op_id: Mapped[str] = mapped_column(Id)
    device_id: Mapped[str] = mapped_column(Id)
    seq: Mapped[int] = mapped_column(BigInteger)
    proto: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    entity_id: Mapped[str | None] = mapped_column(Id)
    base: Mapped[str | None] = mapped_column(Id)
    occurred_at: Mapped[str | None] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    mac: Mapped[str] = mapped_column(String(43))
    tag: Mapped[str] = mapped_column(String(8), default="", server_default="")


class Tombstone(Base):
    """An entity its author withdrew. It is never removed: whatever still arrives for it has no effect."""

    __tablename__ = "journal_tombstone"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    entity_id: Mapped[str] = mapped_column(Id, primary_key=True)


class Parked(Base):
    """An op that could not be stored as it is, set aside once however often it is sent.

    `kept` is what `envelope.read` allows to be kept, as JSON; `digest` is the SHA-256 of that and of the reason.
    """

    __tablename__ = "journal_parked"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    op_id: Mapped[str | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(String(32))
    kept: Mapped[str] = mapped_column(Text)


class DeviceLine(Base):
    """The highest sequence number that arrived from one device; what is missing below it stands in Gap."""

    __tablename__ = "journal_device_line"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    device_id: Mapped[str] = mapped_column(Id, primary_key=True)
    highest: Mapped[int] = mapped_column(BigInteger)


class Gap(Base):
    """Sequence numbers `first` to `last`, both included, that never arrived from a device.

    Kept as ranges and kept up to date, so an exchange costs the same however long the log is.
    """

    __tablename__ = "journal_gap"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    device_id: Mapped[str] = mapped_column(Id, primary_key=True)
    first: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger)


class Epoch(Base):
    """One row: the random id of this database's history, replaced when an older copy is restored."""

    __tablename__ = "journal_epoch"

    one: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    id: Mapped[str] = mapped_column(Id, default=new_id)
