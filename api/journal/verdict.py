"""What becomes of an op, decided from what the person's log already holds. Pure.

The statuses: `applied`, `dup`, `conflict`, `fork`, `parked`, `later`, `not_yours`. The first, second and fifth end an
op's time in the phone's outbox.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from api.journal.envelope import PROMPT, Envelope, Misfit


class Known(NamedTuple):
    """What is compared of an op already in the log."""

    mac: str
    server_seq: int


@dataclass(frozen=True, slots=True)
class Result:
    """The answer for one op. `op_id` and `seq` are None when they could not be read; answers come in the ops' order.

    `server_seq` is set for applied and dup, `reason` for parked.
    """

    op_id: str | None
    seq: int | None
    status: str
    server_seq: int | None = None
    reason: str | None = None


@dataclass(slots=True)
class Ledger:
    """The part of one person's log that bears on a batch, carried on as the batch is judged.

    `devices` are the person's own, `buried` the entities withdrawn before or within the batch.
    """

    last_seq: int = 0
    devices: set[str] = field(default_factory=set)
    ops: dict[str, Known] = field(default_factory=dict)
    seqs: dict[tuple[str, int], str] = field(default_factory=dict)
    buried: set[str] = field(default_factory=set)
    applied: list[tuple[int, Envelope]] = field(default_factory=list)
    parked: list[Misfit] = field(default_factory=list)
    withdrawn: set[str] = field(default_factory=set)

    def judge(self, op: Envelope | Misfit) -> Result:
        """Answer one op and remember it for those that follow in the batch."""
        if op.device_id is not None and op.device_id not in self.devices:
            return Result(op.op_id, op.seq, "not_yours")
        known = self.ops.get(op.op_id) if op.op_id is not None else None
        if known is not None:
            return self._again(op, known)
        if isinstance(op, Misfit):
            return self._set_aside(op)
        if self.seqs.get((op.device_id, op.seq), op.op_id) != op.op_id:
            return Result(op.op_id, op.seq, "fork")
        return self._apply(op)

    def _again(self, op: Envelope | Misfit, known: Known) -> Result:
        if op.mac == known.mac:
            return Result(op.op_id, op.seq, "dup", known.server_seq)
        return Result(op.op_id, op.seq, "conflict")

    def _set_aside(self, op: Misfit) -> Result:
        if op.newer:
            return Result(op.op_id, op.seq, "later", reason=op.reason)
        self.parked.append(op)
        return Result(op.op_id, op.seq, "parked", reason=op.reason)

    def _apply(self, op: Envelope) -> Result:
        self.last_seq += 1
        self.ops[op.op_id] = Known(op.mac, self.last_seq)
        self.seqs[op.device_id, op.seq] = op.op_id
        if op.kind == "withdraw" and op.entity_id not in self.buried:
            self.buried.add(op.entity_id)
            self.withdrawn.add(op.entity_id)
        self.applied.append((self.last_seq, op))
        return Result(op.op_id, op.seq, "applied", self.last_seq)

    def outcomes(self) -> list[Envelope]:
        """The ops just applied that the server has to act on itself."""
        return [op for _, op in self.applied if op.kind == PROMPT]


def arrivals(ledger: Ledger) -> Iterable[tuple[str, int]]:
    """(device, seq) of everything that reached the server in this batch for the first time, lowest first."""
    marks = {(op.device_id, op.seq) for _, op in ledger.applied}
    marks |= {(op.device_id, op.seq) for op in ledger.parked if op.device_id is not None and op.seq is not None}
    return sorted(marks)
