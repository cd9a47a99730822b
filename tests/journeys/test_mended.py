"""Prompts that would stop without a word: the phone mends its subscription unaided, and shows that it works."""

import pytest

from tests.journeys import steps
from tests.journeys.browsers.browser import Browser
from tests.journeys.conftest import OpenBrowser
from tests.journeys.desk.world import PushWorld
from tests.journeys.handrail import Handrail, address
from tests.journeys.waits import until

RITA = address("Rita")
BROWSERS = pytest.mark.parametrize("name", ["chromium", "firefox"])
# The browser's own limit is 20 seconds.
UNREACHABLE_S = 40


def with_prompts_on(browser: Browser, product: Handrail, world: PushWorld) -> str:
    """A signed-in phone; returns the address the server has for it."""
    product.settle()
    steps.sign_in(browser, product, RITA)
    steps.allow_prompts(browser)
    steps.wait_settled(browser)
    world.wait_connected()
    return until(lambda: known(product), "the subscription on the server")


def known(product: Handrail) -> str:
    """The address the server has; empty when it has none."""
    return "".join(endpoint for (endpoint,) in product.rows("SELECT endpoint FROM push_subscription"))


def key_of(product: Handrail) -> str:
    return str(product.rows("SELECT vapid_key FROM push_subscription")[0][0])


def come_back(browser: Browser, product: Handrail, old: str) -> str:
    """Open the app, and nothing else; the new address."""
    browser.goto(product.origin)
    return until(lambda: (now := known(product)) != old and now, "a new subscription on the server", 40)


def prompt_arrives(browser: Browser, product: Handrail, world: PushWorld, count: int) -> None:
    browser.wait_text("Ask me now")
    steps.ask_now(browser, product)
    world.wait_shown(count, within=60)
    browser.press("Not to")
    browser.wait_text("Ask me now")


@BROWSERS
def test_a_subscription_the_service_dropped_and_a_key_that_changed_are_mended_by_opening_the_app(
    name: str, push_world: PushWorld, open_browser: OpenBrowser
) -> None:
    with Handrail(push_origin=push_world.origin) as product:
        browser = open_browser(name, push_world)
        first = with_prompts_on(browser, product, push_world)

        push_world.revoke()
        steps.ask_now(browser, product)
        until(lambda: known(product) == "", "the server to hear that it is gone", 60)
        browser.press("Not to")
        browser.wait_text("Ask me now")
        second = come_back(browser, product, first)
        prompt_arrives(browser, product, push_world, 1)

        before = key_of(product)
        product.cli("keys", "rotate")
        third = come_back(browser, product, second)
        assert key_of(product) != before
        prompt_arrives(browser, product, push_world, 2)
        assert len({first, second, third}) == 3


def test_a_change_the_browser_tells_is_mended_with_no_page_open(
    push_world: PushWorld, open_browser: OpenBrowser
) -> None:
    with Handrail(push_origin=push_world.origin) as product:
        browser = open_browser("firefox", push_world)
        first = with_prompts_on(browser, product, push_world)
        browser.goto("about:blank")
        push_world.forget_browsers()
        until(lambda: known(product) not in ("", first), "the worker to tell the new address", 40)


@BROWSERS
def test_a_test_push_says_within_half_a_minute_that_it_arrived(
    name: str, push_world: PushWorld, open_browser: OpenBrowser
) -> None:
    with Handrail(push_origin=push_world.origin) as product:
        browser = open_browser(name, push_world)
        with_prompts_on(browser, product, push_world)
        browser.goto(f"{product.origin}/prompts")
        browser.wait_text("Send e-mail instead Once")
        browser.press("Send me a test", "button")
        browser.wait_text("It arrived.", within=30)
        assert [each.title for each in push_world.shown] == ["Prompts reach this phone"]
        browser.press("Send e-mail instead", "button")
        browser.wait_text("Stop the e-mail")


def test_a_browser_without_its_push_service_is_given_up_after_twenty_seconds(
    handrail: Handrail, open_browser: OpenBrowser
) -> None:
    handrail.settle()
    browser = open_browser("chromium")
    steps.sign_in(browser, handrail, RITA)
    browser.wait_text("May we tap your shoulder?")
    browser.press("Allow prompts")
    browser.wait_text("did not answer", within=UNREACHABLE_S)
    browser.press("I’ll open it myself")
    browser.wait_url(r"/$")
