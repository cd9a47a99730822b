"""The browser is killed at every moment of a save and of a delivery."""

import pytest

from tests.fakes import faults
from tests.journeys.faults.conftest import NewPhone
from tests.journeys.faults.phone import KEEP, TEXT
from tests.journeys.faults.proof import prove
from tests.journeys.faults.town import Town
from tests.journeys.waits import until

BOTH = pytest.mark.parametrize("name", ["chromium", "firefox"])


@BOTH
def test_a_browser_killed_right_after_saved_still_has_it(name: str, town: Town, new_phone: NewPhone) -> None:
    phone = new_phone(name, to_be_killed=True)
    town.network.cut_off()
    phone.save()
    phone.after_kill()
    phone.browser.wait_text("1 waiting")
    prove(phone)


@BOTH
def test_a_browser_killed_before_its_request_arrived_sends_it_again(name: str, town: Town, new_phone: NewPhone) -> None:
    phone = new_phone(name, to_be_killed=True)
    gate = town.network.hold()
    phone.save()
    gate.wait()
    phone.browser.kill()
    town.network.heal()
    phone.browser.start()
    phone.go()
    prove(phone)


@BOTH
def test_a_browser_killed_before_it_heard_of_the_commit_sends_it_again(
    name: str, town: Town, new_phone: NewPhone
) -> None:
    phone = new_phone(name, to_be_killed=True)
    rule = town.network.fail(faults.lost_answer, "/api/sync", only=faults.carries_ops)
    intent = phone.save()
    until(lambda: town.tokens_of(phone.person)[intent.token], "the product to commit")
    phone.browser.kill()
    assert rule.met
    town.network.heal()
    phone.browser.start()
    phone.go()
    prove(phone)


@BOTH
def test_a_draft_outlives_a_browser_killed_between_two_letters(name: str, town: Town, new_phone: NewPhone) -> None:
    phone = new_phone(name, to_be_killed=True)
    intent = phone.write()
    until(lambda: intent.token in phone.drafted(), "the draft on the disk")
    phone.after_kill("/check-in/P01")
    phone.browser.wait_text("No patient details.")
    assert phone.browser.js("return document.querySelector('textarea').value") == intent.token
    phone.keep(intent)
    prove(phone)


@BOTH
def test_a_browser_killed_at_the_last_tap_has_the_draft_or_the_entry_and_never_both(
    name: str, town: Town, new_phone: NewPhone
) -> None:
    phone = new_phone(name, to_be_killed=True)
    intent = phone.write()
    until(lambda: intent.token in phone.drafted(), "the draft on the disk")
    # The tap and the kill leave together: how far the save came is chance, and every point must be sound.
    phone.browser.js(
        "const [words] = args; for (const one of document.querySelectorAll('button')) "
        "if (one.innerText.trim() === words) one.click();",
        KEEP,
    )
    phone.after_kill("/check-in/P01")
    places = [intent.token in phone.drafted(), intent.token in phone.shows()]
    assert sorted(places) == [False, True], f"draft and entry: {places}"
    if places[0]:
        phone.browser.fill(TEXT, intent.token)
        phone.keep(intent)
    intent.fate = "saved"
    prove(phone)
