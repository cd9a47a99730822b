"""Sessions end and phones change hands while something still waits."""

import pytest

from tests.journeys.faults import devtools
from tests.journeys.faults.conftest import NewPhone
from tests.journeys.faults.phone import Phone
from tests.journeys.faults.proof import prove
from tests.journeys.faults.town import Town
from tests.journeys.waits import until

BOTH = pytest.mark.parametrize("name", ["chromium", "firefox"])


def with_one_waiting(phone: Phone) -> None:
    phone.town.network.cut_off()
    phone.save()
    phone.go("/phone")
    phone.browser.press("Sign out", "button")
    phone.browser.wait_text("One thing is not delivered yet.")


@BOTH
def test_a_phone_that_changes_hands_never_delivers_one_as_the_other(name: str, town: Town, new_phone: NewPhone) -> None:
    rita = new_phone(name)
    with_one_waiting(rita)
    rita.browser.press("Deliver, then sign out")
    rita.browser.wait_text("Still no signal.")
    rita.browser.press("Leave it here, locked, and sign out")
    rita.browser.wait_text("Send me a code")
    town.network.heal()
    ravi = Phone(rita.browser, town, town.person("Ravi"))
    ravi.sign_in()
    assert ravi.shows() == []
    ravi.save()
    prove(ravi)
    assert town.log_of(rita.person) == []
    ravi.go("/phone")
    ravi.browser.press("Sign out", "button")
    ravi.browser.wait_text("Send me a code")
    rita.sign_in()
    prove(rita)
    assert town.tokens_of(ravi.person).total() == 1


@BOTH
def test_what_was_discarded_at_sign_out_never_arrives(name: str, town: Town, new_phone: NewPhone) -> None:
    phone = new_phone(name)
    phone.save()
    phone.wait_quiet()
    with_one_waiting(phone)
    phone.browser.press("Discard it and sign out")
    phone.person.intents[-1].fate = "discarded"
    phone.browser.wait_text("Send me a code")
    town.network.heal()
    phone.sign_in()
    prove(phone)
    assert not phone.says("never arrived")


def test_somebody_who_stays_signed_in_keeps_the_queue(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    with_one_waiting(phone)
    phone.browser.press("Stay signed in")
    prove(phone)


@BOTH
def test_a_session_that_ends_with_a_queue_loses_none_of_it(name: str, town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone(name)
    town.network.cut_off()
    phone.save_many(2)
    town.end_sessions(phone.person)
    town.network.heal()
    phone.sign_in_again()
    phone.go()
    phone.save()
    prove(phone)


def test_a_session_that_ends_in_the_middle_of_a_delivery_loses_none_of_it(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    gate = town.network.hold(first=1)
    phone.save()
    gate.wait()
    town.end_sessions(phone.person)
    gate.release()
    phone.browser.wait_text("You are signed out.")
    phone.save()
    phone.sign_in_again()
    phone.go()
    prove(phone)


def test_another_person_signed_in_behind_a_tab_gets_nothing_of_its_queue(town: Town, new_phone: NewPhone) -> None:
    rita = new_phone()
    ravi = Phone(rita.browser, town, town.person("Ravi"))
    first = rita.browser.tab()
    gate = town.network.hold(first=1)
    rita.save()
    gate.wait()
    rita.browser.open_tab(town.origin + "/phone")
    second = rita.browser.tab()
    with devtools.short_patience(rita):
        rita.browser.press("Sign out", "button")
        rita.browser.wait_text("One thing is not delivered yet.")
        rita.browser.press("Stay signed in")
        # What a sign-out elsewhere and a sign-in of somebody else leave behind is another cookie under the same tabs.
        town.network.heal()
        prove(rita)
        rita.go("/phone")
        rita.browser.press("Sign out", "button")
        rita.browser.wait_text("Send me a code")
        ravi.sign_in()
        ravi.save()
        prove(ravi)
    rita.browser.use_tab(first)
    until(lambda: not rita.says(rita.person.intents[0].token), "the first tab to follow")
    rita.browser.use_tab(second)
    rita.browser.close_tab()
    rita.browser.use_tab(first)
    assert town.tokens_of(rita.person).total() == town.tokens_of(ravi.person).total() == 1


def test_a_sign_out_without_a_signal_is_paid_after_a_kill(town: Town, new_phone: NewPhone) -> None:
    phone = new_phone(to_be_killed=True)
    phone.save()
    phone.wait_quiet()
    town.network.cut_off()
    phone.go("/phone")
    phone.browser.press("Sign out", "button")
    phone.browser.wait_text("Send me a code")
    phone.after_kill()
    phone.browser.wait_text("Send me a code")
    town.network.heal()
    phone.go()
    open_sessions = "SELECT COUNT(*) FROM sign_in WHERE person_id = ?"
    until(lambda: town.product.rows(open_sessions, phone.person.id) == [(0,)], "the session to end on the server", 30)
    phone.sign_in()
    prove(phone)
