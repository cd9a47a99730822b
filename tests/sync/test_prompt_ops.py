"""Outcomes of prompts travel with the log, are acted on in the same transaction, and leave a receipt only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select

from api import clock
from api.clock import FrozenClock
from api.db import new_id, transaction
from api.journal.models import Op
from api.people.models import Person
from api.prompts import services as prompting
from tests.cast import Cast
from tests.sync.phone import Phone
from tests.sync.test_exchange import statuses, sync

PhoneOf = Callable[..., Phone]


def asked(engine: Engine, person: Person) -> str:
    """The id of a prompt that is due now."""
    with transaction(engine) as db:
        return prompting.ask_now(db, person, "P01", clock.now()).id


def states(answer: dict[str, Any]) -> dict[str, str]:
    return {prompt["id"]: prompt["state"] for prompt in answer["prompts"]}


@pytest.mark.parametrize("outcome", ["answered", "declined", "snoozed"])
def test_an_outcome_is_acted_on_in_the_same_round_trip(
    phone_of: PhoneOf, cast: Cast, engine: Engine, outcome: str
) -> None:
    phone = phone_of(cast.rita)
    prompt = asked(engine, cast.rita)
    assert states(sync(phone, []))[prompt] == "open"
    answer = sync(phone, [phone.settle(prompt, outcome, until="2026-11-19T13:00:00Z")])
    assert statuses(answer) == ["applied"]
    assert states(answer)[prompt] == outcome


def test_an_outcome_sent_again_changes_nothing_more(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    phone = phone_of(cast.rita)
    prompt = asked(engine, cast.rita)
    snoozed = phone.settle(prompt, "snoozed", until="2026-11-19T13:00:00Z")
    sync(phone, [snoozed])
    sync(phone, [phone.settle(prompt, "answered")])
    answer = sync(phone, [snoozed])
    assert statuses(answer) == ["dup"]
    assert states(answer)[prompt] == "answered"


def test_a_prompt_nobody_knows_or_of_somebody_else_is_left_alone(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    rita, ravi = phone_of(cast.rita), phone_of(cast.ravi)
    prompt = asked(engine, cast.rita)
    answer = sync(ravi, [ravi.settle(prompt, "declined"), ravi.settle(new_id(), "answered")])
    assert statuses(answer) == ["applied", "applied"]
    assert states(sync(rita, []))[prompt] == "open"


def test_a_check_in_and_its_outcome_are_delivered_together(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    phone = phone_of(cast.rita)
    prompt = asked(engine, cast.rita)
    ops = [phone.create({"a": 1}), phone.settle(prompt, "answered")]
    answer = sync(phone, ops)
    assert [result["server_seq"] for result in answer["results"]] == [1, 2]
    assert answer["acked_through"] == 2


def test_of_an_outcome_only_a_receipt_is_kept_and_nothing_is_handed_on(
    phone_of: PhoneOf, cast: Cast, engine: Engine
) -> None:
    phone = phone_of(cast.rita)
    prompt = asked(engine, cast.rita)
    phone.settle(prompt, "declined")
    phone.quiet()
    with transaction(engine, write=False) as db:
        row = db.execute(select(Op.body, Op.entity_id, Op.base, Op.occurred_at)).one()
    assert tuple(row) == ("", None, None, None)
    second = phone_of(cast.rita, keys=phone.keys)
    second.quiet()
    assert second.log == {}


def test_an_outcome_whose_effect_breaks_is_not_answered_as_applied(
    phone_of: PhoneOf, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = phone_of(cast.rita)
    prompt = asked(engine, cast.rita)
    op = phone.settle(prompt, "answered")
    with monkeypatch.context() as broken:
        broken.setattr(prompting, "settle", lambda *_: 1 / 0)
        status, _ = phone.send("POST", "/api/sync", phone._request("n1", [op]))
        assert status == 500
    answer = sync(phone, [op])
    assert statuses(answer) == ["applied"]
    assert states(answer)[prompt] == "answered"


def test_a_phones_first_exchange_knows_the_next_prompt(phone_of: PhoneOf, cast: Cast, frozen: FrozenClock) -> None:
    frozen.advance(days=1)
    first = sync(phone_of(cast.rita), [])["prompts"]
    assert [(prompt["state"], prompt["protocol"]) for prompt in first] == [("planned", "P02")]
    assert sync(phone_of(cast.rita), [])["prompts"] == first
