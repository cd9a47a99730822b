"""Mail in the place of push: by choice, after a week without a sign of life, through a real SMTP server."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select
from werkzeug.test import Client

from api import mail, worker
from api.clock import FrozenClock
from api.db import transaction
from api.people.models import Person
from api.prompts import services as prompts
from api.push import services
from api.push.models import MailChannel, MailedPrompt
from api.state import State
from tests.cast import Cast
from tests.client import JsonClient
from tests.fakes.push_service import PushService
from tests.push.steps import NOON
from tests.push.test_trials import phone

PATH = "/api/push/email"
WEEK = timedelta(days=7)
SignIn = Callable[..., JsonClient]


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService() as held:
        yield held


@pytest.fixture
def house(state: State, service: PushService, letter_box: Controller, frozen: FrozenClock) -> State:
    """An instance with a real mail server, where Rita is asked on Thursdays at 12:30, Chicago time."""
    given = {"push_test_origin": service.origin, "push_timeout_s": 2.0}
    settings = dataclasses.replace(
        state.settings, mail_host="127.0.0.1", mail_port=letter_box.port, mail_starttls=False, **given
    )
    return dataclasses.replace(state, settings=settings, mail=mail.mail_for(settings))


def ask_on_thursdays(house: State, person: Person) -> None:
    slots = [{"weekday": 3, "time": "12:30", "protocol": "P01"}]
    quiet = {"quiet_from": "22:00", "quiet_to": "05:00", "paused_until": None, "zone": "America/Chicago"}
    with transaction(house.engine) as db:
        prompts.change_rhythm(db, person, {"slots": slots, **quiet}, NOON)


def choose(house: State, person: Person, on: bool = True) -> None:
    with transaction(house.engine) as db:
        services.choose_mail(db, person, on, NOON)


def run_on(house: State, frozen: FrozenClock, days: int) -> None:
    """Let the worker run shortly before and at Thursday's slot, this many days later."""
    frozen.at = NOON + timedelta(days=days)
    worker.run(house, once=True)
    frozen.at = NOON + timedelta(days=days, hours=6, minutes=30)
    worker.run(house, once=True)
    worker.run(house, once=True)


def test_after_a_week_of_silence_a_prompt_comes_by_mail_and_not_by_push(
    house: State, service: PushService, letter_box: Controller, cast: Cast, frozen: FrozenClock
) -> None:
    phone(house, service, cast.rita)
    ask_on_thursdays(house, cast.rita)
    choose(house, cast.rita)
    run_on(house, frozen, 0)
    assert (len(service.received), len(letter_box.handler.received)) == (1, 0)
    run_on(house, frozen, 7)
    assert (len(service.received), len(letter_box.handler.received)) == (1, 1)
    (letter,) = letter_box.handler.received
    with transaction(house.engine, write=False) as db:
        (prompt_id,) = db.scalars(select(MailedPrompt.prompt_id))
        token = db.get_one(MailChannel, cast.rita.id).off_token
    off = f"http://localhost/api/push/email/off/{token}"
    assert letter["To"] == "rita@hospital.example"
    assert letter["Subject"] == "A 20-second check-in is ready"
    assert (letter["List-Unsubscribe"], letter["List-Unsubscribe-Post"]) == (f"<{off}>", "List-Unsubscribe=One-Click")
    said = letter.get_content()
    assert re.findall(r"http\S+", said) == [f"http://localhost/c/{prompt_id}", off]
    assert "P01" not in said
    assert "Rita" not in said


def test_a_sign_of_life_brings_the_prompt_back_to_the_phone(
    house: State, service: PushService, letter_box: Controller, cast: Cast, frozen: FrozenClock
) -> None:
    device_id = phone(house, service, cast.rita)
    ask_on_thursdays(house, cast.rita)
    choose(house, cast.rita)
    with transaction(house.engine) as db:
        services.seen(db, cast.rita, device_id, NOON + timedelta(days=1))
    run_on(house, frozen, 7)
    assert (len(service.received), len(letter_box.handler.received)) == (1, 0)


