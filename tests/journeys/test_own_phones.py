"""A person's phones in real browsers: handing the journal over, removing a lost one, a passkey, erasing everything."""

import os
from pathlib import Path

import pytest

from tests.journeys import steps
from tests.journeys.browsers.browser import Browser
from tests.journeys.browsers.chromium import Chromium
from tests.journeys.conftest import OpenBrowser
from tests.journeys.eyes import Eyes
from tests.journeys.handrail import Handrail, address
from tests.journeys.test_second_browser import write_words_down
from tests.journeys.waits import until

RITA = address("Rita")
SIX_WORDS = "return [...document.querySelectorAll('main ol li')].map((item) => item.textContent)"
PICTURES = os.environ.get("HANDRAIL_TEST_PICTURES")
DATABASES = "return (await indexedDB.databases()).map((one) => one.name).sort()"


def look_at(browser: Browser, name: str) -> None:
    """Keep a picture for whoever asked for them by HANDRAIL_TEST_PICTURES; light and dark."""
    if PICTURES and isinstance(browser, Chromium):
        eyes = Eyes(browser)
        for theme in ("light", "dark"):
            eyes.picture(Path(PICTURES) / f"{name}-{theme}.png", theme)
        eyes.theme("light")


def settled(open_browser: OpenBrowser, product: Handrail, name: str = "chromium") -> Browser:
    browser = open_browser(name)
    steps.sign_in(browser, product, RITA)
    steps.open_myself(browser)
    return browser


def kept_on_disk(browser: Browser) -> bytes:
    """Every byte of the databases in this browser's profile."""
    files = [path for path in browser.profile.rglob("*") if path.is_file() and "IndexedDB" in str(path)]
    return b"".join(path.read_bytes() for path in files)


def test_a_phone_is_added_by_the_other_one_and_wipes_itself_when_it_is_removed(
    handrail: Handrail, open_browser: OpenBrowser
) -> None:
    handrail.settle()
    first = settled(open_browser, handrail)
    steps.wait_settled(first)
    first.goto(f"{handrail.origin}/check-in/P01")
    entry = steps.answer(first)
    steps.wait_delivered(first)

    second = settled(open_browser, handrail)
    second.wait_text("This account already has a journal.")
    look_at(second, "second-device")
    second.press("Ask my other phone")
    second.wait_text("Waiting for your other phone")
    words = second.js(SIX_WORDS)
    look_at(second, "ask-phone")
    first.goto(f"{handrail.origin}/phones")
    first.wait_text("This phone.")
    look_at(first, "phones")
    first.press("Add a phone")
    first.wait_text("Are these the words on the new phone?")
    assert first.js(SIX_WORDS) == words
    assert len(words) == 6
    look_at(first, "lend")
    first.press("They are the same")
    first.wait_text("The new phone has your journal.")
    second.wait_url(r"/$")
    second.goto(f"{handrail.origin}/entry/{entry}")
    second.wait_text("A task I left", within=30)

    second.goto(f"{handrail.origin}/phones")
    second.wait_text("This phone.")
    first.goto(f"{handrail.origin}/phones")
    until(lambda: first.js("return document.querySelectorAll('main .fact').length") == 2, "both phones in the list")
    first.js(
        "[...document.querySelectorAll('main .fact')].find((one) => !one.textContent.includes('This phone')).click()"
    )
    first.press("Remove this phone")
    first.wait_text("It is signed out at once.")
    look_at(first, "remove-phone")
    first.press("Remove it")
    until(lambda: first.js("return document.querySelectorAll('main .fact').length") == 1, "one phone in the list")

    second.goto(f"{handrail.origin}/journal")
    second.wait_text("This phone was removed.", within=30)
    look_at(second, "wiped")
    assert second.js(DATABASES) == ["handrail"]
    assert "Rita" not in second.js("return document.body.innerText")
    second.goto(f"{handrail.origin}/entry/{entry}")
    second.wait_text("This phone was removed.")
    first.goto(f"{handrail.origin}/entry/{entry}")
    first.wait_text("A task I left")


