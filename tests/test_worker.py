"""The worker from a slot to a phone, through crashes and outages, against a push service on loopback."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from api import worker
from api.clock import FrozenClock
from api.db import new_id, transaction
from api.people.models import Device, Person
from api.prompts import services as prompts
from api.prompts.models import Prompt, Rhythm
from api.push import services as push
from api.push.models import Attempt, Subscription
from api.push.sender import Sender
from api.state import State
from tests.cast import Cast
from tests.fakes.push_service import BrowserKeys, PushService

ROOT = Path(__file__).resolve().parents[1]
DUE = datetime(2026, 11, 19, 18, 30, tzinfo=UTC)  # Thursday, 12:30 in Chicago
MINUTE = timedelta(minutes=1)


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService() as held:
        yield held


@pytest.fixture
def house(state: State, service: PushService, frozen: FrozenClock) -> State:
    """An instance that may push to the service, at noon UTC on a Thursday."""
    settings = dataclasses.replace(state.settings, push_test_origin=service.origin, push_timeout_s=2.0)
    return dataclasses.replace(state, settings=settings)


def phone(house: State, service: PushService, person: Person, token: str) -> BrowserKeys:
    """A registered phone of this person that turned prompts on."""
    keys, device_id, now = BrowserKeys(), new_id(), datetime(2026, 11, 19, 12, tzinfo=UTC)
    with transaction(house.engine) as db:
        db.add(Device(id=device_id, person_id=person.id, name="Phone", created_at=now))
        db.flush()
        told = {"device_id": device_id, "endpoint": service.endpoint(token), "keys": keys.wire}
        push.subscribe(db, person, told, house.vapid.publics, service.origin, now)
    return keys


def ask_on_thursdays(house: State, person: Person) -> None:
    """Give the person one slot a week: Thursday at 12:30, Chicago time."""
    slots = [{"weekday": 3, "time": "12:30", "protocol": "P01"}]
    quiet = {"quiet_from": "22:00", "quiet_to": "05:00", "paused_until": None, "zone": "America/Chicago"}
    with transaction(house.engine) as db:
        prompts.change_rhythm(db, person, {"slots": slots, **quiet}, datetime(2026, 11, 19, 12, tzinfo=UTC))


def ask_now(house: State, person: Person, now: datetime) -> Prompt:
    with transaction(house.engine) as db:
        return prompts.ask_now(db, person, "P10", now)


def outcomes(engine: Engine) -> list[str | None]:
    with transaction(engine, write=False) as db:
        return list(db.scalars(select(Attempt.outcome)))


def states(engine: Engine) -> list[str]:
    with transaction(engine, write=False) as db:
        return list(db.scalars(select(Prompt.state).order_by(Prompt.due_at)))


def test_a_slot_becomes_one_sealed_push_that_its_phone_can_open(
    house: State, service: PushService, cast: Cast, frozen: FrozenClock
) -> None:
    keys = phone(house, service, cast.rita, "rita")
    ask_on_thursdays(house, cast.rita)
    worker.run(house, once=True)
    assert service.received == []
    frozen.at = DUE
    worker.run(house, once=True)
    worker.run(house, once=True)
    (message,) = service.received
    told = json.loads(keys.open(message.body))["notification"]
    with transaction(house.engine, write=False) as db:
        prompt = db.scalars(select(Prompt)).one()
    assert told["navigate"] == f"http://localhost/c/{prompt.id}"
    assert told["tag"] == message.topic == prompt.topic
    assert int(message.headers["ttl"]) == 4 * 3600
    assert (prompt.state, outcomes(house.engine)) == ("open", ["accepted"])


def test_a_newly_registered_phone_needs_no_further_step(
    house: State, service: PushService, cast: Cast, frozen: FrozenClock
) -> None:
    phone(house, service, cast.rita, "rita")
    for hour in range(0, 24 * 7, 2):
        frozen.at = datetime(2026, 11, 19, 12, 30, tzinfo=UTC) + timedelta(hours=hour)
        worker.run(house, once=True)
    # Nobody answers the first two, so every other one is left out from then on.
    assert len(service.received) == 2
    assert len({message.topic for message in service.received}) == 2


def test_ask_me_now_is_sent_at_once_also_at_night(
    house: State, service: PushService, cast: Cast, frozen: FrozenClock
) -> None:
    phone(house, service, cast.rita, "rita")
    frozen.at = datetime(2026, 11, 19, 9, tzinfo=UTC)
    ask_now(house, cast.rita, frozen.at)
    worker.run(house, once=True)
    assert len(service.received) == 1


def test_a_prompt_without_a_phone_waits_in_the_app(house: State, service: PushService, cast: Cast) -> None:
    ask_now(house, cast.rita, datetime(2026, 11, 19, 12, tzinfo=UTC))
    worker.run(house, once=True)
    assert service.received == []
    assert states(house.engine) == ["open"]


def test_a_worker_killed_between_claim_and_send_loses_nothing(
    house: State, service: PushService, cast: Cast, frozen: FrozenClock
) -> None:
    phone(house, service, cast.rita, "rita")
    prompt = ask_now(house, cast.rita, frozen.at)
    _claim_and_die(house, frozen.at)
    worker.run(house, once=True)
    assert service.received == []
    frozen.at += MINUTE
    worker.run(house, once=True)
    assert [message.topic for message in service.received] == [prompt.topic]


def test_a_worker_killed_between_send_and_record_sends_once_more_under_the_same_topic(
    house: State, service: PushService, cast: Cast, frozen: FrozenClock
) -> None:
    phone(house, service, cast.rita, "rita")
    ask_now(house, cast.rita, frozen.at)
    (parcel,) = _claim_and_die(house, frozen.at)

    async def send_and_die() -> None:
        async with Sender(house.vapid, house.settings.vapid_subject, "http://localhost", 2, service.origin) as sender:
            await sender.send(parcel, frozen.at)

    asyncio.run(send_and_die())
    for _ in range(5):
        frozen.at += MINUTE
        worker.run(house, once=True)
    assert len(service.received) == 2
    assert len({message.topic for message in service.received}) == 1


def _claim_and_die(house: State, now: datetime) -> list[push.Parcel]:
    with transaction(house.engine) as db:
        push.hand_on(db, prompts.open_due(db, now), now)
        return push.claim(db, now, 10)


def test_two_workers_at_once_send_one_push_to_each_phone(house: State, service: PushService, cast: Cast) -> None:
    for number in range(12):
        phone(house, service, cast.rita, f"phone-{number}")
    ask_now(house, cast.rita, datetime(2026, 11, 19, 12, tzinfo=UTC))
    workers = [threading.Thread(target=worker.run, args=(house, True)) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    worker.run(house, once=True)
    assert sorted(message.token for message in service.received) == sorted(f"phone-{n}" for n in range(12))


@pytest.mark.parametrize("away", [timedelta(minutes=10), timedelta(hours=9), timedelta(days=3), timedelta(weeks=4)])
def test_after_any_outage_a_person_gets_one_push_at_most(
    house: State, service: PushService, cast: Cast, frozen: FrozenClock, away: timedelta
) -> None:
    phone(house, service, cast.rita, "rita")
    with transaction(house.engine) as db:
        rhythm = db.get_one(Rhythm, cast.rita.id)
        rhythm.slots = [{"weekday": day, "time": "12:30", "protocol": "P01"} for day in (0, 2, 3, 5)]
    worker.run(house, once=True)
    frozen.at = DUE - MINUTE + away
    for _ in range(20):
        worker.run(house, once=True)
        frozen.at += MINUTE
    assert len(service.received) <= 1
    open_at_the_end = [state for state in states(house.engine) if state == "open"]
    assert len(service.received) == len(open_at_the_end)


def test_a_dead_subscription_is_forgotten(house: State, service: PushService, cast: Cast) -> None:
    phone(house, service, cast.rita, "rita")
    ask_now(house, cast.rita, datetime(2026, 11, 19, 12, tzinfo=UTC))
    service.tell(410)
    worker.run(house, once=True)
    with transaction(house.engine, write=False) as db:
        assert db.scalar(select(func.count()).select_from(Subscription)) == 0


def test_a_stumbling_service_is_tried_again_inside_the_window_only(
    house: State, service: PushService, cast: Cast, frozen: FrozenClock
) -> None:
    phone(house, service, cast.rita, "rita")
    prompt = ask_now(house, cast.rita, frozen.at)
    service.tell(500)
    service.tell(503, Retry_After="120")
    for _ in range(6):
        worker.run(house, once=True)
        frozen.at += MINUTE
    assert [message.answered for message in service.received] == [500, 503, 201]
    frozen.at = prompt.until
    worker.run(house, once=True)
    assert states(house.engine) == ["passed"]
    assert len(service.received) == 3


def test_a_hanging_phone_delays_nobody_else(house: State, service: PushService, cast: Cast) -> None:
    service.tell(201, delay_s=1.5)
    for number in range(20):
        phone(house, service, cast.rita, f"phone-{number}")
    ask_now(house, cast.rita, datetime(2026, 11, 19, 12, tzinfo=UTC))
    worker.run(house, once=True)
    arrivals = [message.arrived_s for message in service.received]
    assert len(arrivals) == 20
    assert max(arrivals) - min(arrivals) < 1.5


def test_the_loop_stops_when_told_and_takes_up_what_comes_meanwhile(
    house: State, service: PushService, cast: Cast
) -> None:
    phone(house, service, cast.rita, "rita")
    stop = threading.Event()
    loop = threading.Thread(target=worker.run, args=(house, False, stop))
    loop.start()
    ask_now(house, cast.rita, datetime(2026, 11, 19, 12, tzinfo=UTC))
    began = time.monotonic()
    while not service.received and time.monotonic() - began < 10:
        time.sleep(0.02)
    stop.set()
    loop.join(5)
    assert not loop.is_alive()
    assert len(service.received) == 1
    assert outcomes(house.engine) == ["accepted"]


def test_the_loop_outlives_a_database_that_is_gone_for_a_while(house: State, service: PushService, cast: Cast) -> None:
    phone(house, service, cast.rita, "rita")
    stop = threading.Event()
    with transaction(house.engine) as db:
        db.execute(text("ALTER TABLE push_attempt RENAME TO away"))
    loop = threading.Thread(target=worker.run, args=(house, False, stop))
    loop.start()
    ask_now(house, cast.rita, datetime(2026, 11, 19, 12, tzinfo=UTC))
    time.sleep(1.2)
    with transaction(house.engine) as db:
        db.execute(text("ALTER TABLE away RENAME TO push_attempt"))
    began = time.monotonic()
    while not service.received and time.monotonic() - began < 10:
        time.sleep(0.02)
    stop.set()
    loop.join(5)
    assert len(service.received) == 1


def test_what_is_over_35_days_old_is_deleted_with_its_sends(
    house: State, service: PushService, cast: Cast, frozen: FrozenClock
) -> None:
    phone(house, service, cast.rita, "rita")
    with transaction(house.engine) as db:
        db.get_one(Rhythm, cast.rita.id).slots = []
    ask_now(house, cast.rita, frozen.at)
    worker.run(house, once=True)
    frozen.at += timedelta(days=36)
    worker.run(house, once=True)
    assert states(house.engine) == []
    assert outcomes(house.engine) == []


def test_the_web_process_never_imports_the_sender(tmp_path: Path) -> None:
    script = (
        "import sys; from api import config, create_app;"
        f"create_app(config.read({{'HANDRAIL_INSTANCE': {str(tmp_path)!r}}}));"
        "print([name for name in ('pywebpush', 'aiohttp', 'requests', 'api.push.sender') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
