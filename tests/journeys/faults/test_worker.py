"""The worker delivers while no page is open, and is stopped in the middle of it; a page crashes."""

import pytest

from tests.journeys.faults import devtools
from tests.journeys.faults.conftest import NewPhone
from tests.journeys.faults.phone import Phone
from tests.journeys.faults.proof import prove
from tests.journeys.faults.town import Intent, Town
from tests.journeys.waits import until


@pytest.fixture
def left_waiting(town: Town, new_phone: NewPhone) -> tuple[Phone, Intent, devtools.Workers]:
    """A phone whose app is closed with one sealed check-in that found no network."""
    phone = new_phone()
    workers = devtools.Workers(phone)
    town.network.cut_off()
    intent = phone.save()
    phone.wait_sealed()
    phone.browser.goto("about:blank")
    town.network.heal()
    return phone, intent, workers


def test_the_worker_delivers_while_no_page_is_open(
    town: Town, left_waiting: tuple[Phone, Intent, devtools.Workers]
) -> None:
    phone, intent, workers = left_waiting
    workers.sync()
    until(lambda: town.tokens_of(phone.person)[intent.token], "the worker to deliver", 30)
    phone.go()
    prove(phone)


def test_a_worker_stopped_in_the_middle_of_sending_leaves_it_to_the_page(
    town: Town, left_waiting: tuple[Phone, Intent, devtools.Workers]
) -> None:
    phone, _, workers = left_waiting
    gate = town.network.hold(after=True, first=1)
    workers.sync()
    gate.wait()
    workers.stop()
    phone.go()
    phone.save()
    prove(phone)


def test_the_worker_and_the_page_send_at_the_same_time(
    town: Town, left_waiting: tuple[Phone, Intent, devtools.Workers]
) -> None:
    phone, _, workers = left_waiting
    gate = town.network.hold(first=1)
    workers.sync()
    gate.wait()
    with devtools.short_patience(phone):
        phone.go()
        phone.save()
        gate.release()
        prove(phone)


def test_a_page_that_crashes_in_the_middle_of_sending_loses_nothing(town: Town, new_phone: NewPhone) -> None:
    phone = new_phone(spoiled=True)
    first = devtools.chromium(phone).session
    gate = town.network.hold(after=True, first=1)
    phone.save()
    gate.wait()
    devtools.crash(phone, first)
    phone.browser.open_tab(town.origin)
    phone.save()
    prove(phone)
