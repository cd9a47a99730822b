"""One seed of the soak: two residents, their phones, sixty saved things, and every fault of the list in between.

The harness keeps its own journal: what was saved, by whom, and what may be lost by right because a phone's storage was
taken away. Nothing else is forgiven.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import select

from api import clock
from api.db import transaction
from api.journal.envelope import mac
from api.journal.models import Op as Stored
from api.people.models import Person
from api.prompts import services as prompting
from tests.fakes import faults
from tests.fakes.faulty_proxy import FaultyProxy
from tests.soak.sync_house import House
from tests.soak.sync_phones import SoakPhone, Weather, phone_for, poisoned
from tests.sync.phone import Keys, Lost, Op

INTENTS = 60
PHONES_MAX = 4


@dataclass
class Intent:
    """Something the screen said was saved. `sure`: it has to be there in the end; else its only phone was wiped."""

    token: str
    op: Op
    owner: str
    kind: str
    sure: bool = True


@dataclass
class Seed:
    """The harness' own journal of one seed, and what it found out on the way."""

    house: House
    network: FaultyProxy
    number: int
    intents: list[Intent] = field(default_factory=list)
    withdrawn: set[str] = field(default_factory=set)
    planted: list[Intent] = field(default_factory=list)
    newer: set[str] = field(default_factory=set)
    settled: dict[str, str] = field(default_factory=dict)
    lost_numbers: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    copies: list[bytes] = field(default_factory=list)
    down: int = 0
    unsure: int = 0
    went_back: bool = False

    def __post_init__(self) -> None:
        self.chance = random.Random(self.number)
        self.weather = Weather(self.chance, self.network)
        self.people: dict[str, Person] = {name: self.house.person(name) for name in ("Rita", "Ravi")}
        self.keys = {name: Keys() for name in self.people}
        self.cookies = {name: self.house.session(person) for name, person in self.people.items()}
        self.phones = [self._phone(name) for name in ("Rita", "Rita", "Ravi")]
        self.prompts = {name: self._prompts(person) for name, person in self.people.items()}
        self.vanished: list[SoakPhone] = []
        self.snapshots: list[SoakPhone] = []
        self.asks = len(self.network.exchanges())

    def run(self) -> None:
        """Sixty things saved, with faults; what is special happens once each, at a moment drawn by lot."""
        specials = self._specials()
        step = 0
        while len(self.intents) < INTENTS:
            step += 1
            for act in specials.pop(step, []):
                act()
            phone = self.chance.choice(self.phones)
            self._save(phone)
            for _ in range(self.chance.choice((0, 1, 1, 2))):
                self._exchange(self.chance.choice(self.phones))
            self._server_comes_back()

    def _specials(self) -> dict[int, list[Callable[[], None]]]:
        likely: list[tuple[float, Callable[[], None]]] = [
            (0.6, lambda: self._go_back(new_epoch=True)),
            (0.4, lambda: self._go_back(new_epoch=False)),
            (0.5, self._clone), (0.6, self._add_phone), (0.3, self._vanish), (0.25, self._roll_back),
            (0.6, self._change_hands), (0.6, self._end_sessions), (0.3, self._save_newer), (0.6, self._lose_a_number),
            (0.7, self._other_content), (0.7, self._borrow_an_id), (0.5, self._plant), (0.5, self._plant),
            (0.6, self._replay), (0.6, self._replay), (0.1, self._restart_database),
        ]  # fmt: skip
        found: dict[int, list[Callable[[], None]]] = {self.chance.randint(2, 25): [self._copy]}
        found.setdefault(self.chance.randint(2, 30), []).append(self._remember_a_phone)
        for odds, act in likely:
            if self.chance.random() < odds:
                found.setdefault(self.chance.randint(5, INTENTS - 8), []).append(act)
        return found

    # ---- what people do

    def _save(self, phone: SoakPhone) -> None:
        phone.tell_time(self.chance)
        mine = [intent for intent in self.intents if intent.owner == phone.owner and intent.kind == "create"]
        kind = self.chance.choices(["create", "revise", "withdraw", "prompt"], [60, 22, 10, 8])[0]
        token = self._token()
        if kind == "prompt" and self.prompts[phone.owner]:
            prompt, outcome = self.prompts[phone.owner].pop(), self.chance.choice(("answered", "declined"))
            op = phone.settle(prompt, outcome)
            self.settled[prompt] = outcome
        elif kind == "revise" and mine:
            op = phone.revise(self.chance.choice(mine).op, token)
        elif kind == "withdraw" and mine:
            op = phone.withdraw(self.chance.choice(mine).op)
            self.withdrawn.add(op["entity_id"])
        else:
            kind, op = "create", phone.create(token)
        phone.fresh = True
        self.intents.append(Intent(token, op, phone.owner, op["kind"]))

    def _token(self) -> str:
        return f"{self.number}-{len(self.intents)}-{self.chance.getrandbits(64):x}"

    def _exchange(self, phone: SoakPhone) -> None:
        if phone.signed_out and self.chance.random() < 0.4:
            self._sign_in(phone)
        struck = self.weather.strike(phone)
        try:
            phone.exchange()
        except Lost:
            self.unsure += 1
        self.weather.pass_by()
        phone.send.told = {}  # type: ignore[attr-defined]
        if struck.startswith("kill"):
            self.down = self.chance.randint(1, 3)

    def _server_comes_back(self) -> None:
        if self.down:
            self.down -= 1
            if not self.down:
                self.house.stand()

    def _sign_in(self, phone: SoakPhone) -> None:
        person = self.people[phone.owner]
        phone.send.cookie = self.cookies[phone.owner] = self.house.session(person)  # type: ignore[attr-defined]
        phone.signed_out = False

    # ---- what befalls them

    def _copy(self) -> None:
        self.weather.calm()
        self.house.stand()
        self.copies.append(self.house.copy())

    def _go_back(self, new_epoch: bool) -> None:
        if self.copies:
            self.weather.calm()
            self.went_back = True
            for phone in self.vanished:
                self._forgive(phone.kept)
            self.house.put_back(self.chance.choice(self.copies), new_epoch)
            self.down = 0

    def _add_phone(self) -> None:
        if len(self.phones) < PHONES_MAX:
            self.phones.append(self._phone(self.chance.choice(list(self.people))))

    def _clone(self) -> None:
        if len(self.phones) < PHONES_MAX:
            self.phones.append(self.chance.choice(self.phones).twin())

    def _remember_a_phone(self) -> None:
        self.snapshots.append(self.chance.choice(self.phones).twin())

    def _vanish(self) -> None:
        """The browser evicts the storage of a phone; the person goes on with an empty one."""
        at = self.chance.randrange(len(self.phones))
        gone = self.phones[at]
        self._bury(gone, {})
        self.phones[at] = self._phone(gone.owner)

    def _roll_back(self) -> None:
        """A phone's profile is put back from the phone's own backup, in place of what it held."""
        for old in self.snapshots:
            for at, phone in enumerate(self.phones):
                if phone.owner == old.owner and phone.device_id == old.device_id:
                    self._bury(phone, old.outbox)
                    self.phones[at] = old
                    return

    def _bury(self, phone: SoakPhone, but: dict[str, Op]) -> None:
        self._forgive({op_id: op for op_id, op in phone.outbox.items() if op_id not in but})
        self.vanished.append(phone)
        if self.went_back:
            # What it had delivered may be gone from the server since, and it cannot offer it any more.
            self._forgive(phone.kept)

    def _forgive(self, ops: dict[str, Op]) -> None:
        for intent in (*self.intents, *self.planted):
            if intent.op["op_id"] in ops:
                intent.sure = False

    def _change_hands(self) -> None:
        """Somebody else signs in on this browser while things wait; then it is the first person's again.

        Versions before phones said whose they are looked for themselves who is signed in, so they are spared.
        """
        phone = self.chance.choice([phone for phone in self.phones if phone.person_id] or [self._phone("Rita")])
        other = next(name for name in self.people if name != phone.owner)
        mine, phone.send.cookie = phone.send.cookie, self.cookies[other]  # type: ignore[attr-defined]
        for _ in range(3):
            phone.tick()
        phone.send.cookie = mine  # type: ignore[attr-defined]

    def _end_sessions(self) -> None:
        self.house.end_sessions(self.people[self.chance.choice(list(self.people))])

    def _restart_database(self) -> None:
        if self.house.restart_database is not None:
            self.weather.calm()
            self.house.restart_database()

    def _lose_a_number(self) -> None:
        phone = self.chance.choice(self.phones)
        phone.last_seq += 1
        self.lost_numbers += 1

    def _save_newer(self) -> None:
        phone = self.chance.choice(self.phones)
        op = phone.create("newer") | {"proto": 2}
        phone.outbox[op["op_id"]] = op
        self.newer.add(op["op_id"])

    def _plant(self) -> None:
        phone = self.chance.choice(self.phones)
        op = poisoned(self.chance, phone, self.keys[phone.owner])
        self.planted.append(Intent("", op, phone.owner, "poison"))

    def _replay(self) -> None:
        """An old request arrives once more, byte for byte."""
        asked = self.network.exchanges()[self.asks :]
        if asked:
            request = self.chance.choice(asked).request
            sound = tuple((name, value) for name, value in request.headers if not name.lower().startswith("x-soak"))
            try:
                self.network.ask(faults.Request(request.method, request.path, sound, request.body))
            except faults.Unreachable:
                return

    def _other_content(self) -> None:
        """The same op id with other content: the stored copy has to stay as it is, and the answer to say so."""
        phone = self.chance.choice(self.phones)
        acked = [op for op in phone.kept.values() if op["kind"] in ("create", "revise") and self._is_stored(phone, op)]
        if not acked:
            return
        op = self.chance.choice(acked)
        changed = op | {"kind": "create", "body": phone.keys.seal("another")}
        request = phone._request("probe", [changed | {"mac": mac(phone.keys.mac_key, changed)}])
        try:
            status, answer = phone.send("POST", "/api/sync", request)
        except Lost:
            return
        if status == 200 and [result["status"] for result in answer["results"]] != ["conflict"]:
            self.wrong["conflicts not told"] = self.wrong.get("conflicts not told", 0) + 1

    def _is_stored(self, phone: SoakPhone, op: Op) -> bool:
        mine = self.people[phone.owner].id
        with transaction(self.house.state.engine, write=False) as db:
            asked = select(Stored.seq).where(Stored.person_id == mine, Stored.op_id == op["op_id"])
            return db.scalar(asked) is not None

    def _borrow_an_id(self) -> None:
        """Save under an op id that somebody else uses already: nothing may tell that they do, and both are there."""
        phone = self.chance.choice(self.phones)
        theirs = [intent.op["op_id"] for intent in self.intents if intent.owner != phone.owner]
        if theirs:
            token = self._token()
            op = phone.create(token)
            del phone.outbox[op["op_id"]]
            op |= {"op_id": self.chance.choice(theirs)}
            op |= {"mac": mac(phone.keys.mac_key, op)}
            phone.outbox[op["op_id"]] = op
            self.intents.append(Intent(token, op, phone.owner, "create"))

    # ---- parts

    def _phone(self, name: str) -> SoakPhone:
        phone = phone_for(self.network, self.people[name], self.cookies[name], self.keys[name], self.chance)
        phone.tell_time(self.chance)
        return phone

    def _prompts(self, person: Person) -> list[str]:
        with transaction(self.house.state.engine) as db:
            return [prompting.ask_now(db, person, "P01", clock.now()).id]
