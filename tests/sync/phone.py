"""A phone for tests: the client's half of the exchange, small and real. It seals, stamps, keeps, retries and heals."""

from __future__ import annotations

import json
import os
import time
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pyrage

from api.journal.envelope import PROTO, mac, mac_key

Send = Callable[[str, str, dict[str, Any]], tuple[int, Any]]
Op = dict[str, Any]

BATCH = 50
PAD = 1024


class Lost(Exception):
    """The network ate the request or its answer; the phone cannot tell which."""


def uuid7(at_ms: int | None = None) -> str:
    """A UUID that starts with the time in milliseconds."""
    stamp = (at_ms if at_ms is not None else time.time_ns() // 1_000_000) & (2**48 - 1)
    tail = int.from_bytes(os.urandom(10), "big")
    value = stamp << 80 | 7 << 76 | (tail >> 68) << 64 | 2 << 62 | tail & (2**62 - 1)
    return str(uuid.UUID(int=value))


def secret_bytes(identity: Any) -> bytes:
    """The 32 bytes inside AGE-SECRET-KEY-1…, which is bech32: five bits a letter, the last six letters a checksum."""
    letters = str(identity).lower().rpartition("1")[2][:-6]
    bits = "".join(f"{'qpzry9x8gf2tvdw0s3jn54khce6mua7l'.index(letter):05b}" for letter in letters)
    return int(bits[:256], 2).to_bytes(32, "big")


@dataclass
class Keys:
    """What a person's devices share: the identity bodies are sealed to; the key of the macs follows from it."""

    identity: Any = field(default_factory=pyrage.x25519.Identity.generate)

    def __post_init__(self) -> None:
        self.mac_key = mac_key(secret_bytes(self.identity))

    def seal(self, content: Any) -> str:
        """An age file as base64url; the JSON inside is padded with spaces to a multiple of 1,024 bytes."""
        plain = json.dumps(content).encode()
        padded = plain.ljust(-(-len(plain) // PAD) * PAD)
        return urlsafe_b64encode(pyrage.encrypt(padded, [self.identity.to_public()])).rstrip(b"=").decode()

    def open(self, body: str) -> Any:
        sealed = urlsafe_b64decode(body + "=" * (-len(body) % 4))
        return json.loads(pyrage.decrypt(sealed, [self.identity]))


@dataclass
class Phone:
    """One device of one person. `outbox` waits for an answer, `kept` had one, `log` is the journal as pulled.

    `attention` holds what an answer said of an op that is not simply delivered. `restamped` are ops that were written
    under another device id first, or sent before: `conflict` says of them that they are there.
    """

    send: Send
    keys: Keys = field(default_factory=Keys)
    device_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    person_id: str | None = None
    now: Callable[[], str] = lambda: "2026-11-19T12:00:00.000Z"
    last_seq: int = 0
    epoch: str | None = None
    cursor: str | None = None
    acked_through: int = 0
    speaks: int | None = None
    more: bool = False
    signed_out: bool = False
    outbox: dict[str, Op] = field(default_factory=dict)
    kept: dict[str, Op] = field(default_factory=dict)
    log: dict[int, Op] = field(default_factory=dict)
    attention: dict[str, str] = field(default_factory=dict)
    restamped: set[str] = field(default_factory=set)
    let_go: set[int] = field(default_factory=set)
    holes: list[int] = field(default_factory=list)
    prompts: list[dict[str, Any]] = field(default_factory=list)

    def create(self, content: Any) -> Op:
        return self.stamp("create", uuid7(), body=self.keys.seal(content))

    def revise(self, op: Op, content: Any) -> Op:
        return self.stamp("revise", op["entity_id"], base=op["op_id"], body=self.keys.seal(content))

    def withdraw(self, op: Op) -> Op:
        return self.stamp("withdraw", op["entity_id"], base=op["op_id"])

    def settle(self, prompt_id: str, outcome: str, **more: str) -> Op:
        body = json.dumps({"prompt_id": prompt_id, "outcome": outcome, **more})
        return self.stamp("prompt", prompt_id, body=body)

    def stamp(self, kind: str, entity_id: str, base: str | None = None, body: str = "") -> Op:
        """Save: number, sign and queue one op."""
        op: Op = {"proto": PROTO, "op_id": uuid7(), "entity_id": entity_id, "kind": kind, "base": base, "body": body}
        return self._queue(op | {"occurred_at": self.now()})

    def exchange(self) -> bool:
        """One round trip; False when nothing is sure. Raises Lost like the network does, keeping everything."""
        sent = [op for op in self.outbox.values() if self._may_go(op)][:BATCH]
        nonce = uuid.uuid4().hex
        status, answer = self.send("POST", "/api/sync", self._request(nonce, sent))
        self.signed_out = status == 401
        if status == 409 and code_of(answer) == "device_unknown":
            self.register()
            return False
        if status != 200 or not isinstance(answer, dict) or answer.get("nonce") != nonce:
            return False
        self._take(sent, answer)
        return True

    def quiet(self, rounds: int = 50) -> None:
        """Exchange until nothing waits on either side."""
        for _ in range(rounds):
            if self.exchange() and not self.outbox and not self.more:
                return
        raise AssertionError(f"still busy: {len(self.outbox)} in the outbox")

    def register(self) -> None:
        """Tell the server of this phone; a restored server may have forgotten it."""
        told = {"name": "A phone", "person_id": self.person_id}
        status, answer = self.send("PUT", f"/api/devices/{self.device_id}", told)
        if status != 200:
            raise Lost(status, answer)

    def view(self) -> dict[str, Any]:
        """What the screen shows: entity → content of its latest revision, withdrawn ones gone."""
        shown: dict[str, Any] = {}
        for _, op in sorted(self.log.items()):
            shown[op["entity_id"]] = op
        gone = {op["entity_id"] for op in self.log.values() if op["kind"] == "withdraw"}
        return {entity: self.keys.open(op["body"]) for entity, op in shown.items() if entity not in gone and op["body"]}

    def become_another(self) -> None:
        """Another phone uses this device id, so take a new one and stamp anew what was never delivered."""
        self.device_id, self.last_seq, self.acked_through, self.let_go = str(uuid.uuid4()), 0, 0, set()
        waiting, self.outbox = list(self.outbox.values()), {}
        for op in waiting:
            self.attention.pop(op["op_id"], None)
            self._restamp(op)

    def _may_go(self, op: Op) -> bool:
        """An op of a version the server does not know yet stays, and never takes another one's place in a batch."""
        return self.speaks is None or op["proto"] <= self.speaks

    def _request(self, nonce: str, ops: list[Op]) -> dict[str, Any]:
        return {
            "proto": PROTO,
            "nonce": nonce,
            "client_now": self.now(),
            "known_epoch": self.epoch,
            "cursor": self.cursor,
            "acked_through": self.acked_through,
            "device_id": self.device_id,
            "person_id": self.person_id,
            "ops": ops,
        }

    def _queue(self, op: Op) -> Op:
        self.last_seq += 1
        op = op | {"device_id": self.device_id, "seq": self.last_seq}
        op["mac"] = mac(self.keys.mac_key, op)
        self.outbox[op["op_id"]] = op
        return op

    def _restamp(self, op: Op) -> None:
        self.outbox.pop(op["op_id"], None)
        self._queue(op)
        self.restamped.add(op["op_id"])

    def _take(self, sent: list[Op], answer: dict[str, Any]) -> None:
        went_back = self._went_back(answer)
        # Asked before anything is adopted: when this question gets lost, the next exchange has to ask it again.
        lacking = self._ask_missing() if went_back else []
        if went_back:
            # What is there under another number, brought by another phone, leaves its own number empty for good.
            self.let_go |= {op["seq"] for op_id, op in self.kept.items() if op_id not in lacking and self._is_mine(op)}
        self.epoch, self.acked_through = answer["server_epoch"], answer["acked_through"]
        self.cursor, self.more, self.holes = answer["cursor"], answer["more"], answer["holes"]
        self.prompts, self.speaks = answer["prompts"], answer["proto"]
        if went_back:
            self.cursor, self.more, self.log = None, True, {}
        for change in answer["changes"]:
            self._pulled(change["server_seq"], change["op"])
        again = {(op["op_id"], op["device_id"]) for op in sent}
        for op, result in zip(sent, answer["results"], strict=True):
            self._settled(op, result)
        for op_id in lacking:
            self._send_again(self.kept[op_id], again)
        forked = {op["device_id"] for op, told in zip(sent, answer["results"], strict=True) if told["status"] == "fork"}
        if self.device_id in forked or self.acked_through > self.last_seq:
            self.become_another()

    def _went_back(self, answer: dict[str, Any]) -> bool:
        """Whether the server is an older one than this phone knew: another epoch, or it lacks what it once had."""
        if self.epoch not in (None, answer["server_epoch"]) or answer["acked_through"] < self.acked_through:
            return True
        acked = {op["seq"] for op in self.kept.values() if self._is_mine(op)} - self.let_go
        return not acked.isdisjoint(answer["holes"])

    def _is_mine(self, op: Op) -> bool:
        return bool(op["device_id"] == self.device_id)

    def _pulled(self, server_seq: int, op: Op) -> None:
        """A withdrawal is kept by whoever saw it, so that no restore brings back what it took away."""
        self.log[server_seq] = op
        if op["kind"] == "withdraw":
            self.kept.setdefault(op["op_id"], op)

    def _send_again(self, op: Op, answered: set[tuple[str, str]]) -> None:
        """Put back on its way, byte for byte, what the server lacks; another phone may bring the same meanwhile."""
        if op["op_id"] not in self.outbox and (op["op_id"], op["device_id"]) not in answered:
            self.restamped.add(op["op_id"])
            self.outbox = {op["op_id"]: op} | self.outbox

    def _settled(self, op: Op, result: dict[str, Any]) -> None:
        status, op_id = result["status"], op["op_id"]
        if status in ("applied", "dup", "parked", "conflict"):
            self.outbox.pop(op_id, None)
        if status in ("applied", "dup", "parked"):
            self.kept[op_id] = op
        if status in ("applied", "dup") and op["kind"] != "prompt":
            self.log[result["server_seq"]] = op
        elif status in ("fork", "not_yours") and not self._is_mine(op):
            # The restored server has forgotten the device that wrote it.
            self._restamp(op)
        elif status not in ("applied", "dup") and not (status == "conflict" and op_id in self.restamped):
            self.attention[op_id] = status

    def _ask_missing(self) -> list[str]:
        """Which of the ops this phone kept the server lacks, after the server went back in time."""
        ids, lacking = list(self.kept), list[str]()
        for start in range(0, len(ids), 500):
            asked = {"device_id": self.device_id, "person_id": self.person_id, "op_ids": ids[start : start + 500]}
            status, answer = self.send("POST", "/api/sync/missing", asked)
            if status != 200 or not isinstance(answer, dict) or "missing" not in answer:
                raise Lost
            lacking += answer["missing"]
        return lacking


def code_of(answer: Any) -> str | None:
    """The code of a problem; None for an answer that is no problem of ours."""
    return answer.get("code") if isinstance(answer, dict) else None
