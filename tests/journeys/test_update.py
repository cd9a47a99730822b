"""A new release reaches a phone in use: offered, taken in five seconds, no draft lost; and the worker's way out."""

import urllib.request
from pathlib import Path

import pytest

from tests.journeys import steps
from tests.journeys.browsers.browser import Browser
from tests.journeys.browsers.chromium import Chromium
from tests.journeys.conftest import OpenBrowser
from tests.journeys.handrail import ROOT, Handrail, address
from tests.journeys.release import next_release
from tests.journeys.waits import until

RITA = address("Rita")
OFFER = "A newer Handrail is ready."
BROWSERS = pytest.mark.parametrize("name", ["chromium", "firefox"])
IS_NEXT = "return document.querySelector('meta[name=release]') !== null"
ASK = """const registration = await navigator.serviceWorker.getRegistration();
await registration.update();
return true;"""
WAITING = "return Boolean((await navigator.serviceWorker.getRegistration()).waiting)"
TAKE = "(await navigator.serviceWorker.getRegistration()).waiting.postMessage({type: 'SKIP_WAITING'});"
GO = """history.pushState(null, "", args[0]);
dispatchEvent(new PopStateEvent("popstate"));"""
NOTHING_LEFT = """const registrations = await navigator.serviceWorker.getRegistrations();
return registrations.length === 0 && (await caches.keys()).length === 0;"""


@pytest.fixture
def upgraded(tmp_path: Path) -> Path:
    folder = tmp_path / "next"
    folder.mkdir()
    return next_release(folder)


def settled(browser: Browser, product: Handrail) -> Browser:
    """A phone whose worker is in charge."""
    product.settle()
    steps.sign_in(browser, product, RITA)
    steps.open_myself(browser)
    steps.wait_settled(browser)
    until(
        lambda: browser.js("return (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated'"),
        "the worker to have kept its files",
        30,
    )
    browser.goto(product.origin)
    browser.wait_text("Shift exit")
    return browser


def upgrade(browser: Browser, product: Handrail, release: Path) -> None:
    """The operator installs a release; the phone hears of it as it does whenever it becomes visible."""
    product.stop()
    product.root = release
    product.start()
    until(lambda: browser.js(ASK), "the question for a new version")
    until(lambda: browser.js(WAITING), "the new version to wait", 30)


def served(product: Handrail, path: str) -> bytes:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(product.origin + path, timeout=10) as answer:
        return bytes(answer.read())


@BROWSERS
def test_an_update_is_offered_and_taken_and_the_draft_survives(
    name: str, handrail: Handrail, upgraded: Path, open_browser: OpenBrowser
) -> None:
    browser = settled(open_browser(name), handrail)
    browser.goto(f"{handrail.origin}/check-in/P01")
    browser.wait_text("How much of work is still with you?")
    browser.press("A lot", "radio")
    browser.wait_text("What is still on your mind?")
    other = browser.tab()
    browser.open_tab(f"{handrail.origin}/help")
    browser.wait_text("You don’t have to sort this out alone.")
    second = browser.tab()
    browser.use_tab(other)

    upgrade(browser, handrail, upgraded)
    assert browser.says("What is still on your mind?")
    assert not browser.says(OFFER)

    browser.goto(handrail.origin)
    browser.wait_text(OFFER)
    assert not browser.js(IS_NEXT)
    browser.press("Update now", "button")
    until(lambda: browser.js(IS_NEXT), "the new version", within=5)

    browser.goto(f"{handrail.origin}/check-in/P01")
    browser.wait_text("What is still on your mind?")
    browser.use_tab(second)
    until(lambda: browser.js(IS_NEXT) or browser.says(OFFER), "the other tab to follow, or to be offered it")


def test_a_page_of_the_version_before_still_opens_its_lazy_parts(
    handrail: Handrail, upgraded: Path, open_browser: OpenBrowser
) -> None:
    browser = settled(open_browser("chromium"), handrail)
    part = next(path.name for path in (ROOT / "static/app/assets").iterdir() if path.name.startswith("push-health-"))
    upgrade(browser, handrail, upgraded)
    browser.js(TAKE)
    browser.wait_text(OFFER)

    # A page without a worker asks the server, which runs the new release.
    assert b"export" in served(handrail, f"/assets/{part}")
    # Neither the server nor the browser's own cache may help the worker out.
    handrail.stop()
    assert isinstance(browser, Chromium)
    browser.cmd("Network.clearBrowserCache")
    browser.js(GO, "/prompts/health")
    browser.wait_text("Last confirmed")
    assert not browser.js(IS_NEXT)


@BROWSERS
def test_the_worker_can_be_switched_off_and_nothing_saved_is_lost(
    name: str, handrail: Handrail, open_browser: OpenBrowser
) -> None:
    browser = settled(open_browser(name), handrail)
    handrail.stop()
    browser.goto(f"{handrail.origin}/check-in/P01")
    entry = steps.answer(browser)
    browser.wait_text("1 waiting")

    handrail.env["HANDRAIL_WORKER"] = "off"
    handrail.start()
    browser.goto(handrail.origin)
    until(lambda: browser.js(NOTHING_LEFT), "the worker and its files to be gone", 30)
    browser.goto(f"{handrail.origin}/journal")
    browser.wait_text("Shift exit")
    browser.goto(handrail.origin)
    steps.wait_delivered(browser)
    assert steps.ops_of(handrail, entry) == 1
    assert browser.js(NOTHING_LEFT)

    handrail.env["HANDRAIL_WORKER"] = "on"
    handrail.stop()
    handrail.start()
    browser.goto(handrail.origin)
    browser.wait_worker()
