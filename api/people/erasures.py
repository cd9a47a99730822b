"""Erasing an account, and the ledger by which a restored older copy of the database is made to forget again.

The ledger is a file in the instance folder, because a database that was put back would not hold it. It names nobody:
each line is the day and salted hashes of the person's id and of the ids of their phones, so that a phone that was away
can be told, too.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from api.config import Settings
from api.people.models import Device, Person, Try
from api.secret_files import secret_file


@dataclass(frozen=True)
class Ledger:
    """Who was erased, as far as somebody who has an id can ask. Lines are added and never changed."""

    path: Path
    salt: bytes = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Ledger:
        """The ledger of an instance. Its salt is made on first use and must outlive every backup, like the ledger."""
        salt = secret_file(settings.keys / "erasures", lambda: secrets.token_bytes(32))
        return cls(settings.instance / "erasures.jsonl", salt)

    def add(self, person_id: str, device_ids: Collection[str], day: date) -> None:
        """Write one erasure down; it is on the disk when this returns."""
        devices = sorted(self._mark("device", device_id) for device_id in device_ids)
        line = json.dumps({"person": self._mark("person", person_id), "devices": devices, "day": day.isoformat()})
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # One write at the end of the file, so two processes never mix their lines; it begins a line of its own even
        # after one that a power cut left half written.
        with open(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab", buffering=0) as out:
            out.write(f"\n{line}\n".encode())
            os.fsync(out.fileno())

    def names_person(self, person_id: str) -> bool:
        mark = self._mark("person", person_id)
        return any(line["person"] == mark for line in self._lines())

    def names_device(self, device_id: str) -> bool:
        """Whether this phone belonged to somebody who was erased."""
        mark = self._mark("device", device_id)
        return any(mark in line["devices"] for line in self._lines())

    def among(self, person_ids: Collection[str]) -> list[str]:
        """Those of the people who were erased, in the order given."""
        gone = {line["person"] for line in self._lines()}
        return [person_id for person_id in person_ids if self._mark("person", person_id) in gone]

    def _mark(self, kind: str, identifier: str) -> str:
        return hmac.digest(self.salt, f"{kind}\0{identifier}".encode("utf-8", "replace"), "sha256").hex()

    def _lines(self) -> Iterator[dict[str, Any]]:
        """A last line that a power cut left half written says nothing; its erasure was not committed either."""
        try:
            text = self.path.read_text("utf-8", "replace")
        except FileNotFoundError:
            return
        for line in text.splitlines():
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue


def erase(db: Session, ledger: Ledger, person: Person, account_keys: Collection[str], day: date) -> None:
    """Delete a person and, by the foreign keys of every room, all that is theirs on this server.

    The ledger is written last before the commit: a crash after it repeats an erasure that was asked for, a crash before
    it leaves nothing half done. `account_keys` are the keyed hashes of counted tries that lead to their address.
    """
    devices = list(db.scalars(select(Device.id).where(Device.person_id == person.id)))
    db.execute(delete(Try).where(Try.key.in_(account_keys)))
    _delete(db, [person.id])
    ledger.add(person.id, devices, day)


def replay(db: Session, ledger: Ledger) -> int:
    """Erase again whoever a restored older copy brought back; how many people that were."""
    back = ledger.among(list(db.scalars(select(Person.id))))
    _delete(db, back)
    return len(back)


def _delete(db: Session, person_ids: Collection[str]) -> None:
    db.execute(delete(Person).where(Person.id.in_(person_ids)).execution_options(synchronize_session=False))
    db.flush()


def scrub(engine: Engine) -> None:
    """Cut SQLite's write-ahead log to nothing, where pages from before an erasure live on. Best effort."""
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()