@pytest.mark.parametrize("chosen", [False, None])
def test_nobody_who_did_not_choose_mail_gets_any(
    house: State, service: PushService, letter_box: Controller, cast: Cast, frozen: FrozenClock, chosen: bool | None
) -> None:
    phone(house, service, cast.rita)
    ask_on_thursdays(house, cast.rita)
    if chosen is False:
        choose(house, cast.rita)
        choose(house, cast.rita, False)
    run_on(house, frozen, 14)
    assert (len(service.received), len(letter_box.handler.received)) == (1, 0)


def test_a_mail_server_that_is_away_for_a_while_delays_the_mail_and_doubles_none(
    house: State, letter_box: Controller, cast: Cast, frozen: FrozenClock
) -> None:
    ask_on_thursdays(house, cast.rita)
    choose(house, cast.rita)
    away = dataclasses.replace(house.settings, mail_port=1)
    run_on(dataclasses.replace(house, mail=mail.SmtpMail(away)), frozen, 7)
    assert letter_box.handler.received == []
    for _ in range(4):
        frozen.advance(minutes=5)
        worker.run(house, once=True)
    assert len(letter_box.handler.received) == 1


def test_a_worker_that_dies_while_mailing_never_leads_to_a_second_mail(
    house: State, letter_box: Controller, cast: Cast, frozen: FrozenClock
) -> None:
    ask_on_thursdays(house, cast.rita)
    choose(house, cast.rita)

    class Dies:
        def post(self, letter: mail.Letter) -> bool:
            house.mail.post(letter)
            raise KeyboardInterrupt

    frozen.at = NOON + WEEK
    worker.run(house, once=True)
    frozen.advance(hours=6, minutes=30)
    with pytest.raises(KeyboardInterrupt):
        worker.run(dataclasses.replace(house, mail=Dies()), once=True)  # type: ignore[arg-type]
    for _ in range(5):
        frozen.advance(minutes=30)
        worker.run(house, once=True)
    assert len(letter_box.handler.received) == 1


def test_what_was_answered_or_is_over_is_not_mailed(
    house: State, letter_box: Controller, cast: Cast, frozen: FrozenClock
) -> None:
    ask_on_thursdays(house, cast.rita)
    choose(house, cast.rita)
    frozen.at = NOON + WEEK
    worker.run(house, once=True)
    frozen.advance(hours=6, minutes=30)
    with transaction(house.engine) as db:
        services.hand_on(db, prompts.open_due(db, frozen.at), frozen.at)
        (prompt_id,) = db.scalars(select(MailedPrompt.prompt_id))
        prompts.settle(db, cast.rita, prompt_id, "answered", None, frozen.at)
    worker.run(house, once=True)
    assert letter_box.handler.received == []


def test_the_line_in_a_mail_ends_the_mails_and_nothing_else_without_a_sign_in(
    house: State, app: object, client_for: SignIn, cast: Cast
) -> None:
    rita, ravi = client_for(cast.rita), client_for(cast.ravi)
    for client in (rita, ravi):
        assert client.put(PATH, {"on": True}).json == {"on": True, "silent_days": 7, "instead": False}
    with transaction(house.engine, write=False) as db:
        token = db.get_one(MailChannel, cast.rita.id).off_token
    anybody = Client(app)
    page = anybody.get(f"{PATH}/off/{token}")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    assert rita.put(PATH, {"on": True}).json["on"]
    ended = anybody.post(f"{PATH}/off/{token}", data={"List-Unsubscribe": "One-Click"})
    assert (ended.status_code, ended.mimetype) == (200, "text/html")
    assert anybody.post(f"{PATH}/off/{token}").status_code == 200
    assert anybody.post(f"{PATH}/off/nonsense").status_code == 200
    with transaction(house.engine, write=False) as db:
        assert list(db.scalars(select(MailChannel.person_id))) == [cast.ravi.id]
    assert rita.get("/api/me").status_code == 200
