"""A check-in answered without any network is saved at once, outlives a killed browser, and is delivered once."""

import json

import pytest

from tests.journeys import steps
from tests.journeys.browsers.browser import Browser
from tests.journeys.conftest import OpenBrowser
from tests.journeys.handrail import ROOT, Handrail, address

RITA = address("Rita")
LIBRARY = [json.loads(file.read_text()) for file in (ROOT / "api/library/protocols").glob("*.json")]
FIRST_QUESTION = {protocol["id"]: protocol["items"][0]["text"] for protocol in LIBRARY}


def signed_in(browser: Browser, product: Handrail) -> Browser:
    """A phone that has been online once: signed in, its key made, its files kept."""
    steps.sign_in(browser, product, RITA)
    steps.open_myself(browser)
    steps.wait_settled(browser)
    # A browser writes its cookies to disk within half a minute, or when it is closed: nobody is killed before that.
    browser.stop()
    browser.start()
    browser.goto(product.origin)
    steps.wait_settled(browser)
    return browser


@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_a_check_in_answered_offline_outlives_a_kill_and_is_delivered_once(
    name: str, handrail: Handrail, open_browser: OpenBrowser
) -> None:
    handrail.settle()
    browser = signed_in(open_browser(name), handrail)
    prompt = steps.ask_now(browser, handrail)

    handrail.stop()
    browser.goto(f"{handrail.origin}/c/{prompt}")
    entry = steps.answer(browser)
    browser.wait_text("Saved on this phone")
    browser.wait_text("1 waiting")
    browser.kill()
    browser.start()
    browser.goto(f"{handrail.origin}/entry/{entry}")
    browser.wait_text("Waiting to send")
    assert steps.ops_of(handrail, entry) == 0

    handrail.start()
    browser.wait_text("Delivered", within=steps.DELIVERY_S)
    assert steps.ops_of(handrail, entry) == 1
    outcomes = handrail.rows("SELECT state FROM prompt WHERE id = ?", prompt)
    assert outcomes == [("answered",)]


def test_every_deep_link_opens_cold_without_a_network(handrail: Handrail, open_browser: OpenBrowser) -> None:
    handrail.settle()
    browser = signed_in(open_browser("chromium"), handrail)
    browser.goto(f"{handrail.origin}/check-in/P01")
    entry = steps.answer(browser)
    browser.goto(f"{handrail.origin}/rhythm")
    browser.wait_text("Quiet hours")
    browser.goto(handrail.origin)
    prompt = steps.ask_now(browser, handrail)
    steps.wait_delivered(browser)
    protocol = handrail.rows("SELECT protocol FROM prompt WHERE id = ?", prompt)[0][0]
    handrail.stop()

    browser.stop()
    browser.start()
    for path, words in {
        "/": "A short check-in",
        f"/c/{prompt}": FIRST_QUESTION[protocol],
        "/check-in/P02": FIRST_QUESTION["P02"],
        "/check-in/P10": FIRST_QUESTION["P10"],
        f"/done/{entry}": "Noted.",
        f"/entry/{entry}": "Shift exit",
        "/journal": "Shift exit",
        "/rhythm": "Rhythm",
        "/prompts": "May we tap your shoulder?",
        "/prompts/health": "Last confirmed",
        "/install": "About a minute",
        "/coach": "Group",
        "/phone": "phone",
        "/help": "You don’t have to sort this out alone.",
        "/nowhere": "There is no page here.",
    }.items():
        browser.goto(handrail.origin + path)
        browser.wait_text(words)


def test_a_server_that_is_killed_while_the_phone_delivers_gets_everything_once(
    handrail: Handrail, open_browser: OpenBrowser
) -> None:
    handrail.settle()
    browser = signed_in(open_browser("chromium"), handrail)
    handrail.kill()
    entries = []
    for _ in range(3):
        browser.goto(f"{handrail.origin}/check-in/P01")
        entries.append(steps.answer(browser))

    handrail.start()
    handrail.kill()
    handrail.start()

    browser.goto(handrail.origin)
    steps.wait_delivered(browser)
    assert [steps.ops_of(handrail, entry) for entry in entries] == [1, 1, 1]
