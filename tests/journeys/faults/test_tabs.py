"""Several windows of one browser, saving and sending at once."""

import pytest

from tests.journeys.faults import devtools
from tests.journeys.faults.conftest import NewPhone
from tests.journeys.faults.phone import Phone
from tests.journeys.faults.proof import prove
from tests.journeys.faults.town import Intent, Town

BOTH = pytest.mark.parametrize("name", ["chromium", "firefox"])


def three_tabs(phone: Phone) -> list[str]:
    return [phone.browser.tab(), *(phone.browser.open_tab(phone.town.origin) for _ in range(2))]


def written_in_each(phone: Phone, tabs: list[str]) -> list[tuple[str, Intent]]:
    """The same check-in under way in every tab; each was opened before the others had left a draft."""
    for tab in tabs:
        phone.browser.use_tab(tab)
        phone.go("/check-in/P01")
        phone.browser.wait_text("How much of work is still with you?")
    made = []
    for tab in tabs:
        phone.browser.use_tab(tab)
        made.append((tab, phone.person.intend()))
        phone.fill_in(made[-1][1])
    return made


def close_all_but(phone: Phone, kept: str, tabs: list[str]) -> None:
    for tab in tabs:
        if tab != kept:
            phone.browser.use_tab(tab)
            phone.browser.close_tab()
    phone.browser.use_tab(kept)


@BOTH
def test_three_tabs_save_at_once_and_everything_arrives_once(name: str, town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone(name)
    tabs = three_tabs(phone)
    for tab, intent in written_in_each(phone, tabs):
        phone.browser.use_tab(tab)
        phone.keep(intent)
    prove(phone)
    numbers = [op["seq"] for op in town.log_of(phone.person)]
    assert len(numbers) == len(set(numbers))
    close_all_but(phone, tabs[0], tabs)


@BOTH
def test_a_tab_closed_while_it_sends_leaves_the_rest_to_the_others(name: str, town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone(name)
    first = phone.browser.tab()
    second = phone.browser.open_tab(town.origin)
    gate = town.network.hold(after=True, first=1)
    phone.save()
    gate.wait()
    phone.browser.close_tab()
    assert second != first
    phone.browser.use_tab(first)
    phone.save()
    prove(phone)


def test_a_tab_frozen_in_the_middle_of_sending_does_not_stop_the_others(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    first = phone.browser.tab()
    second = phone.browser.open_tab(town.origin)
    gate = town.network.hold(first=1)
    phone.save()
    gate.wait()
    frozen = devtools.chromium(phone).session
    phone.browser.use_tab(first)
    devtools.freeze(phone, frozen)
    with devtools.short_patience(phone):
        phone.save()
        prove(phone)
    devtools.freeze(phone, frozen, "active")
    close_all_but(phone, first, [first, second])


def test_a_page_kept_for_back_does_not_stop_the_pages_after_it(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    gate = town.network.hold(first=1)
    phone.save()
    gate.wait()
    phone.browser.goto("about:blank")
    town.network.heal()
    phone.browser.js("history.back()")
    phone.browser.wait_url("/done/")
    prove(phone)
    phone.browser.goto("about:blank")
    phone.go()
    first = phone.browser.tab()
    second = phone.browser.open_tab(town.origin)
    with devtools.short_patience(phone):
        phone.save()
        prove(phone)
    close_all_but(phone, first, [first, second])


@BOTH
def test_a_page_left_at_once_and_come_back_to_has_sent_everything(name: str, town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone(name)
    gate = town.network.hold(first=1)
    phone.save()
    gate.wait()
    phone.browser.goto("about:blank")
    town.network.heal()
    phone.browser.js("history.back()")
    phone.browser.wait_url("/done/")
    prove(phone)


def test_an_entry_taken_back_in_one_tab_while_another_sends_it_is_gone(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    first = phone.browser.tab()
    phone.browser.open_tab(town.origin)
    gate = town.network.hold(first=1)
    intent = phone.save()
    gate.wait()
    second = phone.browser.tab()
    phone.browser.use_tab(first)
    phone.take_back(intent)
    gate.release()
    prove(phone)
    close_all_but(phone, first, [first, second])
