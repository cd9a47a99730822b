"""Two phones of one person meet in one state, in whatever order things arrive; and a phone that was removed."""

from tests.fakes.faults import lost_request
from tests.journeys import steps
from tests.journeys.faults.conftest import NewPhone
from tests.journeys.faults.phone import Phone
from tests.journeys.faults.proof import prove
from tests.journeys.faults.town import Town
from tests.journeys.test_second_browser import write_words_down
from tests.journeys.waits import until


def no_signal_for_the_first(town: Town) -> None:
    """Chromium's requests are lost, its worker's too; Firefox goes on."""
    town.network.fail(lost_request, "/", only=lambda request: "Firefox" not in dict(request.headers)["User-Agent"])


def second_phone(first: Phone, new_phone: NewPhone, name: str = "firefox") -> Phone:
    """A brand-new browser that opens the same journal with the twelve words."""
    words = write_words_down(first.browser, first.town.product)
    second: Phone = new_phone(name, first.person, sign_in=False)
    steps.sign_in(second.browser, first.town.product, first.person.email)
    steps.open_myself(second.browser)
    second.browser.wait_text("This account already has a journal.")
    second.browser.fill("Your twelve words", words)
    second.browser.press("Open my journal")
    steps.wait_settled(second.browser)
    return second


def test_an_edit_meets_a_withdrawal_that_arrived_first(town: Town, new_phone: NewPhone) -> None:
    first = new_phone()
    intent = first.save()
    first.wait_quiet()
    second = second_phone(first, new_phone)
    first.go()
    no_signal_for_the_first(town)
    changed = first.edit(intent)
    second.take_back(intent)
    second.wait_quiet()
    changed.fate = "withdrawn"
    prove(first, second)


def test_a_withdrawal_meets_an_edit_that_arrived_first(town: Town, new_phone: NewPhone) -> None:
    first = new_phone()
    intent = first.save()
    first.wait_quiet()
    second = second_phone(first, new_phone)
    first.go()
    no_signal_for_the_first(town)
    first.take_back(intent)
    changed = second.edit(intent)
    second.wait_quiet()
    intent.fate = changed.fate = "withdrawn"
    prove(first, second)


def test_two_edits_end_as_the_one_that_arrived_last_on_every_phone(town: Town, new_phone: NewPhone) -> None:
    first = new_phone()
    intent = first.save()
    first.wait_quiet()
    second = second_phone(first, new_phone)
    first.go()
    no_signal_for_the_first(town)
    later = first.edit(intent)
    earlier = second.edit(intent)
    second.wait_quiet()
    earlier.fate = "replaced"
    prove(first, second)
    assert later.fate == "saved"


def test_a_brand_new_phone_shows_the_same_after_everything(town: Town, new_phone: NewPhone) -> None:
    first = new_phone()
    kept, edited, gone = first.save_many(3)
    first.edit(edited)
    first.take_back(gone)
    first.wait_quiet()
    second = second_phone(first, new_phone)
    until(lambda: kept.token in second.shows(), "the journal on the new phone")
    second.save()
    prove(first, second)
