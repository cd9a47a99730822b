"""The product behind a network that misbehaves as told, and the people who saved things through it."""

import base64
import itertools
import json
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import pyrage

from tests.fakes.faulty_proxy import FaultyProxy
from tests.journeys.handrail import Handrail, address

Fate = Literal["saved", "replaced", "withdrawn", "discarded", "refused", "parked", "gone"]
ON_THE_SERVER: tuple[Fate, ...] = ("saved", "replaced")
_tokens = itertools.count(1)


@dataclass
class Intent:
    """Something a person meant to keep, with the token they typed and what the screen said became of it.

    `saved`: the screen said so and nobody took it back. `replaced`: saved, then edited. `withdrawn`: taken back.
    `discarded`: thrown away on purpose before it was sent. `refused`: the screen said that it is not saved. `parked`:
    the server set it aside, and the screen says so. `gone`: it vanished from the phone, and the screen says so.
    """

    token: str
    fate: Fate = "refused"
    entity: str = ""


@dataclass
class Person:
    name: str
    email: str
    id: str
    secret: str = ""
    intents: list[Intent] = field(default_factory=list)

    def intend(self) -> Intent:
        """A new intent with a token nobody else has."""
        made = Intent(f"token-{next(_tokens):04d}-{len(self.intents)}")
        self.intents.append(made)
        return made

    def tokens(self, *fates: Fate) -> list[str]:
        return sorted(intent.token for intent in self.intents if intent.fate in fates)


class Town:
    """`with Town() as town:`: one coordinator, one group, and as many residents as tests ask for."""

    def __enter__(self) -> Self:
        self.network = FaultyProxy().__enter__()
        self.product = Handrail(front=self.network.origin)
        self.network.towards(self.product.port)
        self.product.__enter__()
        self.product.settle(residents=())
        self._numbers = itertools.count(1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.network.heal()
        self.product.__exit__(kind, error, trace)
        self.network.__exit__()

    @property
    def origin(self) -> str:
        return self.network.origin

    def person(self, first: str = "Rita") -> Person:
        """One more resident; no two have the same address."""
        name = f"{first}{next(self._numbers)} Reyes"
        self.product.settle_person(name)
        [(number,)] = self.product.rows("SELECT id FROM person WHERE email = ?", address(name))
        return Person(name, address(name), number)

    # ---- what the server holds

    def log_of(self, person: Person) -> list[dict[str, Any]]:
        """Every op of a person as stored, oldest first; `answers` is the opened body of a check-in, else None."""
        rows = self.product.rows(
            "SELECT server_seq, op_id, device_id, seq, entity_id, kind, body FROM journal_op WHERE person_id = ? "
            "AND kind != 'prompt' ORDER BY server_seq",
            person.id,
        )
        names = ("server_seq", "op_id", "device_id", "seq", "entity_id", "kind", "body")
        return [
            op | {"answers": _opened(op["body"], person.secret)}
            for op in (dict(zip(names, row, strict=True)) for row in rows)
        ]

    def tokens_of(self, person: Person) -> Counter[str]:
        """How often each typed token stands in the person's log."""
        return Counter(op["answers"]["d"] for op in self.log_of(person) if op["answers"] and "d" in op["answers"])

    # ---- what an operator can do to it

    @property
    def _instance(self) -> Path:
        return Path(self.product.env["HANDRAIL_INSTANCE"])

    def copy(self) -> Path:
        """Last night's backup of the running product, by the operator's own command."""
        made = self.product.folder / f"copy-{next(self._numbers)}"
        self.product.cli("backup", str(made))
        return made

    def restore(self, copy: Path) -> None:
        """Stop, put the backup in the instance's place by the operator's own command, and start again."""
        self.product.stop()
        self.product.cli("restore", "--force", str(copy))
        self.product.start()

    def copy_file(self) -> Path:
        """A copy of the database's file alone."""
        made = self.product.folder / f"copy-{next(self._numbers)}.sqlite"
        file = self._instance / "handrail.sqlite"
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(made)) as target:
            source.backup(target)
        return made

    def put_back(self, copy: Path) -> None:
        """What an operator does who knows no command: the database's file is put back, and nothing is said."""
        self.product.stop()
        for leftover in self._instance.glob("handrail.sqlite*"):
            leftover.unlink()
        shutil.copy(copy, self._instance / "handrail.sqlite")
        self.product.start()

    def open(self) -> None:
        """Starts the product if a scenario left it down."""
        if self.product.process is None or self.product.process.ended() is not None:
            self.product.start()

    def end_sessions(self, person: Person) -> None:
        """Every sign-in of the person ends, as after "sign out everywhere"."""
        self.write("DELETE FROM sign_in WHERE person_id = ?", person.id)

    def write(self, statement: str, *values: Any) -> None:
        """Change the database beside the running product."""
        with closing(sqlite3.connect(self._instance / "handrail.sqlite", timeout=10)) as database, database:
            database.execute(statement, values)


def _opened(body: str, secret: str) -> dict[str, Any] | None:
    """The answers of a sealed check-in; None for what is no check-in, or was wiped."""
    if not body:
        return None
    sealed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    plain = json.loads(pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(secret)]))
    return plain["answers"] if plain["type"] == "checkin" else None
