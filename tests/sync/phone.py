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
    """One device of one person. `outbox` waits for an answer, `kept` had one, `log` is the journal as pulled."""

    send: Send
    keys: Keys = field(default_factory=Keys)
    device_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    former_ids: list[str] = field(default_factory=list)
    now: Callable[[], str] = lambda: "2026-11-19T12:00:00.000Z"
    last_seq: int = 0
    epoch: str | None = None
    cursor: str | None = None
    acked_through: int = 0
    more: bool = False
    outbox: dict[str, Op] = field(default_factory=dict)
    kept: dict[str, Op] = field(default_factory=dict)
    log: dict[int, Op] = field(default_factory=dict)
    attention: dict[str, str] = field(default_factory=dict)
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
        sent = list(self.outbox.values())[:BATCH]
        nonce = uuid.uuid4().hex
        status, answer = self.send("POST", "/api/sync", self._request(nonce, sent))
        if status == 409 and answer["code"] == "device_unknown":
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
        """Tell the server of every id this phone ever wrote under; a restored server may have forgotten any of them."""
        for device_id in (*self.former_ids, self.device_id):
            status, answer = self.send("PUT", f"/api/devices/{device_id}", {"name": "A phone"})
            assert status == 200, answer

    def view(self) -> dict[str, Any]:
        """What the screen shows: entity → content of its latest revision, withdrawn ones gone."""
        shown: dict[str, Any] = {}
        for _, op in sorted(self.log.items()):
            shown[op["entity_id"]] = op
        gone = {op["entity_id"] for op in self.log.values() if op["kind"] == "withdraw"}
        return {entity: self.keys.open(op["body"]) for entity, op in shown.items() if entity not in gone and op["body"]}

    def _request(self, nonce: str, ops: list[Op]) -> dict[str, Any]:
        return {
            "proto": PROTO,
            "nonce": nonce,
            "client_now": self.now(),
            "known_epoch": self.epoch,
            "cursor": self.cursor,
            "acked_through": self.acked_through,
            "device_id": self.device_id,
            "ops": ops,
        }

    def _queue(self, op: Op) -> Op:
        self.last_seq += 1
        op = op | {"device_id": self.device_id, "seq": self.last_seq}
        op["mac"] = mac(self.keys.mac_key, op)
        self.outbox[op["op_id"]] = op
        return op

    def _take(self, sent: list[Op], answer: dict[str, Any]) -> None:
        went_back = self.epoch not in (None, answer["server_epoch"]) or answer["acked_through"] < self.acked_through
        # Asked before anything is adopted: when this question gets lost, the next exchange has to ask it again.
        lacking = self._ask_missing() if went_back else []
        self.epoch, self.acked_through = answer["server_epoch"], answer["acked_through"]
        self.cursor, self.more, self.holes = answer["cursor"], answer["more"], answer["holes"]
        self.prompts = answer["prompts"]
        if went_back:
            self.cursor, self.more, self.log = None, True, {}
            self.outbox = {op_id: self.kept[op_id] for op_id in lacking} | self.outbox
        for change in answer["changes"]:
            self.log[change["server_seq"]] = change["op"]
        for op, result in zip(sent, answer["results"], strict=True):
            self._settled(op, result)
        if any(result["status"] == "fork" for result in answer["results"]):
            self._become_another()

    def _settled(self, op: Op, result: dict[str, Any]) -> None:
        status = result["status"]
        if status in ("applied", "dup", "parked", "conflict"):
            self.outbox.pop(op["op_id"], None)
        if status in ("applied", "dup"):
            self.kept[op["op_id"]] = op
            if op["kind"] != "prompt":
                self.log[result["server_seq"]] = op
        else:
            self.attention[op["op_id"]] = status

    def _become_another(self) -> None:
        """Another phone uses this device id, so take a new one and stamp anew what was never delivered."""
        self.former_ids.append(self.device_id)
        self.device_id, self.last_seq, self.acked_through = str(uuid.uuid4()), 0, 0
        waiting, self.outbox = list(self.outbox.values()), {}
        for op in waiting:
            self.attention.pop(op["op_id"], None)
            self._queue(op)
        self.register()

    def _ask_missing(self) -> list[str]:
        """Which of the ops this phone kept the server lacks, after the server went back in time."""
        ids, lacking = list(self.kept), list[str]()
        for start in range(0, len(ids), 500):
            asked = {"device_id": self.device_id, "op_ids": ids[start : start + 500]}
            status, answer = self.send("POST", "/api/sync/missing", asked)
            if status != 200 or not isinstance(answer, dict) or "missing" not in answer:
                raise Lost
            lacking += answer["missing"]
        return lacking
