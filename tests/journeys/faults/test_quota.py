"""No room on the phone: what could not be kept is said, and stays on the screen."""

import pytest

from tests.journeys.faults import devtools
from tests.journeys.faults.conftest import NewPhone
from tests.journeys.faults.phone import KEEP, Phone
from tests.journeys.faults.proof import prove
from tests.journeys.faults.town import Town
from tests.journeys.waits import until

BOTH = pytest.mark.parametrize("name", ["chromium", "firefox"])


def fill_up(phone: Phone) -> None:
    """No byte is left. The browser believes an older figure as long as it runs, so it is started anew."""
    phone.browser.stop()
    phone.browser.start()
    devtools.quota(phone, 1)
    phone.go()


def test_a_full_phone_says_not_saved_and_saves_once_there_is_room(town: Town, new_phone: NewPhone) -> None:
    phone = new_phone(spoiled=True)
    fill_up(phone)
    intent = phone.write()
    phone.browser.press(KEEP)
    phone.browser.wait_text("Not saved.")
    assert intent.token not in phone.shows()
    devtools.quota(phone, None)
    phone.browser.press("Try once more")
    phone.closed(intent)
    prove(phone)


def test_what_a_full_phone_refused_and_nobody_tried_again_is_nowhere(town: Town, new_phone: NewPhone) -> None:
    phone = new_phone(spoiled=True)
    phone.save()
    phone.wait_quiet()
    fill_up(phone)
    intent = phone.write()
    phone.browser.press(KEEP)
    phone.browser.wait_text("Not saved.")
    devtools.quota(phone, None)
    phone.go()
    prove(phone)
    assert intent.fate == "refused"


def test_a_phone_that_fills_up_while_it_delivers_delivers_once(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    gate = town.network.hold(after=True, first=1)
    intent = phone.save()
    gate.wait()
    phone.break_store("put", "QuotaExceededError", store="kept")
    gate.release()
    until(lambda: town.tokens_of(phone.person)[intent.token], "the product to commit")
    # The page cannot note it; whoever asks again, the worker or the page, must not make it two.
    phone.mend_store()
    prove(phone)


@BOTH
def test_a_store_that_refuses_the_write_is_told_and_tried_again(name: str, town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone(name)
    intent = phone.write()
    phone.break_store("put", "QuotaExceededError")
    phone.browser.press(KEEP)
    phone.browser.wait_text("Not saved.")
    assert intent.token not in phone.shows()
    phone.mend_store()
    phone.browser.press("Try once more")
    phone.closed(intent)
    prove(phone)


@BOTH
def test_a_store_the_system_closed_is_opened_again(name: str, town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone(name)
    intent = phone.write()
    phone.break_store("transaction", "InvalidStateError", times=1)
    phone.keep(intent)
    phone.mend_store()
    prove(phone)
