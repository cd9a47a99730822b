"""Past one machine: three workers, two planners and three web processes on one PostgreSQL, killed at random.

Nothing is sent twice without the lease's wait, nothing is lost, and no prompt is made twice.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select, text

from api import clock, config, migrate
from api.db import new_id, transaction
from api.people.models import Device, Person
from api.prompts import services as prompts
from api.prompts.models import Prompt, Rhythm
from api.push import services as push
from api.push.models import Attempt
from api.state import State, open_state
from tests.fakes.push_service import BrowserKeys, PushService
from tests.postgres import fresh_database

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, PHONES, KILLS = 30, 2, 6
SEED = int(os.environ.get("SEED", "1"))

# A planner is a worker that only plans; it begins anew as soon as it has nothing to do.
PLANNER = """
import time
from api import clock, config
from api.db import transaction
from api.prompts import services as prompts
from api.state import open_state
held = open_state(config.read())
while True:
    with transaction(held.engine) as db:
        prompts.begin_rhythms(db, clock.now())
        prompts.materialise(db, clock.now(), limit=7)
    time.sleep(0.05)
"""
WORKER = [sys.executable, "-m", "api.cli", "worker"]
COMMANDS = {
    **{f"worker-{n}": WORKER for n in range(3)},
    **{f"planner-{n}": [sys.executable, "-c", PLANNER] for n in range(2)},
}


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService() as held:
        yield held


@pytest.fixture
def env(tmp_path: Path, service: PushService) -> dict[str, str]:
    return {
        "HANDRAIL_INSTANCE": str(tmp_path / "instance"),
        "HANDRAIL_DATABASE_URL": fresh_database(f"many_workers_{os.getpid()}"),
        "HANDRAIL_ORIGIN": "http://localhost",
        "HANDRAIL_DEMO": "1",  # for its clock, which is moved on past a lease
        "HANDRAIL_PUSH_TEST_ORIGIN": service.origin,
        "HANDRAIL_PUSH_TIMEOUT_S": "5",
        "HANDRAIL_LOG_LEVEL": "error",
    }


@pytest.fixture
def house(env: dict[str, str]) -> Iterator[State]:
    held = open_state(config.read(env))
    migrate.upgrade(held.engine)
    yield held
    held.engine.dispose()
    clock.follow(None)


def settle_in(house: State, service: PushService) -> None:
    """Everybody has two phones and a slot a day, the next one a minute or two from now."""
    now = datetime.now(UTC)
    at = (now + timedelta(minutes=3)).time()
    slots = [{"weekday": day, "time": at.strftime("%H:%M"), "protocol": "P01"} for day in range(7)]
    with transaction(house.engine) as db:
        for number in range(PEOPLE):
            person = Person(name="R", email=f"r{number}@x.example", role="resident", zone="UTC", joined_at=now)
            db.add(person)
            db.flush()
            for _ in range(PHONES):
                device_id = new_id()
                db.add(Device(id=device_id, person_id=person.id, name="Phone", created_at=now))
                db.flush()
                told = {"device_id": device_id, "endpoint": service.endpoint(device_id), "keys": BrowserKeys().wire}
                push.subscribe(db, person, told, house.vapid.publics, service.origin, now)
            rhythm = db.get_one(Rhythm, person.id)
            quiet = (now + timedelta(hours=12)).time(), (now + timedelta(hours=13)).time()
            rhythm.quiet_from, rhythm.quiet_to = (one.strftime("%H:%M") for one in quiet)
            rhythm.slots, rhythm.planned_through, rhythm.hold_back = slots, now, False
            db.execute(Prompt.__table__.delete().where(Prompt.person_id == person.id))  # type: ignore[attr-defined]


def fall_due(house: State) -> None:
    """Bring every prompt's time forward to now, so that nobody waits for a clock."""
    now = datetime.now(UTC)
    with transaction(house.engine) as db:
        first = select(func.min(Prompt.due_at)).scalar_subquery()
        due = db.scalars(select(Prompt).where(Prompt.due_at == first)).all()
        for prompt in due:
            prompt.alert_at = prompt.due_at = now


