"""The browser clears what it was given to keep, in whole and in parts."""

from tests.journeys import steps
from tests.journeys.faults import devtools
from tests.journeys.faults.conftest import NewPhone
from tests.journeys.faults.phone import Phone
from tests.journeys.faults.proof import prove
from tests.journeys.faults.town import Town
from tests.journeys.test_second_browser import write_words_down


def cleared(phone: Phone, *kinds: str) -> None:
    """While the app is closed, as browsers do it."""
    phone.browser.goto("about:blank")
    devtools.clear(phone, *kinds)
    phone.go()


def open_with(phone: Phone, words: str) -> None:
    phone.browser.wait_text("This account already has a journal.")
    phone.browser.fill("Your twelve words", words)
    phone.browser.press("Open my journal")
    phone.browser.wait_text("Shift exit", within=30)


def test_a_cleared_store_is_told_and_what_was_delivered_comes_back(town: Town, new_phone: NewPhone) -> None:
    phone = new_phone()
    phone.save_many(2)
    phone.wait_quiet()
    words = write_words_down(phone.browser, town.product)
    phone.go()
    phone.wait_quiet()
    cleared(phone, "indexeddb")
    phone.browser.wait_text("This browser cleared what Handrail kept here.")
    phone.browser.wait_text("Nothing was lost by it")
    back_in(phone)
    open_with(phone, words)
    prove(phone)


def back_in(phone: Phone) -> None:
    """Through the door, on a store that knows nobody any more."""
    steps.sign_in(phone.browser, phone.town.product, phone.person.email)
    phone.go()


def test_a_cleared_store_with_a_queue_says_how_much_is_gone(town: Town, new_phone: NewPhone) -> None:
    phone = new_phone()
    phone.save()
    phone.wait_quiet()
    words = write_words_down(phone.browser, town.product)
    town.network.cut_off()
    lost = phone.save()
    phone.browser.wait_text("1 waiting")
    phone.wait_marked(1)
    cleared(phone, "indexeddb")
    phone.browser.wait_text("1 check-in that was not delivered yet is gone.")
    lost.fate = "gone"
    town.network.heal()
    back_in(phone)
    open_with(phone, words)
    prove(phone)


def test_a_phone_whose_whole_site_was_cleared_opens_its_journal_with_the_words(town: Town, new_phone: NewPhone) -> None:
    phone = new_phone()
    phone.save()
    phone.wait_quiet()
    words = write_words_down(phone.browser, town.product)
    cleared(phone, "all")
    back_in(phone)
    open_with(phone, words)
    phone.save()
    prove(phone)


def test_the_files_of_the_app_alone_may_vanish(town: Town, new_phone: NewPhone) -> None:
    phone = new_phone()
    town.network.cut_off()
    phone.save()
    town.network.heal()
    cleared(phone, "cache_storage")
    phone.save()
    prove(phone)


def test_the_worker_alone_may_vanish(town: Town, new_phone: NewPhone) -> None:
    phone = new_phone()
    town.network.cut_off()
    phone.save()
    town.network.heal()
    cleared(phone, "service_workers")
    phone.browser.wait_worker()
    phone.save()
    prove(phone)


def test_lost_cookies_keep_the_queue_for_the_next_sign_in(town: Town, new_phone: NewPhone) -> None:
    phone = new_phone()
    town.network.cut_off()
    phone.save()
    town.network.heal()
    cleared(phone, "cookies")
    phone.sign_in_again()
    phone.go()
    prove(phone)
