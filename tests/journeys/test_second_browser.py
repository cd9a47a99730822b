"""A second browser with the twelve words shows the same journal; without them it opens nothing."""

from tests.journeys import steps
from tests.journeys.browsers.browser import Browser
from tests.journeys.conftest import OpenBrowser
from tests.journeys.handrail import Handrail, address

RITA = address("Rita")


def write_words_down(browser: Browser, product: Handrail) -> str:
    """Make the twelve words, read them off the screen, and type them back as the page asks."""
    browser.goto(f"{product.origin}/phone")
    browser.press("Write down twelve words")
    browser.wait_text("They are shown once.")
    words = " ".join(browser.js("return [...document.querySelectorAll('main ol li')].map((item) => item.textContent)"))
    browser.press("I have written them down")
    browser.fill("Your twelve words", words)
    browser.press("Keep these words")
    browser.wait_text("Your twelve words are written down.")
    return words


def test_a_second_browser_with_the_words_shows_the_same_journal(handrail: Handrail, open_browser: OpenBrowser) -> None:
    handrail.settle()
    first = open_browser("chromium")
    steps.sign_in(first, handrail, RITA)
    steps.open_myself(first)
    steps.wait_settled(first)
    first.goto(f"{handrail.origin}/check-in/P01")
    entry = steps.answer(first)
    steps.wait_delivered(first)
    words = write_words_down(first, handrail)
    assert len(words.split()) == 12

    second = open_browser("firefox")
    steps.sign_in(second, handrail, RITA)
    steps.open_myself(second)
    second.wait_text("This account already has a journal.")
    second.goto(f"{handrail.origin}/entry/{entry}")
    second.wait_text("This account already has a journal.")
    second.fill("Your twelve words", " ".join(reversed(words.split())))
    second.press("Open my journal")
    second.wait_text("These words do not fit.", within=30)
    second.fill("Your twelve words", words)
    second.press("Open my journal")
    second.wait_text("A task I left", within=30)
    second.goto(f"{handrail.origin}/check-in/P02")
    answered_there = steps.answer(second)
    steps.wait_delivered(second)

    first.goto(f"{handrail.origin}/entry/{answered_there}")
    first.wait_text("Protected time", within=steps.DELIVERY_S)
    assert [steps.ops_of(handrail, each) for each in (entry, answered_there)] == [1, 1]
