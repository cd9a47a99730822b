"""Rotating the push key: two are live, phones move one by one, and the old one goes when it is needed no more."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from api import worker
from api.clock import FrozenClock
from api.db import new_id, transaction
from api.people.models import Device, Person
from api.problems import Problem
from api.push import services, vapid
from api.push.models import Health, Subscription
from api.state import State
from tests.cast import Cast
from tests.fakes.push_service import BrowserKeys, PushService
from tests.push.steps import NOON, asked

DAY = timedelta(days=1)
TODAY = NOON.date()


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService() as held:
        yield held


@pytest.fixture
def house(state: State, service: PushService, frozen: FrozenClock) -> State:
    settings = dataclasses.replace(state.settings, push_test_origin=service.origin, push_timeout_s=2.0)
    return dataclasses.replace(state, settings=settings)


def tell(
    house: State, service: PushService, person: Person, device_id: str, key: str | None, keys: BrowserKeys | None = None
) -> None:
    told = {"device_id": device_id, "endpoint": service.endpoint(device_id), "keys": (keys or BrowserKeys()).wire}
    with transaction(house.engine) as db:
        services.subscribe(db, person, told | {"key": key}, house.vapid.publics, service.origin, NOON)


def phone(house: State, service: PushService, person: Person, key: str | None = None) -> str:
    device_id = new_id()
    with transaction(house.engine) as db:
        db.add(Device(id=device_id, person_id=person.id, name="Phone", created_at=NOON))
    tell(house, service, person, device_id, key)
    return device_id


def rotate(house: State) -> str:
    with transaction(house.engine) as db:
        return services.rotate(db, house.vapid, TODAY)


def retire(house: State, days: int) -> int:
    with transaction(house.engine) as db:
        return services.retire(db, house.vapid, TODAY + days * DAY)


def test_each_phone_is_sent_to_under_the_key_it_subscribed_with(house: State, service: PushService, cast: Cast) -> None:
    before = house.vapid.current
    old = phone(house, service, cast.rita, before)
    after = rotate(house)
    new = phone(house, service, cast.rita, after)
    assert before != after == house.vapid.current
    asked(house.engine, cast.rita)
    worker.run(house, once=True)
    signed = {message.token: message.vapid()[1] for message in service.received}
    assert signed == {old: before, new: after}


def test_a_phone_from_before_rotation_was_told_keeps_the_only_key_there_was(
    house: State, service: PushService, cast: Cast
) -> None:
    before, device_id = house.vapid.current, phone(house, service, cast.rita)
    with transaction(house.engine) as db:
        db.get_one(Subscription, device_id).vapid_key = None
    rotate(house)
    asked(house.engine, cast.rita)
    worker.run(house, once=True)
    assert [message.vapid()[1] for message in service.received] == [before]


def test_a_phone_that_does_not_say_its_key_keeps_the_one_it_had(house: State, service: PushService, cast: Cast) -> None:
    before = house.vapid.current
    device_id = phone(house, service, cast.rita, before)
    rotate(house)
    tell(house, service, cast.rita, device_id, None)
    with transaction(house.engine, write=False) as db:
        assert db.get_one(Subscription, device_id).vapid_key == before


def test_the_old_key_goes_when_every_phone_has_moved(house: State, service: PushService, cast: Cast) -> None:
    device_id = phone(house, service, cast.rita, house.vapid.current)
    after = rotate(house)
    assert retire(house, 1) == 0
    with pytest.raises(services.NotYet, match="1 phones"):
        rotate(house)
    tell(house, service, cast.rita, device_id, after)
    assert retire(house, 1) == 1
    assert house.vapid.publics == (after,)


def test_after_sixty_days_the_old_key_goes_and_takes_what_is_left_with_it(
    house: State, service: PushService, cast: Cast
) -> None:
    device_id = phone(house, service, cast.rita, house.vapid.current)
    rotate(house)
    assert retire(house, 59) == 0
    assert retire(house, 60) == 1
    with transaction(house.engine, write=False) as db:
        assert db.scalars(select(Subscription)).all() == []
        assert db.get_one(Health, device_id).reason == "key_retired"


def test_a_key_that_is_gone_is_refused_so_that_the_phone_subscribes_anew(
    house: State, service: PushService, cast: Cast
) -> None:
    before = house.vapid.current
    rotate(house)
    assert retire(house, 1) == 1
    with pytest.raises(Problem) as refused:
        phone(house, service, cast.rita, before)
    assert "key" in refused.value.fields


def test_a_running_process_takes_up_a_rotation_without_a_restart(tmp_path: Path) -> None:
    web, shell = vapid.Ring(tmp_path), vapid.Ring(tmp_path)
    before = web.current
    after = shell.rotate(TODAY)
    assert web.publics == (after, before)
    assert web.key(before)
    assert web.key(None) == web.key(after)


def test_a_rotation_that_was_cut_off_leaves_a_working_key_and_can_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = vapid.Ring(tmp_path)
    before = ring.current

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", cut)
        with pytest.raises(KeyboardInterrupt):
            ring.rotate(TODAY)
    assert vapid.Ring(tmp_path).publics == (before,)
    after = ring.rotate(TODAY)
    assert vapid.Ring(tmp_path).publics == (after, before)
    assert {path.stat().st_mode & 0o077 for path in tmp_path.glob("vapid*.pem")} == {0}


def test_a_key_that_is_not_on_this_machine_is_no_error(house: State, service: PushService, cast: Cast) -> None:
    device_id = phone(house, service, cast.rita, house.vapid.current)
    with transaction(house.engine) as db:
        db.get_one(Subscription, device_id).vapid_key = "elsewhere"
    asked(house.engine, cast.rita)
    worker.run(house, once=True)
    assert service.received == []


def test_an_endpoint_moves_to_another_account_only_with_both_secrets_of_its_browser(
    house: State, service: PushService, cast: Cast
) -> None:
    keys, thief = BrowserKeys(), BrowserKeys()
    half = BrowserKeys(private=keys.private)
    with transaction(house.engine) as db:
        db.add_all(
            Device(id=f"{n}", person_id=p.id, name="P", created_at=NOON) for n, p in enumerate((cast.rita, cast.ravi))
        )

    def say(person: Person, device_id: str, with_keys: BrowserKeys) -> None:
        told = {"device_id": device_id, "endpoint": service.endpoint("shared"), "keys": with_keys.wire}
        with transaction(house.engine) as db:
            services.subscribe(db, person, told, house.vapid.publics, service.origin, NOON)

    say(cast.rita, "0", keys)
    for wrong in (thief, half):
        with pytest.raises(Problem) as refused:
            say(cast.ravi, "1", wrong)
        assert refused.value.code == "endpoint_taken"
    say(cast.ravi, "1", keys)
    with transaction(house.engine, write=False) as db:
        assert [row.person_id for row in db.scalars(select(Subscription))] == [cast.ravi.id]
