"""The phone's clock is wrong by two days, by decades, or jumps back between two saves."""

import pytest

from tests.journeys.faults import devtools
from tests.journeys.faults.conftest import NewPhone
from tests.journeys.faults.proof import prove
from tests.journeys.faults.town import Town

CLOCKS = {
    "48 h ahead": "48 * 3600e3",
    "48 h behind": "-48 * 3600e3",
    "1970": "-real + 60e3",
    "2038": "Date.UTC(2038, 0, 20) - real",
    "jumps at every look": "(Math.random() - 0.5) * 96 * 3600e3",
}


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_wrong_clock_costs_nobody_an_entry(clock: str, town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    with devtools.clock_at(phone, CLOCKS[clock].replace("Date.UTC", "True.UTC")):
        town.network.cut_off()
        first = phone.save()
        changed = phone.edit(first)
        phone.take_back(phone.save())
        prove(phone)
    assert changed.fate == "saved"
    # Back at the true time, the phone goes on as if nothing had been.
    phone.go()
    phone.save()
    prove(phone)


def test_a_clock_that_jumps_back_between_two_saves_keeps_both(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    town.network.cut_off()
    with devtools.clock_at(phone, "36 * 3600e3"):
        phone.save()
    with devtools.clock_at(phone, "-36 * 3600e3"):
        phone.save()
    prove(phone)
