"""Every screen of the product, one after another, as a person reaches it. Checks and pictures share this walk.

Each walk is a generator: it brings the browser to a screen, yields the screen's name, and goes on.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from tests.journeys import steps
from tests.journeys.browsers.browser import Browser
from tests.journeys.browsers.chromium import Chromium
from tests.journeys.handrail import Handrail
from tests.journeys.rosters import PICK, roster

RITA, CAL, ADA = "rita@demo.example", "cal@demo.example", "ada@demo.example"


def door(browser: Browser, product: Handrail) -> Iterator[str]:
    """What anybody sees, signed in or not."""
    browser.goto(f"{product.origin}/help")
    browser.wait_text("You don’t have to sort this out alone.")
    yield "help"
    browser.goto(f"{product.origin}/sign-in")
    browser.fill("Your work e-mail", "nobody@hospital.example")
    yield "sign-in"
    browser.press("Send me a code", "button")
    browser.wait_text("Six-digit code")
    yield "sign-in-code"


def resident(browser: Chromium, product: Handrail) -> Iterator[str]:
    """A resident's phone, from the first sign-in."""
    steps.sign_in(browser, product, RITA)
    browser.wait_text("May we tap your shoulder?")
    yield "prompts"
    steps.open_myself(browser)
    steps.wait_settled(browser)
    yield "today-quiet"
    yield from check_ins(browser, product)
    yield from own_pages(browser, product)
    browser.goto(product.origin)
    steps.ask_now(browser, product)
    yield "today-waiting"
    browser.press("All delivered")
    browser.wait_text("Where your answers are")
    yield "where"
    browser.forget(product.origin)
    steps.sign_in(browser, product, RITA)
    steps.open_myself(browser)
    browser.wait_text("This account already has a journal.")
    yield "second-phone"


def check_ins(browser: Browser, product: Handrail) -> Iterator[str]:
    """Each kind of question, and the close."""
    browser.goto(f"{product.origin}/check-in/P10")
    browser.wait_text("How much do you have left to give")
    yield "asking-gauge"
    steps.answer(browser)
    browser.goto(f"{product.origin}/check-in/P01")
    browser.wait_text("How much of work is still with you?")
    yield "asking-scale"
    browser.press("A lot", "radio")
    browser.wait_text("What is still on your mind?")
    browser.press("Tomorrow", "checkbox")
    yield "asking-chips"
    browser.press("Next")
    browser.wait_text("Pick one way to set it down.")
    yield "asking-one-chip"
    browser.press("Write two lines", "radio")
    browser.wait_text("No patient details.")
    yield "asking-lines"
    browser.press("Skip")
    browser.wait_text("Noted.")
    yield "close"


def own_pages(browser: Browser, product: Handrail) -> Iterator[str]:
    """The pages behind the tabs, once there is something in them."""
    entry = steps.entry_at(browser)
    for name, path, words in [
        ("journal", "/journal", "Shift exit"),
        ("entry", f"/entry/{entry}", "Take it back"),
        ("rhythm", "/rhythm", "Quiet hours"),
        ("group", "/coach", "You see it before your coach does."),
        ("phone", "/phone", "If this phone is lost"),
        ("words", "/phone/words", "They are shown once."),
        ("prompts-health", "/prompts/health", "Last confirmed"),
        ("install", "/install", "About a minute"),
        ("unknown", "/nowhere", "There is no page here."),
        ("prompt-unknown", "/c/00000000-0000-4000-8000-000000000000", "This prompt has not reached this phone yet."),
    ]:
        browser.goto(product.origin + path)
        browser.wait_text(words)
        yield name
    yield from rhythm(browser, product)


def rhythm(browser: Browser, product: Handrail) -> Iterator[str]:
    """The rhythm with a roster in it and nights ahead, and each sheet behind it."""
    browser.goto(f"{product.origin}/rhythm")
    browser.press("Shift calendar")
    browser.wait_text("Choose a calendar file")
    yield "rhythm-calendar"
    browser.js(PICK, roster(datetime.now(UTC).date()))
    browser.wait_text("Read from a file on")
    browser.press("A prompt after a shift", "switch")
    yield "rhythm-shifts"
    for name, words in [
        ("rhythm-weeks", "The next two weeks"),
        ("rhythm-topics", "What is asked"),
        ("rhythm-pause", "Pause everything"),
    ]:
        browser.press("Close")
        browser.press(words)
        browser.wait_text("Close")
        yield name
    browser.press("Close")
    browser.press("On nights till", "switch")
    browser.wait_text("08:30 to 17:00")
    yield "rhythm-nights"
    browser.press("Quiet hours", "button")
    browser.wait_text("The last day on which you sleep by day.")
    yield "rhythm-nights-till"


def coach(browser: Browser, product: Handrail) -> Iterator[str]:
    """The coach's laptop."""
    steps.sign_in(browser, product, CAL)
    browser.wait_text("For your next meeting", within=20)
    yield "releases"
    browser.press("Help", "link")
    browser.wait_url("/help$")
    yield "coach-help"


def coordinator(browser: Browser, product: Handrail) -> Iterator[str]:
    """The coordinator's laptop."""
    steps.sign_in(browser, product, ADA)
    browser.wait_text("Rita Reyes")
    yield "people"
    browser.fill("Name", "Wen Li")
    browser.fill("E-mail", "wen@demo.example")
    browser.choose("Group", "Internal Medicine")
    browser.press("Send the invitation")
    browser.wait_text("Wen Li is on the list.")
    yield "people-invited"
    browser.goto(f"{product.origin}/groups")
    browser.wait_text("Internal Medicine")
    yield "groups"