def test_a_passkey_opens_the_journal_on_another_device_that_has_it(open_browser: OpenBrowser) -> None:
    # A passkey belongs to a name: an address made of numbers cannot have one.
    product = Handrail()
    product.origin = f"http://localhost:{product.port}"
    product.env["HANDRAIL_ORIGIN"] = product.origin
    with product:
        product.settle()
        browser = settled(open_browser, product)
        assert isinstance(browser, Chromium)
        plug_in(browser)
        steps.wait_settled(browser)
        browser.goto(f"{product.origin}/check-in/P01")
        entry = steps.answer(browser)
        steps.wait_delivered(browser)
        browser.goto(f"{product.origin}/phone/passkey")
        browser.wait_text("A passkey is never the only way back.")
        write_words_down(browser, product)
        browser.goto(f"{product.origin}/phone/passkey")
        browser.press("Make a passkey")
        browser.wait_text("Your passkey is kept.")
        look_at(browser, "passkey")
        kinds = [row[0] for row in product.rows("SELECT kind FROM wrap ORDER BY kind")]
        assert kinds == ["passkey", "recovery"]

        # Another device with the same passkey provider: nothing is kept in this browser any more but the passkey.
        browser.js(
            "const gone = (name) => new Promise((done) => {"
            " const r = indexedDB.deleteDatabase(name); r.onsuccess = r.onblocked = done; });"
            " for (const { name } of await indexedDB.databases()) await gone(name); localStorage.clear();"
        )
        steps.sign_in(browser, product, RITA)
        browser.goto(f"{product.origin}/")
        browser.wait_text("This account already has a journal.", within=30)
        browser.press("Use my passkey")
        browser.wait_text("Shift exit", within=30)
        browser.goto(f"{product.origin}/entry/{entry}")
        browser.wait_text("A task I left", within=30)


def plug_in(browser: Chromium) -> None:
    """A virtual passkey provider with the PRF extension, whose owner says yes to everything."""
    browser.cmd("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "hasPrf": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    browser.cmd("WebAuthn.addVirtualAuthenticator", options=options)


@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_an_erased_account_leaves_nothing_on_the_phone_or_the_server(
    handrail: Handrail, open_browser: OpenBrowser, name: str
) -> None:
    handrail.settle()
    browser = settled(open_browser, handrail, name)
    steps.wait_settled(browser)
    browser.goto(f"{handrail.origin}/check-in/P01")
    steps.answer(browser)
    steps.wait_delivered(browser)
    browser.goto(f"{handrail.origin}/erase")
    browser.wait_text("Goes at once, for good")
    look_at(browser, f"erase-{name}")
    seen = handrail.codes_so_far(RITA)
    browser.press("Send me a code")
    browser.fill("Six-digit code", handrail.new_code(RITA, seen))
    look_at(browser, f"erase-code-{name}")
    browser.press("Erase everything")
    browser.wait_text("Your account is erased.")
    look_at(browser, f"erased-{name}")
    assert browser.js(DATABASES) == ["handrail"]
    assert handrail.rows("SELECT 1 FROM person WHERE email = ?", RITA) == []
    assert handrail.rows("SELECT count(*) FROM journal_op") == [(0,)]


def test_no_sentence_typed_on_the_phone_is_readable_in_its_files(handrail: Handrail, open_browser: OpenBrowser) -> None:
    handrail.settle()
    browser = settled(open_browser, handrail)
    steps.wait_settled(browser)
    saved, draft = "the lift smelled of violets", "the stairs were colder"
    for words in (saved, draft):
        browser.goto(f"{handrail.origin}/check-in/P01")
        for tap in ("A lot", "A task I left", "Next", "Write two lines"):
            browser.press(tap)
        browser.wait_text("Two lines. Only you can see this.")
        browser.js("document.querySelector('textarea').focus()")
        browser.type_text(words)
        if words == saved:
            browser.press("Keep it here")
            steps.entry_at(browser)
            steps.wait_delivered(browser)
    # A draft is kept at every letter; what matters is that it is on the disk before the browser stops.
    until(lambda: browser.js(DRAFTS) == 1, "the draft")
    browser.stop()
    files = kept_on_disk(browser)
    assert b"AES-GCM" in files or len(files) > 10_000
    for text in (saved, draft, "violets", "colder"):
        for way in (text.encode(), text.encode("utf-16-le")):
            assert way not in files, text


DRAFTS = """
  const name = (await indexedDB.databases()).map((one) => one.name).find((one) => one.startsWith('handrail/'));
  const db = await new Promise((done) => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
  return new Promise((done) => {
    const r = db.transaction('drafts').objectStore('drafts').count();
    r.onsuccess = () => { db.close(); done(r.result); };
  });
"""
