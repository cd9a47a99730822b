"""The rhythm in real browsers: nights in two taps, a roster from a file, and weeks exactly as they will be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.journeys import steps
from tests.journeys.browsers.browser import Browser
from tests.journeys.conftest import OpenBrowser
from tests.journeys.handrail import Handrail, address
from tests.journeys.rosters import PICK, roster
from tests.journeys.waits import until

RITA = address("Rita")
DAYS = """return [...document.querySelectorAll("dialog .weeks li")].map((day) => day.innerText.replace(/\\s+/g, " "))"""


def arrive(handrail: Handrail, browser: Browser) -> Any:
    """Rita at her quiet Today; returns a client that asks the server as she would."""
    handrail.settle()
    steps.sign_in(browser, handrail, RITA)
    steps.open_myself(browser)
    steps.wait_settled(browser)
    return handrail.client(RITA)


def rhythm_of(client: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/rhythm")
    return found


@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_on_nights_is_two_taps_from_today(name: str, handrail: Handrail, open_browser: OpenBrowser) -> None:
    browser = open_browser(name)
    client = arrive(handrail, browser)
    browser.press("Rhythm", "link")
    browser.press("On nights till Friday", "switch")
    browser.wait_text("08:30 to 17:00")
    nights = until(lambda: rhythm_of(client)["nights_until"], "nights on the server")
    friday = date.fromisoformat(nights)
    assert friday.weekday() == 4
    assert timedelta() < friday - datetime.now(UTC).date() <= timedelta(days=8)
    browser.press("Undo")
    browser.wait_text("22:00 to 07:00")
    until(lambda: rhythm_of(client)["nights_until"] is None, "no nights on the server")


def test_a_roster_is_read_and_the_weeks_show_what_the_server_will_do(
    handrail: Handrail, open_browser: OpenBrowser
) -> None:
    browser = open_browser("chromium")
    client = arrive(handrail, browser)
    browser.press("Rhythm", "link")
    browser.press("Shift calendar")
    browser.wait_text("Choose a calendar file")
    browser.js(PICK, roster(datetime.now(UTC).date()))
    browser.wait_text("Read from a file on")
    browser.wait_text("One entry was left out")
    browser.press("A prompt after a shift", "switch")
    until(lambda: rhythm_of(client)["after_shift"], "prompts after a shift")
    kept = handrail.rows("SELECT * FROM shift") + handrail.rows("SELECT * FROM shift_calendar")
    assert "MICU" not in str(kept)
    assert "Tower" not in str(kept)
    browser.press("Close")
    browser.press("The next two weeks")
    browser.wait_text("What will happen if nothing changes.")
    told = client.get("/api/rhythm/preview")["days"]
    shown = until(lambda: browser.js(DAYS), "the days")
    assert len(shown) == len(told) == 14
    for day, text in zip(told, shown, strict=True):
        assert (day["prompt"] or day)["why"] in text
    assert sum("Night 19:00 to 07:00" in text for text in shown) == 2
    assert any(day["prompt"] for day in told)


def test_without_a_network_the_rhythm_shows_what_was_last_known_and_changes_nothing(
    handrail: Handrail, open_browser: OpenBrowser
) -> None:
    browser = open_browser("chromium")
    client = arrive(handrail, browser)
    browser.press("Rhythm", "link")
    browser.wait_text("Next:")
    before = rhythm_of(client)
    handrail.stop()
    browser.goto(f"{handrail.origin}/rhythm")
    browser.wait_text("These are the times last known here")
    browser.press("On nights till Friday", "switch")
    browser.wait_text("Nothing was changed, and nothing waits.")
    browser.press("The next two weeks")
    browser.wait_text("No signal. These weeks are as they were last known here.")
    assert len(browser.js(DAYS)) == 14
    handrail.start()
    browser.press("Close")
    browser.press("Try again")
    until(lambda: not browser.says("needs a connection"), "the page in touch again")
    assert rhythm_of(handrail.client(RITA)) == before
