"""A simulated phone: it signs in by a mailed code, stocks tokens and sends sheets, all through the real API.

What it knows is a plain mapping, so that the player can keep it in a file between runs, as a phone keeps its storage.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from werkzeug.test import Client, TestResponse

from api.demo import story
from api.demo.cast import Character
from api.pulse import client as pulse
from api.pulse.wire import b64u, unb64u

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class Refused(RuntimeError):
    """The API refused a simulated phone, which means that the demo or the product is broken."""


def read(answer: TestResponse, *wanted: int) -> Any:
    """The JSON of an answer with one of the wanted statuses. Raises Refused otherwise."""
    if answer.status_code not in (wanted or (200,)):
        raise Refused(f"{answer.request.path}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")
    return answer.get_json(silent=True)


def sign_in(browser: Client, email: str, inbox: Callable[[str], str]) -> None:
    """Ask for a code and type it. `inbox` returns the text of the newest mail to an address."""
    read(browser.post("/api/sign-in/code", json={"email": email}, headers=SAME_ORIGIN), 202)
    found = re.search(r"\b[0-9]{6}\b", inbox(email))
    if found is None:
        raise Refused(f"no code was mailed to {email}")
    typed = {"email": email, "code": found[0], "device_name": "A simulated phone"}
    read(browser.post("/api/sign-in", json=typed, headers=SAME_ORIGIN))


class Phone:
    """One resident's phone. `kept` maps a block's label to its token, counter and whether its sheet is out."""

    def __init__(self, who: Character, browser: Client, anonymous: Client, kept: dict[str, Any]) -> None:
        self.who = who
        self.browser = browser
        self.anonymous = anonymous
        self.kept = kept

    def blocks(self) -> list[dict[str, Any]]:
        """The blocks this resident's group is given tokens for, as the session's list tells them."""
        found: list[dict[str, Any]] = read(self.browser.get("/api/pulse/blocks"))["blocks"]
        return found

    def stock(self, blocks: list[dict[str, Any]], listed: list[dict[str, Any]]) -> None:
        """Fetch a token for every block in issuance, wanted or not, so that fetching one says nothing (P1)."""
        for block in blocks:
            if block["eligible"] and block["block"] not in self.kept:
                self._token(block, listed)

    def _token(self, block: dict[str, Any], listed: list[dict[str, Any]]) -> None:
        spki = pulse.checked(block, listed)
        pending = pulse.blind(spki)
        asked = {"key_id": block["key_id"], "blinded_msg": b64u(pending.blinded_msg)}
        answer = self.browser.post("/api/pulse/issue", json=asked, headers=SAME_ORIGIN)
        if answer.status_code == 425:
            return
        token = pulse.finalize(spki, pending, unb64u(read(answer)["blind_sig"]))
        parts = {"key_id": token.key_id, "nonce": token.nonce, "signature": token.signature}
        self.kept[block["block"]] = {"token": {name: b64u(value) for name, value in parts.items()}, "c": None}

    def answer(self, block: dict[str, Any], index: int) -> bool:
        """Send the block's sheet once, if the story has this resident take part. True when a sheet was sent."""
        mine = self.kept.get(block["block"])
        if mine is None or mine["c"] is not None or not story.takes_part(self.who.name, index):
            return False
        counter = pulse.next_counter(None)
        a = pulse.answers(block["shape"], story.answers(self.who.name, index))
        token = pulse.Token(**{name: unb64u(value) for name, value in mine["token"].items()})
        body = pulse.body(token, pulse.sheet(counter, a))
        read(self.anonymous.put("/box/sheets", data=body, content_type="application/json"))
        mine["c"] = counter
        return True
