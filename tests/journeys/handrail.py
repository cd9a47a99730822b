"""The real product as a person runs it: one command, an instance folder of its own, a free port on loopback."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.journeys.client import Client
from tests.journeys.processes import OwnProcess
from tests.journeys.waits import until

ROOT = Path(__file__).resolve().parents[2]
START_S = 90
MAIL = re.compile(r"--- mail to (?P<to>\S+): (?P<subject>[^\n]*)\n(?P<text>.*?)\n---", re.S)


class Handrail:
    """Start, stop, kill and start again keep instance and port; `close` removes the instance.

    `front` is the origin browsers use when something stands between them and the product.
    """

    def __init__(
        self, *, push_origin: str | None = None, demo: bool = False, front: str | None = None, **settings: str
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="handrail-instance-"))
        self.log = self.folder / "console.log"
        self.port = free_port()
        self.origin = front or f"http://127.0.0.1:{self.port}"
        self.process: OwnProcess | None = None
        # Where the program lies; another release, when the operator upgrades.
        self.root = ROOT
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("HANDRAIL_")}
        self.env |= {
            "HANDRAIL_INSTANCE": str(self.folder / "instance"),
            "HANDRAIL_ORIGIN": self.origin,
            "PORT": str(self.port),
            "HANDRAIL_DEMO": "1" if demo else "0",
            "PYTHONUNBUFFERED": "1",
        }
        if push_origin:
            self.env["HANDRAIL_PUSH_TEST_ORIGIN"] = push_origin
        self.env |= {f"HANDRAIL_{name.upper()}": value for name, value in settings.items()}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- life

    def start(self) -> None:
        """Run `serve` and wait for the line that says it is ready."""
        said = len(self._console())
        self.process = OwnProcess(
            [sys.executable, "-m", "api.cli", "serve"], env=self.env, log=self.log, folder=self.root
        )

        def ready() -> bool:
            assert self.process
            if self.process.ended() is not None:
                raise RuntimeError(f"it ended with status {self.process.ended()}")
            return "Handrail is ready" in self._console()[said:]

        try:
            until(ready, "Handrail to be ready", START_S)
        except AssertionError as error:
            told = self.process.tail()
            self.process.stop()
            raise AssertionError(f"{error}\n{told}") from None

    def stop(self) -> int:
        """Ctrl-C. Returns the exit status."""
        status = self.process.stop(20) if self.process else 0
        self.process = None
        return status

    def kill(self) -> None:
        """kill -9 to everything at once, as a power cut would."""
        if self.process:
            self.process.kill()
        self.process = None

    # ---- what an operator sees and does

    def cli(self, *arguments: str, within: float = 60) -> str:
        """Run one `handrail` command on this instance and return what it printed. Raises when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments],
            env=self.env,
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"handrail {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
        with self.log.open("a") as console:
            console.write(done.stdout)
        return done.stdout

    def mails(self, to: str) -> list[str]:
        """The texts of the mails to this address that were printed on the console, oldest first."""
        return [mail["text"] for mail in MAIL.finditer(self._console()) if mail["to"] == to]

    def new_code(self, to: str, seen: int) -> str:
        """The code in the first mail to this address after the `seen` ones."""
        text = until(lambda: next(iter(self._codes(to)[seen:]), ""), f"a code for {to}", 10)
        return text

    def codes_so_far(self, to: str) -> int:
        return len(self._codes(to))

    def _codes(self, to: str) -> list[str]:
        return [found[0] for mail in self.mails(to) if (found := re.search(r"\b\d{6}\b", mail))]

    def _console(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    # ---- the people of a fresh instance

    def client(self, email: str | None = None) -> Client:
        """A plain HTTP client, signed in by a mailed code when an address is given."""
        client = Client(self.origin)
        if email:
            seen = self.codes_so_far(email)
            client.post("/api/sign-in/code", {"email": email})
            client.post(
                "/api/sign-in", {"email": email, "code": self.new_code(email, seen), "device_name": "A plain client"}
            )
        return client

    def settle(self, *, residents: tuple[str, ...] = ("Rita Reyes",), coaches: tuple[str, ...] = ()) -> None:
        """The operator invites Ada, Ada makes one group and invites everybody into it."""
        self.cli("invite", "--email", address("Ada"), "--name", "Ada Lindqvist", "--role", "coordinator")
        self.ada = self.client(address("Ada"))
        self.group = self.ada.post(
            "/api/coordinator/groups",
            {"name": "Internal Medicine", "zone": "America/Chicago", "term_start": "2026-01-05", "people_expected": 24},
        )
        for role, names in (("resident", residents), ("coach", coaches)):
            for name in names:
                self.settle_person(name, role)

    def settle_person(self, name: str, role: str = "resident") -> None:
        """One more person in the group that `settle` made."""
        self.ada.post(
            "/api/coordinator/people",
            {"email": address(name), "name": name, "role": role, "group_id": self.group["id"]},
        )

    # ---- what only a test may look at

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read the instance's database beside the running product."""
        file = Path(self.env["HANDRAIL_INSTANCE"]) / "handrail.sqlite"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as database:
            return database.execute(query, values).fetchall()


def address(name: str) -> str:
    return f"{name.split()[0].lower()}@hospital.example"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
