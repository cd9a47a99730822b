"""Claim, crash, retry, record: what happens to a prompt on its way to a phone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import Engine, select

from api.db import transaction
from api.people.models import Device, Person
from api.prompts import services as prompts
from api.push import services
from api.push.models import Pause
from api.push.outcome import Outcome
from api.push.parcel import Parcel
from tests.cast import Cast
from tests.push.steps import FCM, NOON, asked, attempts, claim, phone, record, subscribe, subscriptions

SECOND = timedelta(seconds=1)
LEASE = services.LEASE


@pytest.fixture
def logged() -> Iterator[list[dict[str, Any]]]:
    with structlog.testing.capture_logs() as lines:
        yield lines


def test_a_prompt_goes_to_every_phone_of_its_person_and_to_nobody_else(engine: Engine, cast: Cast) -> None:
    first, second = phone(engine, cast.rita), phone(engine, cast.rita, f"{FCM}/fcm/send/laptop")
    phone(engine, cast.ravi, f"{FCM}/fcm/send/ravi")
    prompt = asked(engine, cast.rita)
    parcels = claim(engine)
    assert {parcel.device_id for parcel in parcels} == {first, second}
    assert {parcel.topic for parcel in parcels} == {prompt.topic}
    assert {parcel.until for parcel in parcels} == {prompt.until}


def test_what_is_claimed_is_not_claimed_again(engine: Engine, cast: Cast) -> None:
    phone(engine, cast.rita)
    asked(engine, cast.rita)
    assert len(claim(engine)) == 1
    assert claim(engine, NOON + LEASE - SECOND) == []


def test_of_two_workers_that_claim_at_once_each_send_goes_to_one(engine: Engine, cast: Cast) -> None:
    for number in range(20):
        phone(engine, cast.rita, f"{FCM}/fcm/send/{number}")
    asked(engine, cast.rita)
    claimed: list[Parcel] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(8):
            claimed.extend(claim(engine, limit=3))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ids = [parcel.attempt_id for parcel in claimed]
    assert len(ids) == len(set(ids)) == 20


def test_a_crash_after_the_claim_is_made_good_after_the_lease_under_the_same_topic(engine: Engine, cast: Cast) -> None:
    phone(engine, cast.rita)
    asked(engine, cast.rita)
    (lost,) = claim(engine)
    (again,) = claim(engine, NOON + LEASE)
    assert (again.attempt_id, again.topic) == (lost.attempt_id, lost.topic)


def test_a_crash_after_the_send_leads_to_one_more_and_no_further(engine: Engine, cast: Cast) -> None:
    phone(engine, cast.rita)
    asked(engine, cast.rita)
    claim(engine)
    (again,) = claim(engine, NOON + LEASE)
    record(engine, again, Outcome("accepted", 201), NOON + LEASE)
    assert claim(engine, NOON + 10 * LEASE) == []


def test_a_prompt_is_sent_three_times_at_most(engine: Engine, cast: Cast) -> None:
    phone(engine, cast.rita)
    asked(engine, cast.rita)
    sends = [len(claim(engine, NOON + step * LEASE)) for step in range(6)]
    assert sends == [1, 1, 1, 0, 0, 0]
    with transaction(engine) as db:
        assert services.tidy(db, NOON + 6 * LEASE) == 1
    assert [attempt.outcome for attempt in attempts(engine)] == ["unknown"]


def test_an_unknown_end_is_tried_again_later_and_later(engine: Engine, cast: Cast) -> None:
    phone(engine, cast.rita)
    asked(engine, cast.rita)
    (parcel,) = claim(engine)
    record(engine, parcel, Outcome("unknown", 502))
    assert claim(engine, NOON + LEASE - SECOND) == []
    (parcel,) = claim(engine, NOON + LEASE)
    record(engine, parcel, Outcome("unknown"), NOON + LEASE)
    assert claim(engine, NOON + 3 * LEASE - SECOND) == []
    assert len(claim(engine, NOON + 3 * LEASE)) == 1


@pytest.mark.parametrize("outcome", ["answered", "declined", "snoozed"])
def test_a_prompt_that_was_settled_is_not_sent_any_more(engine: Engine, cast: Cast, outcome: Any) -> None:
    phone(engine, cast.rita)
    prompt = asked(engine, cast.rita)
    with transaction(engine) as db:
        prompts.settle(db, cast.rita, prompt.id, outcome, None, NOON)
    assert claim(engine) == []
    with transaction(engine) as db:
        assert services.tidy(db, NOON) == 1
    assert [attempt.outcome for attempt in attempts(engine)] == ["over"]


def test_a_snoozed_prompt_is_sent_again_under_the_same_topic(engine: Engine, cast: Cast) -> None:
    phone(engine, cast.rita)
    prompt = asked(engine, cast.rita)
    (first,) = claim(engine)
    record(engine, first, Outcome("accepted", 201))
    with transaction(engine) as db:
        prompts.settle(db, cast.rita, prompt.id, "snoozed", NOON + timedelta(hours=1), NOON)
    again = NOON + timedelta(hours=1)
    with transaction(engine) as db:
        services.hand_on(db, prompts.open_due(db, again), again)
    (second,) = claim(engine, again)
    assert (second.topic, second.prompt_id) == (first.topic, first.prompt_id)
    assert second.attempt_id != first.attempt_id


def test_nothing_is_claimed_in_the_last_minute_of_a_window(engine: Engine, cast: Cast) -> None:
    phone(engine, cast.rita)
    prompt = asked(engine, cast.rita)
    assert claim(engine, prompt.until - timedelta(seconds=60)) == []
    assert len(claim(engine, prompt.until - timedelta(seconds=61))) == 1


def test_a_dead_subscription_is_dropped(engine: Engine, cast: Cast) -> None:
    phone(engine, cast.rita)
    asked(engine, cast.rita)
    (parcel,) = claim(engine)
    record(engine, parcel, Outcome("gone", 410))
    assert subscriptions(engine) == {}
    assert claim(engine, NOON + LEASE) == []


def test_a_subscription_mended_in_the_meantime_lives(engine: Engine, cast: Cast) -> None:
    device_id = phone(engine, cast.rita)
    asked(engine, cast.rita)
    (parcel,) = claim(engine)
    subscribe(engine, cast.rita, device_id, f"{FCM}/fcm/send/new")
    record(engine, parcel, Outcome("gone", 404))
    assert subscriptions(engine) == {device_id: f"{FCM}/fcm/send/new"}


def test_a_busy_service_is_left_alone_as_long_as_it_asks_and_others_are_not(engine: Engine, cast: Cast) -> None:
    phone(engine, cast.rita)
    phone(engine, cast.rita, "https://web.push.apple.com/rita")
    asked(engine, cast.rita)
    parcels = {parcel.origin: parcel for parcel in claim(engine)}
    record(engine, parcels[FCM], Outcome("wait", 429, timedelta(minutes=10)))
    phone(engine, cast.ravi, f"{FCM}/fcm/send/ravi")
    phone(engine, cast.ravi, "https://web.push.apple.com/ravi")
    asked(engine, cast.ravi)
    assert [parcel.origin for parcel in claim(engine)] == ["https://web.push.apple.com"]
    later = NOON + timedelta(minutes=10)
    (first,) = (parcel for parcel in claim(engine, later) if parcel.origin == FCM)
    record(engine, first, Outcome("accepted", 201), later)
    assert [parcel.origin for parcel in claim(engine, later)] == [FCM]


def test_a_send_that_was_already_on_its_way_does_not_end_a_pause(engine: Engine, cast: Cast) -> None:
    phone(engine, cast.rita)
    phone(engine, cast.rita, f"{FCM}/fcm/send/laptop")
    asked(engine, cast.rita)
    first, second = claim(engine)
    record(engine, first, Outcome("wait", 429, timedelta(minutes=10)))
    record(engine, second, Outcome("accepted", 201))
    assert claim(engine, NOON + timedelta(minutes=9)) == []
    assert len(claim(engine, NOON + timedelta(minutes=10))) == 1


def test_waiting_for_a_busy_service_does_not_use_up_the_three_sends(engine: Engine, cast: Cast) -> None:
    phone(engine, cast.rita)
    asked(engine, cast.rita)
    now = NOON
    for _ in range(5):
        (parcel,) = claim(engine, now)
        record(engine, parcel, Outcome("wait", 503, timedelta(seconds=90)), now)
        now += timedelta(seconds=90)
    (parcel,) = claim(engine, now)
    record(engine, parcel, Outcome("accepted", 201), now)
    with transaction(engine, write=False) as db:
        assert db.scalars(select(Pause)).all() == []


def test_our_own_fault_pauses_the_service_deletes_nothing_and_is_told_once(
    engine: Engine, cast: Cast, logged: list[dict[str, Any]]
) -> None:
    for person in (cast.rita, cast.ravi):
        phone(engine, person, f"{FCM}/fcm/send/{person.name}")
        asked(engine, person)
    for parcel in claim(engine):
        record(engine, parcel, Outcome("refused", 403))
    assert len(subscriptions(engine)) == 2
    assert claim(engine, NOON + services.REFUSED_PAUSE - SECOND) == []
    for parcel in claim(engine, NOON + services.REFUSED_PAUSE):
        record(engine, parcel, Outcome("refused", 403), NOON + services.REFUSED_PAUSE)
    assert logged == [{"event": "push_refused", "log_level": "error", "origin": FCM, "status": 403}]


@pytest.mark.parametrize("kind", ["blocked", "too_big"])
def test_what_must_not_be_sent_is_not_tried_again_and_only_the_host_is_logged(
    engine: Engine, cast: Cast, logged: list[dict[str, Any]], kind: Any
) -> None:
    phone(engine, cast.rita)
    asked(engine, cast.rita)
    (parcel,) = claim(engine)
    record(engine, parcel, Outcome(kind))
    assert claim(engine, NOON + LEASE) == []
    assert len(subscriptions(engine)) == 1
    assert logged == [{"event": f"push_{kind}", "log_level": "error", "origin": FCM}]


def test_the_first_decision_about_a_send_stays(engine: Engine, cast: Cast) -> None:
    phone(engine, cast.rita)
    asked(engine, cast.rita)
    (slow,) = claim(engine)
    (fast,) = claim(engine, NOON + LEASE)
    record(engine, fast, Outcome("accepted", 201), NOON + LEASE)
    record(engine, slow, Outcome("gone", 410), NOON + LEASE)
    assert len(subscriptions(engine)) == 1
    assert [attempt.outcome for attempt in attempts(engine)] == ["accepted"]


def test_busy_services_of_this_worker_are_passed_over(engine: Engine, cast: Cast) -> None:
    phone(engine, cast.rita)
    asked(engine, cast.rita)
    assert claim(engine, busy=(FCM,)) == []
    assert len(claim(engine, busy=("https://web.push.apple.com",))) == 1


def test_a_removed_device_and_a_disabled_account_get_nothing(engine: Engine, cast: Cast) -> None:
    device_id = phone(engine, cast.rita)
    phone(engine, cast.ravi, f"{FCM}/fcm/send/ravi")
    asked(engine, cast.rita)
    asked(engine, cast.ravi)
    with transaction(engine) as db:
        db.get_one(Device, device_id).revoked_at = NOON
        db.get_one(Person, cast.ravi.id).disabled_at = NOON
    assert claim(engine) == []


def test_what_fell_due_in_an_outage_is_spread_over_a_quarter_of_an_hour(engine: Engine, cast: Cast) -> None:
    due = datetime(2026, 11, 19, 18, 30, tzinfo=UTC)
    for number in range(30):
        with transaction(engine) as db:
            person = Person(name="R", email=f"r{number}@x.example", role="resident", zone="UTC", joined_at=NOON)
            db.add(person)
        phone(engine, person, f"{FCM}/fcm/send/{number}")
        with transaction(engine) as db:
            wanted = {"slots": [{"weekday": 3, "time": "18:30", "protocol": "P01"}], "zone": "UTC"}
            quiet = {"quiet_from": "23:00", "quiet_to": "07:00", "paused_until": None}
            prompts.change_rhythm(db, person, {**wanted, **quiet}, NOON)
    back = due + timedelta(hours=2)
    with transaction(engine) as db:
        assert services.hand_on(db, prompts.open_due(db, back), back) == 30
    waits = [(attempt.lease_until - back).total_seconds() for attempt in attempts(engine)]
    assert all(0 <= wait < 900 for wait in waits)
    assert max(waits) - min(waits) > 300


@pytest.mark.parametrize("change", [{"quiet_from": "06:00", "quiet_to": "14:00"}, {"paused_until": date(2026, 11, 20)}])
def test_what_still_waits_when_quiet_hours_or_a_pause_begin_is_never_sent(
    engine: Engine, cast: Cast, change: dict[str, Any]
) -> None:
    phone(engine, cast.rita)
    asked(engine, cast.rita)
    (parcel,) = claim(engine)
    record(engine, parcel, Outcome("wait", 503, timedelta(minutes=10)))
    rhythm = {"slots": [], "paused_until": None, "zone": "America/Chicago", "quiet_from": "22:00", "quiet_to": "05:00"}
    with transaction(engine) as db:
        prompts.change_rhythm(db, cast.rita, rhythm | change, NOON)
    assert claim(engine, NOON + timedelta(minutes=11)) == []
    assert [attempt.outcome for attempt in attempts(engine)] == ["over"]
