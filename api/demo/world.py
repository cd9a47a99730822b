"""The demo's simulated phones together, in front of the same application and box that the web process serves.

They run in this process, so that a demo needs no second port; every request still passes the whole application.
"""

from __future__ import annotations

import dataclasses
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from api import clock, create_app, web
from api.config import Settings
from api.demo.cast import ADA, OTHERS, ZONE, Character
from api.demo.phone import Phone, read, sign_in
from api.mail import Letter
from api.pulse.box import create_box
from api.state import State


def world_file(settings: Settings) -> Path:
    """Where the simulated phones keep what they know; it exists once the past was played."""
    return settings.instance / "demo-world.json"


class Inbox:
    """The simulated people's mail: the newest letter to each address."""

    def __init__(self) -> None:
        self.newest: dict[str, str] = {}

    def send(self, letter: Letter) -> None:
        self.newest[letter.to] = letter.text

    def post(self, letter: Letter) -> bool:
        self.send(letter)
        return True

    def wait(self) -> None:
        """Nothing is ever under way here."""

    def __call__(self, email: str) -> str:
        return self.newest.get(email, "")


class World:
    """Everything simulated in one instance. `term_start` is the first day of block 0; None before the story began."""

    def __init__(self, held: State) -> None:
        self.state = dataclasses.replace(held, mail=Inbox())
        self.inbox: Inbox = self.state.mail  # type: ignore[assignment]
        self.app: Any = DispatcherMiddleware(create_app(state=self.state), {"/box": create_box(held.box_path)})
        self.file = world_file(held.settings)
        told = json.loads(self.file.read_text()) if self.file.exists() else {}
        self.term_start = date.fromisoformat(told["term_start"]) if told else None
        self.phones = {who.email: self._phone(who, told.get("phones", {}).get(who.email, {})) for who in OTHERS}

    def _phone(self, who: Character, told: dict[str, Any]) -> Phone:
        browser = self.browser()
        if cookie := told.get("cookie"):
            browser.set_cookie(web.cookie_name(self.state.settings), cookie)
        return Phone(who, browser, Client(self.app, use_cookies=False), dict(told.get("kept", {})))

    def browser(self) -> Client:
        return Client(self.app)

    def coordinator(self) -> Client:
        """A browser in which Ada is signed in."""
        browser = self.browser()
        sign_in(browser, ADA.email, self.inbox)
        return browser

    def save(self) -> None:
        """Keep what the phones know, in one step, so that a kill loses nothing that was kept before."""
        name = web.cookie_name(self.state.settings)
        phones = {}
        for email, phone in self.phones.items():
            cookie = phone.browser.get_cookie(name)
            phones[email] = {"cookie": cookie.value if cookie else None, "kept": phone.kept}
        beside = self.file.with_suffix(".new")
        beside.write_text(json.dumps({"term_start": str(self.term_start), "phones": phones}))
        os.replace(beside, self.file)

    def one_day(self) -> int:
        """Let every simulated phone wake once: stock tokens, answer the open block. Returns the sheets sent."""
        listed = read(Client(self.app, use_cookies=False).get("/box/keys"))["keys"]
        sent = 0
        for phone in self.phones.values():
            blocks = self._blocks(phone)
            phone.stock(blocks, listed)
            for block in blocks:
                if self.is_open(block):
                    sent += phone.answer(block, self.index(block))
        return sent

    def _blocks(self, phone: Phone) -> list[dict[str, Any]]:
        if phone.browser.get("/api/me").status_code == 401:
            sign_in(phone.browser, phone.who.email, self.inbox)
        return phone.blocks()

    def index(self, block: dict[str, Any]) -> int:
        """Which block of the term this is, 0 for the first. Blocks of the demo are one week long."""
        return self._days(block["open_day"]) // 7

    def is_open(self, block: dict[str, Any]) -> bool:
        return 0 <= self._days(self.today().isoformat()) - self._days(block["open_day"]) < 7

    def today(self) -> date:
        return clock.today(ZONE)

    def _days(self, day: str) -> int:
        return (date.fromisoformat(day) - (self.term_start or date.fromisoformat(day))).days
