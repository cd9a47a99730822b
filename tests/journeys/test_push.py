"""A real encrypted push reaches a real browser, and its buttons lead to a delivered check-in."""

import re

import pytest

from tests.journeys import steps
from tests.journeys.browsers.browser import Browser
from tests.journeys.conftest import OpenBrowser
from tests.journeys.desk.desktop import Shown
from tests.journeys.desk.world import PushWorld
from tests.journeys.handrail import Handrail, address
from tests.journeys.waits import until

RITA = address("Rita")
# Anything a bystander could make something of: names, protocols, feelings, the hospital.
TELLING = re.compile(r"rita|shift|protected|tank|work|hospital|medicine|resident|feel", re.IGNORECASE)


def prompted(browser: Browser, product: Handrail, world: PushWorld, count: int) -> tuple[str, Shown]:
    """Ask for a prompt, leave the app, and wait for the notification that the worker's push makes."""
    browser.goto(product.origin)
    prompt = steps.ask_now(browser, product)
    browser.goto("about:blank")
    return prompt, world.wait_shown(count, within=60)


@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_a_push_is_shown_once_and_its_buttons_lead_to_a_delivered_check_in(
    name: str, push_world: PushWorld, open_browser: OpenBrowser
) -> None:
    with Handrail(push_origin=push_world.origin) as product:
        product.settle()
        browser = open_browser(name, push_world)
        steps.sign_in(browser, product, RITA)
        steps.allow_prompts(browser)
        steps.wait_settled(browser)
        push_world.wait_connected()

        prompt, shown = prompted(browser, product, push_world, 1)
        assert "check-in is ready" in f"{shown.title} {shown.body}"
        assert not TELLING.search(f"{shown.title} {shown.body}")
        push_world.press(shown, "Start")
        browser.switch_to(f"/c/{prompt}$")
        entry = steps.answer(browser)
        steps.wait_delivered(browser)
        assert steps.ops_of(product, entry) == 1
        assert product.rows("SELECT state FROM prompt WHERE id = ?", prompt) == [("answered",)]

        later, shown = prompted(browser, product, push_world, 2)
        push_world.press(shown, "In an hour")
        until(
            lambda: product.rows("SELECT state FROM prompt WHERE id = ?", later) == [("snoozed",)],
            "the worker to deliver the snooze with no page of ours open",
            steps.DELIVERY_S,
        )

        assert len(push_world.shown) == 2
        assert push_world.refused == []
        assert [
            bool(message.topic) and 60 <= message.ttl <= 86_400 and message.urgency == "high" and message.nack is None
            for message in push_world.messages
        ] == [True, True]


@pytest.mark.parametrize(
    ("permission", "words"),
    [
        ("denied", "This browser was told no."),
        ("ask", "Your phone will ask you once more."),
    ],
)
def test_a_browser_that_says_no_is_told_what_that_means(
    permission: str, words: str, handrail: Handrail, push_world: PushWorld, open_browser: OpenBrowser
) -> None:
    handrail.settle()
    browser = open_browser("chromium", push_world, permission=permission)
    steps.sign_in(browser, handrail, RITA)
    browser.goto(f"{handrail.origin}/prompts")
    browser.wait_text(words)
