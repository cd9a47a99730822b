"""A push service that fails is left alone, tried by one send, and taken up again; the others never notice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import Engine, select

from api.db import transaction
from api.push import services
from api.push.models import Pause
from api.push.outcome import Outcome
from api.push.parcel import Parcel
from tests.cast import Cast
from tests.push.steps import FCM, NOON, asked, claim, phone, record

APPLE = "https://web.push.apple.com"
SILENT, TAKEN = Outcome("unknown"), Outcome("accepted", 201)
HALF_A_MINUTE, MINUTE = timedelta(seconds=30), timedelta(minutes=1)


@pytest.fixture
def many(engine: Engine, cast: Cast) -> Cast:
    """Rita has twelve phones at one push service and one at another, and asked for a prompt."""
    for number in range(12):
        phone(engine, cast.rita, f"{FCM}/fcm/send/{number}")
    phone(engine, cast.rita, f"{APPLE}/1")
    asked(engine, cast.rita)
    return cast


def pause(engine: Engine) -> Pause | None:
    with transaction(engine, write=False) as db:
        return db.scalar(select(Pause))


def from_fcm(engine: Engine, now: datetime, limit: int = 50) -> list[Parcel]:
    return [parcel for parcel in claim(engine, now, limit) if parcel.origin == FCM]


def go_silent(engine: Engine, now: datetime = NOON) -> list[Parcel]:
    """Five sends without an answer in a row."""
    parcels = from_fcm(engine, now)
    for parcel in parcels[: services.SILENT_AFTER]:
        record(engine, parcel, SILENT, now)
    return parcels


def test_four_misses_pause_nothing_and_the_fifth_does(engine: Engine, many: Cast) -> None:
    parcels = from_fcm(engine, NOON)
    for parcel in parcels[:4]:
        record(engine, parcel, SILENT)
    phone(engine, many.ravi, f"{FCM}/fcm/send/ravi")
    asked(engine, many.ravi)
    (ravis,) = claim(engine)
    record(engine, ravis, SILENT)
    asked(engine, many.ravi)
    assert claim(engine) == []


def test_an_answer_in_between_begins_the_count_anew(engine: Engine, many: Cast) -> None:
    parcels = from_fcm(engine, NOON)
    for parcel in parcels[:4]:
        record(engine, parcel, SILENT)
    record(engine, parcels[4], TAKEN)
    assert pause(engine) is None
    for parcel in parcels[5:9]:
        record(engine, parcel, SILENT)
    assert (pause(engine) or Pause()).failures == 4


def test_what_was_on_its_way_when_the_breaker_opened_makes_no_pause_longer(engine: Engine, many: Cast) -> None:
    parcels = go_silent(engine)
    for parcel in parcels[5:]:
        record(engine, parcel, SILENT, NOON + timedelta(seconds=10))
    held = pause(engine)
    assert held
    assert (held.failures, held.until) == (5, NOON + HALF_A_MINUTE)


def test_a_silent_service_is_tried_by_one_send_and_taken_up_again_after_it(engine: Engine, many: Cast) -> None:
    go_silent(engine)
    later = NOON + 2 * MINUTE
    (probe,) = from_fcm(engine, later)
    assert from_fcm(engine, later) == []
    record(engine, probe, TAKEN, later)
    assert pause(engine) is None
    assert len(from_fcm(engine, later)) == 11


def test_each_try_that_fails_makes_the_pause_twice_as_long_up_to_a_quarter_of_an_hour(
    engine: Engine, many: Cast
) -> None:
    go_silent(engine)
    now, waits = NOON + MINUTE, []
    for _ in range(7):
        (probe,) = from_fcm(engine, now)
        record(engine, probe, SILENT, now)
        held = pause(engine)
        assert held
        waits.append((held.until - now).total_seconds())
        now = held.until
    assert waits == [60, 120, 240, 480, 900, 900, 900]


def test_of_two_workers_one_makes_the_try(engine: Engine, many: Cast) -> None:
    go_silent(engine)
    later = NOON + MINUTE
    first, second = from_fcm(engine, later, limit=3), from_fcm(engine, later, limit=3)
    assert (len(first), len(second)) == (1, 0)


def test_a_try_whose_worker_died_is_made_again_by_another(engine: Engine, many: Cast) -> None:
    go_silent(engine)
    assert len(from_fcm(engine, NOON + MINUTE)) == 1
    assert len(from_fcm(engine, NOON + 2 * MINUTE)) == 1


def test_the_other_services_never_notice(engine: Engine, many: Cast) -> None:
    go_silent(engine)
    phone(engine, many.ravi, f"{APPLE}/ravi")
    asked(engine, many.ravi)
    assert [parcel.origin for parcel in claim(engine)] == [APPLE]


def test_a_pause_asked_for_during_a_try_stays_though_the_try_went_well(engine: Engine, many: Cast) -> None:
    parcels = go_silent(engine)
    later = NOON + HALF_A_MINUTE
    (probe,) = from_fcm(engine, later) or [None]
    if probe is None:  # leases of the first round still run for half a minute more
        later += HALF_A_MINUTE
        (probe,) = from_fcm(engine, later)
    with transaction(engine) as db:
        services.breaker.wait(db, FCM, later + 10 * MINUTE)
    record(engine, probe, TAKEN, later)
    assert (pause(engine) or Pause()).until == later + 10 * MINUTE
    assert parcels


def test_that_a_service_is_silent_is_told_once(engine: Engine, many: Cast) -> None:
    with structlog.testing.capture_logs() as lines:
        go_silent(engine)
        (probe,) = from_fcm(engine, NOON + MINUTE)
        record(engine, probe, SILENT, NOON + MINUTE)
    told: list[Any] = [line for line in lines if line["event"] == "push_silent"]
    assert told == [{"event": "push_silent", "log_level": "warning", "origin": FCM}]
