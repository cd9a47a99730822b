"""The journal as a state machine: phones, a network that loses things, a server that is restored, and a checker.

Every saved intent carries its own token. At the end all faults are healed, every phone falls quiet, and then a fresh
device and each phone must show every intent exactly once, or not at all where it was withdrawn.
"""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import Engine, select

from api.db import Base, transaction
from api.journal.envelope import mac
from api.journal.models import Op, Parked
from tests.sync import backup
from tests.sync.phone import Keys, Lost, Phone
from tests.sync.phone import Op as Sent

Send = Callable[[str, str, dict[str, Any]], tuple[int, Any]]
FAULTS = ["request lost", "response lost", "portal", "portal with json"]
PATHS = ["/api/sync", "/api/sync/missing"]
ANY, BOOLEANS = st.integers(0, 11), st.booleans()
PHONES_MAX = 4
TABLES = [table for table in Base.metadata.sorted_tables if table.name.startswith("journal_") or table.name == "device"]
_tokens = itertools.count(1)


class Wire:
    """One person's way to the server. It can eat what goes up or what comes down, and remembers what went."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.fault, self.at = "", ""
        self.went: list[dict[str, Any]] = []

    def __call__(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        fault, self.fault = (self.fault, "") if path == self.at else ("", self.fault)
        if fault == "request lost":
            raise Lost
        if fault.startswith("portal"):
            return 200, {"nonce": "another", "results": []} if fault.endswith("json") else None
        if path == "/api/sync":
            self.went.append(body)
        status, answer = self._send(method, path, body)
        assert status < 500, answer
        if fault == "response lost":
            raise Lost
        return status, answer

    def unseen(self, body: dict[str, Any]) -> list[str]:
        """Statuses of an exchange whose answer no phone gets to see; none when it was refused as a whole."""
        status, answer = self._send("POST", "/api/sync", body)
        assert status < 500, answer
        return [result["status"] for result in answer["results"]] if status == 200 else []


class Journal(RuleBasedStateMachine):
    """Rita's phones, with Ravi's beside them, on an engine and two ways to it that a subclass names."""

    engine: Engine
    rita_id: str
    ravi_id: str
    sends: tuple[Send, Send]

    @initialize()
    def begin(self) -> None:
        backup.restore(self.engine, [(table, []) for table in TABLES])
        self.wire, self.beside = Wire(self.sends[0]), Wire(self.sends[1])
        self.phones = [self._phone(self.wire, Keys())]
        self.ravi = self._phone(self.beside, Keys())
        self.copy = backup.take(self.engine, TABLES)
        self.first: dict[str, Sent] = {}
        self.tokens: dict[str, set[int]] = {}
        self.withdrawn: set[str] = set()

    @rule(which=ANY, online=BOOLEANS)
    def save(self, which: int, online: bool) -> None:
        token = next(_tokens)
        op = self._at(which).create(token)
        self.first[op["entity_id"]], self.tokens[op["entity_id"]] = op, {token}
        self._exchange_if(online, which)

    @precondition(lambda self: self.first)
    @rule(which=ANY, entry=ANY, online=BOOLEANS)
    def revise(self, which: int, entry: int, online: bool) -> None:
        op, token = self._entry(entry), next(_tokens)
        self._at(which).revise(op, token)
        self.tokens[op["entity_id"]].add(token)
        self._exchange_if(online, which)

    @precondition(lambda self: self.first)
    @rule(which=ANY, entry=ANY, online=BOOLEANS)
    def withdraw(self, which: int, entry: int, online: bool) -> None:
        op = self._entry(entry)
        self._at(which).withdraw(op)
        self.withdrawn.add(op["entity_id"])
        self._exchange_if(online, which)

    @rule(which=ANY)
    def exchange(self, which: int) -> None:
        self._at(which).exchange()

    @rule(which=ANY, fault=st.sampled_from(FAULTS), path=st.sampled_from(PATHS))
    def exchange_badly(self, which: int, fault: str, path: str) -> None:
        self.wire.fault, self.wire.at = fault, path
        try:
            believed = self._at(which).exchange()
        except Lost:
            return
        finally:
            self.wire.fault = ""
        assert not (believed and path == "/api/sync"), "an answer that never came was believed"

    @precondition(lambda self: self.wire.went)
    @rule(which=ANY)
    def replay(self, which: int) -> None:
        self.wire.unseen(self.wire.went[which % len(self.wire.went)])

    @precondition(lambda self: len(self.phones) < PHONES_MAX)
    @rule()
    def add_a_device(self) -> None:
        self.phones.append(self._phone(self.wire, self.phones[0].keys))

    @precondition(lambda self: len(self.phones) < PHONES_MAX)
    @rule(which=ANY)
    def copy_the_profile(self, which: int) -> None:
        phone = self._at(which)
        self.phones.append(copy.deepcopy(phone, {id(phone.send): phone.send, id(phone.keys): phone.keys}))

    @rule()
    def back_up(self) -> None:
        self.copy = backup.take(self.engine, TABLES)

    @rule(new_epoch=BOOLEANS)
    def go_back_to_the_copy(self, new_epoch: bool) -> None:
        backup.restore(self.engine, self.copy, new_epoch)

    @rule(which=ANY)
    def lose_a_number(self, which: int) -> None:
        self._at(which).last_seq += 1

    @rule(which=ANY)
    def send_poison(self, which: int) -> None:
        phone = self._at(which)
        bad = phone.create(0) | {"kind": "confess"}
        phone.outbox[bad["op_id"]] = bad
        phone.exchange()
        if bad["op_id"] not in phone.outbox:
            assert phone.attention[bad["op_id"]] == "parked"
            with transaction(self.engine, write=False) as db:
                assert db.scalar(select(Parked.reason).where(Parked.op_id == bad["op_id"])), "it disappeared"

    @precondition(lambda self: self._kept())
    @rule(which=ANY)
    def send_other_content_under_a_known_id(self, which: int) -> None:
        phone, op = self._kept()[which % len(self._kept())]
        if self._knows(self.rita_id, op):
            phone.register()
            assert self.wire.unseen(phone._request("n", [self._other(phone, op)])) == ["conflict"]

    @precondition(lambda self: self._kept())
    @rule(which=ANY)
    def send_from_the_wrong_account(self, which: int) -> None:
        _, op = self._kept()[which % len(self._kept())]
        self.ravi.register()
        if self._knows(self.rita_id, op):
            assert self.beside.unseen(self.ravi._request("n", [op])) == ["not_yours"]

    @precondition(lambda self: self._kept())
    @rule(which=ANY)
    def use_an_id_that_somebody_else_uses(self, which: int) -> None:
        _, op = self._kept()[which % len(self._kept())]
        self.ravi.register()
        mine = self._other(self.ravi, self.ravi.create(0) | {"op_id": op["op_id"]})
        if self._knows(self.rita_id, op) and not self._knows(self.ravi_id, op):
            assert self.beside.unseen(self.ravi._request("n", [mine])) == ["applied"]

    def teardown(self) -> None:
        if not hasattr(self, "withdrawn"):
            return
        self.wire.fault = ""
        self.phones.append(self._phone(self.wire, self.phones[0].keys))
        for _ in range(2):
            for phone in self.phones:
                phone.quiet()
        for phone in self.phones:
            self._shows_every_intent_once(phone)
            assert phone.view() == self.phones[-1].view(), "two devices show different journals"
            assert phone.holes == self._absent(phone), "gaps are not told as they are"
        with transaction(self.engine, write=False) as db:
            bodies = db.scalars(select(Op.body).where(Op.entity_id.in_(self.withdrawn))).all()
        assert set(bodies) <= {""}, "a withdrawn body is still there"

    def _shows_every_intent_once(self, phone: Phone) -> None:
        view = phone.view()
        assert view.keys() == self.tokens.keys() - self.withdrawn, "lost, or resurrected"
        assert all(content in self.tokens[entity] for entity, content in view.items()), "not what was saved"
        ids = [op["op_id"] for op in phone.log.values()]
        assert len(ids) == len(set(ids)), "one op in two places"

    def _absent(self, phone: Phone) -> list[int]:
        """The gaps by another road than the server's own bookkeeping: from the log itself."""
        with transaction(self.engine, write=False) as db:
            here = set(db.scalars(select(Op.seq).where(Op.device_id == phone.device_id)))
            set_aside = [json.loads(kept) for kept in db.scalars(select(Parked.kept))]
        here |= {op["seq"] for op in set_aside if op["device_id"] == phone.device_id}
        return sorted(set(range(1, max(here, default=0) + 1)) - here)

    def _exchange_if(self, online: bool, which: int) -> None:
        if online:
            self._at(which).exchange()

    def _at(self, which: int) -> Phone:
        return self.phones[which % len(self.phones)]

    def _entry(self, which: int) -> Sent:
        return list(self.first.values())[which % len(self.first)]

    def _kept(self) -> list[tuple[Phone, Sent]]:
        return [(phone, op) for phone in self.phones for op in phone.kept.values()]

    def _phone(self, wire: Wire, keys: Keys) -> Phone:
        phone = Phone(wire, keys)
        phone.register()
        return phone

    def _other(self, phone: Phone, op: Sent) -> Sent:
        changed = op | {"kind": "create", "body": phone.keys.seal("another")}
        return changed | {"mac": mac(phone.keys.mac_key, changed)}

    def _knows(self, person_id: str, op: Sent) -> bool:
        with transaction(self.engine, write=False) as db:
            return db.scalar(select(Op.seq).where(Op.person_id == person_id, Op.op_id == op["op_id"])) is not None
