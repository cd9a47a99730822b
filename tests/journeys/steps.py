"""What a person does on the screens, said once. When a screen changes its words, they change here."""

import re

from tests.journeys.browsers.browser import Browser
from tests.journeys.handrail import Handrail
from tests.journeys.waits import until

# How long the phone may need to deliver what waits, once it can: the sync protocol promises 30 s.
DELIVERY_S = 35.0

# One way through each protocol: what is asked, and what is tapped. Single choices go on by themselves.
WAYS = [
    [
        ("How much of work is still with you?", ["A little"]),
        ("What is still on your mind?", ["A task I left", "Tomorrow", "Next"]),
    ],
    [("Did you plan time off this week", ["Yes"]), ("How much of it stayed yours?", ["Most"])],
    [("How much do you have left to give", ["More", "Next"]), ("Which was short today?", ["Sleep", "Next"])],
]


def sign_in(browser: Browser, product: Handrail, email: str) -> None:
    """Ask for a code at the one door and type it as it was mailed."""
    browser.goto(f"{product.origin}/sign-in")
    pass_the_door(browser, product, email)


def pass_the_door(browser: Browser, product: Handrail, email: str) -> None:
    """The door is on screen; afterwards somebody is in."""
    browser.fill("Your work e-mail", email)
    seen = product.codes_so_far(email)
    browser.press("Send me a code", "button")
    code = product.new_code(email, seen)
    browser.fill("Six-digit code", code)
    browser.press("Sign in", "button")
    browser.wait_url(r"/(prompts|people|releases)?$")


def open_myself(browser: Browser) -> None:
    """After the first sign-in a resident is asked about prompts once; this one passes them over."""
    browser.wait_text("May we tap your shoulder?")
    browser.press("I’ll open it myself")
    browser.wait_url(r"/$")


def allow_prompts(browser: Browser) -> None:
    """The same question, answered by the real button."""
    browser.wait_text("May we tap your shoulder?")
    browser.press("Allow prompts")
    browser.wait_url(r"/$", within=30)


def wait_settled(browser: Browser) -> None:
    """Until the phone has been told what it may ask, which comes after its key is made: all it needs offline."""
    browser.wait_text("Shift exit", within=30)
    browser.wait_worker()


def wait_delivered(browser: Browser) -> None:
    browser.wait_text("All delivered", within=DELIVERY_S)


def ask_now(browser: Browser, product: Handrail) -> str:
    """Press "Ask me now" on a quiet Today and return the id of the prompt that came."""
    browser.press("Ask me now")
    browser.wait_text("A short check-in")
    return newest_prompt(product)


def newest_prompt(product: Handrail) -> str:
    """The open prompt; the planner keeps the ones of the coming days beside it."""
    return str(product.rows("SELECT id FROM prompt WHERE state = 'open' ORDER BY due_at DESC LIMIT 1")[0][0])


def answer(browser: Browser) -> str:
    """Answer the check-in on screen, whichever it is, from its first question to its close. Returns the entry's id."""
    way = until(lambda: next((way for way in WAYS if browser.says(way[0][0])), None), "a first question", 15)
    assert way
    for question, taps in way:
        browser.wait_text(question)
        for tap in taps:
            browser.press(tap)
    return entry_at(browser)


def entry_at(browser: Browser) -> str:
    """The entry whose close is on screen."""
    found = re.search(r"/done/([0-9a-f-]{36})$", browser.wait_url(r"/done/"))
    assert found
    return found[1]


def ops_of(product: Handrail, entry: str) -> int:
    """How many ops the server holds for one entry; it knows nothing else about it."""
    return int(product.rows("SELECT COUNT(*) FROM journal_op WHERE entity_id = ?", entry)[0][0])