def wait_until(holds: object, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():  # type: ignore[operator]
            return True
        time.sleep(0.1)
    return False


class Crew:
    """The processes; whoever is killed is started again."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env, self.running = {**os.environ, **env}, dict[str, subprocess.Popen[bytes]]()

    def __enter__(self) -> Crew:
        for name in COMMANDS:
            self.start(name)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.running.values():
            process.kill()
        for process in self.running.values():
            process.wait()

    def start(self, name: str) -> None:
        self.running[name] = subprocess.Popen(COMMANDS[name], cwd=ROOT, env=self.env)

    def kill(self, name: str) -> None:
        self.running[name].send_signal(signal.SIGKILL)
        self.running[name].wait()
        self.start(name)


def made_once(house: State) -> bool:
    with transaction(house.engine, write=False) as db:
        return (db.scalar(select(func.count(func.distinct(Prompt.person_id)))) or 0) == PEOPLE


def test_three_workers_and_two_planners_killed_at_random_send_each_prompt_to_each_phone(
    house: State, service: PushService, env: dict[str, str]
) -> None:
    drawn = Random(SEED)
    settle_in(house, service)
    with Crew(env) as crew:
        assert wait_until(lambda: made_once(house), 90)
        fall_due(house)
        assert wait_until(lambda: bool(service.received), 60)
        for _ in range(KILLS):
            time.sleep(drawn.random() * 0.6)
            crew.kill(drawn.choice(list(COMMANDS)))
        assert wait_until(lambda: claimed(house) == PEOPLE * PHONES, 120)
        wait_until(lambda: undecided(house) == 0, 3)
        before = [message.token for message in service.received]
        # What a killed worker had claimed is sent by another once its lease of a minute is over.
        for leases in (1, 2, 3):  # more than one only where the machine was so busy that a send ran out of time
            clock.set_offset(Path(env["HANDRAIL_INSTANCE"]) / "demo-clock", 62 * leases)
            if wait_until(lambda: undecided(house) == 0, 30):
                break
    arrived = Counter(message.token for message in service.received)
    assert max(Counter(before).values()) == 1
    assert len(arrived) == PEOPLE * PHONES
    assert max(arrived.values()) <= push.SENDS_MAX
    assert len({message.topic for message in service.received}) == PEOPLE
    with transaction(house.engine, write=False) as db:
        made = db.execute(select(Prompt.person_id, Prompt.local_date, Prompt.slot)).all()
        sent = db.scalars(select(Attempt.outcome)).all()
    assert max(Counter(made).values()) == 1
    assert Counter(sent) == {"accepted": PEOPLE * PHONES}


def claimed(house: State) -> int:
    with transaction(house.engine, write=False) as db:
        return db.scalar(select(func.count()).select_from(Attempt).where(Attempt.sends > 0)) or 0


def undecided(house: State) -> int:
    with transaction(house.engine, write=False) as db:
        return db.scalar(select(func.count()).select_from(Attempt).where(Attempt.outcome.is_(None))) or 0


SUBSCRIBES = """
import json, sys
from datetime import UTC, datetime
from api import config
from api.db import transaction
from api.people.models import Person
from api.push import services
from api.state import open_state
held = open_state(config.read())
for told in json.loads(sys.stdin.read()):
    with transaction(held.engine) as db:
        person, origin = db.get_one(Person, told.pop("person")), held.settings.push_test_origin
        services.subscribe(db, person, told, held.vapid.publics, origin, datetime.now(UTC))
"""


def test_phones_that_tell_three_processes_at_once_keep_one_row_each(
    house: State, service: PushService, env: dict[str, str]
) -> None:
    now = datetime.now(UTC)
    with transaction(house.engine) as db:
        person = Person(name="R", email="r@x.example", role="resident", zone="UTC", joined_at=now)
        db.add(person)
        db.flush()
        devices = [Device(id=new_id(), person_id=person.id, name="Phone", created_at=now) for _ in range(24)]
        db.add_all(devices)
        prompts.begin_rhythm(db, person, now)
    told = [
        {"person": person.id, "device_id": one.id, "endpoint": service.endpoint(one.id), "keys": BrowserKeys().wire}
        for one in devices
    ]
    command, whole = [sys.executable, "-c", SUBSCRIBES], {**os.environ, **env}
    processes = [subprocess.Popen(command, cwd=ROOT, env=whole, stdin=subprocess.PIPE, text=True) for _ in range(3)]
    for process in processes:
        assert process.stdin
        Random(SEED).shuffle(told)
        process.stdin.write(json.dumps(told))
        process.stdin.close()
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    with transaction(house.engine, write=False) as db:
        rows = db.execute(text("SELECT count(*), count(DISTINCT endpoint_hash) FROM push_subscription"))
        assert rows.one() == (24, 24)
