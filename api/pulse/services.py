"""What changes the pulse: a person's one token for a block, and the tick that moves blocks through their life."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Engine, func, update
from sqlalchemy.orm import Session

from api.config import Settings
from api.people import queries as people
from api.people.models import Person
from api.problems import Problem
from api.pulse import blindsign, blocks, closing, keys
from api.pulse.apart import apart
from api.pulse.box import BoxStore
from api.pulse.models import ANNOUNCED, CLOSING, ISSUING, OPEN, BlockKey, Issuance
from api.pulse.wire import b64u, unb64u

log = structlog.get_logger()


@dataclass(frozen=True, repr=False)
class Grant:
    """The right to one signature. It is made while the answer is written, which is after the ledger was committed."""

    key: blindsign.IssuerKey
    blinded: bytes

    @property
    def blind_sig(self) -> str:
        """Raises Problem signing_failure (500); asking again is safe, the same message is signed again."""
        try:
            return b64u(blindsign.blind_sign(self.key, self.blinded))
        except blindsign.SigningFailure as error:
            log.error("signing_failure")
            raise Problem("signing_failure") from error


@dataclass
class Moved:
    """How many blocks took which step in one tick; `refused` is an alarm and names the keys."""

    announced: int = 0
    issuing: int = 0
    opened: int = 0
    closed: int = 0
    published: int = 0
    refused: list[str] = field(default_factory=list)


def issue(db: Session, me: Person, key_id: str, blinded_msg: str, kek: bytes) -> Grant:
    """Let this person have one blinded message signed under a block's key; the same message as often as they ask.

    Raises Problem unknown_key, too_early, block_closed, not_eligible, bad_blinded or already_issued.
    """
    block = _locked(db, me, key_id)
    entry = db.get(Issuance, (me.id, key_id))
    if entry is None:
        raise Problem("not_eligible")
    key = keys.unseal(kek, unb64u(key_id), block.sealed or b"")
    blinded = _blinded(key, blinded_msg)
    digest = hashlib.sha256(blinded).digest()
    if entry.blinded_hash is None:
        entry.blinded_hash = digest
        block.issued = min(block.issued + 1, block.eligible or 0)
    elif entry.blinded_hash != digest:
        raise Problem("already_issued")
    return Grant(key, blinded)


def count_as_restored(db: Session) -> None:
    """After an older copy of the database was put back: how many tokens were issued since is not known any more.

    Phones hold those tokens and will use them, so every block that still takes sheets counts as issued in full. That is
    the most it can be, and the checks of a block's counts hold for whatever number it was.
    """
    living = update(BlockKey).where(BlockKey.state.in_((ISSUING, OPEN, CLOSING)))
    db.execute(living.values(issued=func.coalesce(BlockKey.eligible, 0)))


def _locked(db: Session, me: Person, key_id: str) -> BlockKey:
    # Every issue and the close of a block take its row first, so none of them waits for the other in a circle.
    block = db.get(BlockKey, key_id, with_for_update=True)
    if block is None or block.group_id not in people.group_ids(db, me, "resident"):
        raise Problem("unknown_key")
    if block.state == ANNOUNCED:
        raise Problem("too_early", "tokens for this block are issued later")
    if block.state not in (ISSUING, OPEN):
        raise Problem("block_closed")
    return block


def _blinded(key: blindsign.IssuerKey, sent: str) -> bytes:
    try:
        blinded = unb64u(sent)
        blindsign.refuse_blinded(key.n, blinded)
    except ValueError as error:
        raise Problem("bad_blinded") from error
    return blinded


def tick(engine: Engine, box: BoxStore, settings: Settings, kek: bytes, now: datetime) -> Moved:
    """Move every block as far as `now` allows, in small transactions.

    May be stopped anywhere and run by several workers at once. A block that cannot take its step is told in the log and
    tried again by the next tick; the others go on. Raises Problem unavailable when a database cannot be read.
    """
    moved = Moved()
    moved.announced = blocks.announce_due(engine, settings, kek, now)
    moved.issuing = blocks.freeze_due(engine, now)
    moved.opened = blocks.open_due(engine, now)
    closing.mirror(engine, box)
    for block in closing.claim_due(engine, now):
        with apart("close", block.block):
            if closing.close_block(engine, box, settings, block.key_id, now):
                moved.closed += 1
            else:
                moved.refused.append(block.key_id)
    moved.published = closing.publish_due(engine, box, now)
    closing.wipe(engine, box)
    return moved
