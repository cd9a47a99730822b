"""Every screen in light, dark and forced colours: no barrier, no stranger, no complaint, and no sideways scroll."""

from collections.abc import Callable, Iterator

import pytest

from tests.journeys import screens, steps
from tests.journeys.browsers.browser import LAPTOP, PHONE, Browser
from tests.journeys.browsers.chromium import Chromium
from tests.journeys.conftest import OpenBrowser
from tests.journeys.eyes import AXE, Eyes
from tests.journeys.handrail import Handrail

Walk = Callable[[Chromium, Handrail], Iterator[str]]


def open_chromium(open_browser: OpenBrowser, **rest: object) -> Chromium:
    browser = open_browser("chromium", **rest)
    assert isinstance(browser, Chromium)
    return browser


@pytest.mark.parametrize(
    ("walk", "size"),
    [
        (screens.door, PHONE),
        (screens.resident, PHONE),
        (screens.coach, LAPTOP),
        (screens.coordinator, LAPTOP),
    ],
    ids=["door", "resident", "coach", "coordinator"],
)
def test_every_screen_can_be_used_by_everybody_and_talks_to_nobody_else(
    walk: Walk, size: tuple[int, int], demo_instance: Handrail, open_browser: OpenBrowser
) -> None:
    assert AXE.exists(), "axe-core comes with the phone's packages: python pwa/build.py"
    browser = open_chromium(open_browser, size=size, watch_workers=True)
    eyes, found = Eyes(browser), []
    for screen in walk(browser, demo_instance):
        found += eyes.violations(screen)
        found += eyes.overflow(screen)
    found += eyes.foreign_requests(demo_instance.origin)
    found += eyes.complaints()
    assert found == [], "\n".join(found)


def test_the_app_can_be_installed(demo_instance: Handrail, open_browser: OpenBrowser) -> None:
    browser = open_chromium(open_browser)
    browser.goto(demo_instance.origin)
    browser.wait_worker()
    assert Eyes(browser).installability_errors() == []


def test_a_check_in_needs_no_pointer(handrail: Handrail, open_browser: OpenBrowser) -> None:
    handrail.settle()
    browser = open_chromium(open_browser)
    steps.sign_in(browser, handrail, "rita@hospital.example")
    steps.open_myself(browser)
    steps.wait_settled(browser)
    tab_to(browser, "Shift exit")
    browser.key("Enter")

    browser.wait_text("How much of work is still with you?")
    tab_to(browser, "Almost none")
    browser.key("ArrowDown")
    browser.key("Enter")
    browser.wait_text("What is still on your mind?")
    tab_to(browser, "A patient")
    browser.key(" ")
    browser.key("ArrowDown")
    browser.key(" ")
    tab_to(browser, "Next")
    browser.key("Enter")

    browser.wait_text("Noted.")
    entry = steps.entry_at(browser)
    assert focused(browser).startswith("Leave it here")
    browser.key("Enter")
    browser.wait_url("/$")
    steps.wait_delivered(browser)
    assert steps.ops_of(handrail, entry) == 1


def focused(browser: Browser) -> str:
    """The name of what has the focus, which must also be seen to have it."""
    return str(browser.js("const at = document.activeElement; return at.getAttribute('aria-label') || at.innerText"))


def tab_to(browser: Browser, name: str) -> None:
    for _ in range(40):
        browser.key("Tab")
        if focused(browser).startswith(name):
            return
    raise AssertionError(f"Tab never reaches {name!r}; the page says: {browser.text()[:400]}")
