"""Quiet hours and pauses hold for what is open or snoozed already, not only for what is planned."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from api.db import transaction
from api.people.models import Person
from api.prompts import queries, services
from api.prompts.models import Prompt
from tests.cast import Cast
from tests.prompts.steps import HOUR, NOON, open_due, planned, prompts_of, settle, state_of, thursday

EVENING = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)  # 21:30 in Chicago, half an hour before quiet hours
MINUTE = timedelta(minutes=1)


def _asked(engine: Engine, person: Person, now: datetime) -> Prompt:
    with transaction(engine) as db:
        return services.ask_now(db, person, "P01", now)


def _change(engine: Engine, person: Person, now: datetime, **changes: Any) -> None:
    with transaction(engine) as db:
        services.change_rhythm(db, person, thursday(**changes), now)


def test_a_snooze_that_comes_back_in_quiet_hours_waits_in_the_app_without_an_alert(engine: Engine, cast: Cast) -> None:
    asked = _asked(engine, cast.rita, EVENING)
    assert [opened.prompt.id for opened in open_due(engine, EVENING)] == [asked.id]
    assert settle(engine, cast.rita, asked, "snoozed", EVENING + MINUTE) == "settled"
    again = EVENING + HOUR + MINUTE
    with transaction(engine, write=False) as db:
        told = {shown["id"]: shown["state"] for shown in queries.for_phone(db, cast.rita, again - MINUTE)}
    assert told[asked.id] == "snoozed"
    assert open_due(engine, again) == []
    assert state_of(engine, asked) == "open"
    assert open_due(engine, again + MINUTE) == []


def test_a_snooze_that_comes_back_before_quiet_hours_alerts(engine: Engine, cast: Cast) -> None:
    asked = _asked(engine, cast.rita, EVENING - HOUR)
    open_due(engine, EVENING - HOUR)
    settle(engine, cast.rita, asked, "snoozed", EVENING - HOUR, until=EVENING + 29 * MINUTE)
    assert [opened.prompt.id for opened in open_due(engine, EVENING + 29 * MINUTE)] == [asked.id]


def test_what_was_just_asked_for_alerts_at_night_but_a_snooze_of_it_does_not(engine: Engine, cast: Cast) -> None:
    night = EVENING + 2 * HOUR
    asked = _asked(engine, cast.rita, night)
    assert [opened.prompt.id for opened in open_due(engine, night + 4 * MINUTE)] == [asked.id]
    settle(engine, cast.rita, asked, "snoozed", night + 4 * MINUTE, until=night + 5 * MINUTE)
    assert open_due(engine, night + 5 * MINUTE) == []


def test_what_was_asked_for_at_night_does_not_alert_long_after(engine: Engine, cast: Cast) -> None:
    night = EVENING + 2 * HOUR
    asked = _asked(engine, cast.rita, night)
    assert open_due(engine, night + HOUR) == []
    assert state_of(engine, asked) == "open"


@pytest.mark.parametrize(
    "changes",
    [
        {"at": "10:00", "quiet_from": "11:00", "quiet_to": "20:00"},
        {"paused_until": date(2026, 11, 20)},
        {"zone": "Asia/Kolkata"},
    ],
    ids=["quiet hours", "a pause", "another zone"],
)
@pytest.mark.parametrize("outcome", ["snoozed", None])
def test_a_changed_rhythm_hushes_what_is_open_already(
    engine: Engine, cast: Cast, changes: dict[str, Any], outcome: str | None
) -> None:
    prompt = planned(engine, cast.rita)
    alert_at = prompt.due_at
    if outcome:
        open_due(engine, prompt.due_at)
        settle(engine, cast.rita, prompt, outcome, prompt.due_at, until=prompt.due_at + 3 * HOUR)
        alert_at += 3 * HOUR
    _change(engine, cast.rita, prompt.due_at + MINUTE, **changes)
    kept = next(one for one in prompts_of(engine, cast.rita) if one.id == prompt.id)
    assert kept.alert_at == alert_at
    assert open_due(engine, alert_at + 2 * MINUTE) == []
    assert state_of(engine, prompt) == "open"


def test_no_alert_of_a_whole_day_of_asking_and_snoozing_falls_into_quiet_hours(engine: Engine, cast: Cast) -> None:
    _change(engine, cast.rita, NOON, quiet_from="22:00", quiet_to="07:00")
    for minutes in range(0, 24 * 60, 53):
        asked_at = NOON + minutes * MINUTE
        asked = _asked(engine, cast.rita, asked_at)
        open_due(engine, asked_at)
        settle(engine, cast.rita, asked, "snoozed", asked_at + MINUTE)
        local = (asked_at + HOUR + MINUTE - timedelta(hours=6)).hour
        came_back = [opened.prompt.id for opened in open_due(engine, asked_at + HOUR + MINUTE)]
        assert (asked.id in came_back) == (7 <= local < 22), local
