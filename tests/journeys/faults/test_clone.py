"""A profile folder is copied, and both copies go on; or yesterday's copy is put back."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.faults.conftest import OF_A_RUN, NewPhone
from tests.journeys.faults.phone import Phone
from tests.journeys.faults.proof import prove
from tests.journeys.faults.town import Town

BOTH = pytest.mark.parametrize("name", ["chromium", "firefox"])
Clone = Callable[[Phone], Phone]


@BOTH
def test_two_copies_of_one_phone_both_go_on(name: str, town: Town, new_phone: NewPhone, clone: Clone) -> None:
    phone = new_phone(name)
    phone.save()
    phone.wait_quiet()
    twin = clone(phone)
    town.network.cut_off()
    phone.save_many(2)
    twin.save_many(2)
    prove(phone, twin)
    assert phone.kept()["device"]["device_id"] != twin.kept()["device"]["device_id"]
    numbers = [(op["device_id"], op["seq"]) for op in town.log_of(phone.person)]
    assert len(numbers) == len(set(numbers))


def test_two_copies_with_the_same_queue_deliver_it_once(town: Town, new_phone: NewPhone, clone: Clone) -> None:
    phone = new_phone()
    town.network.cut_off()
    phone.save_many(2)
    phone.wait_sealed()
    twin = clone(phone)
    phone.save()
    twin.save()
    prove(phone, twin)


def test_a_copy_that_takes_back_what_the_other_edits_ends_in_one_state(
    town: Town, new_phone: NewPhone, clone: Clone
) -> None:
    phone = new_phone()
    intent = phone.save()
    phone.wait_quiet()
    twin = clone(phone)
    town.network.cut_off()
    changed = phone.edit(intent)
    twin.take_back(intent)
    changed.fate = "withdrawn"
    prove(phone, twin)


@BOTH
def test_yesterdays_copy_put_back_gets_today_from_the_server(name: str, town: Town, new_phone: NewPhone) -> None:
    phone = new_phone(name)
    phone.save()
    phone.wait_quiet()
    phone.browser.stop()
    with tempfile.TemporaryDirectory(prefix="handrail-yesterday-") as folder:
        shutil.copytree(phone.browser.profile, Path(folder) / "copy", symlinks=True, ignore=OF_A_RUN)
        phone.browser.start()
        phone.go()
        phone.save_many(2)
        phone.wait_quiet()
        phone.browser.stop()
        shutil.rmtree(phone.browser.profile)
        shutil.copytree(Path(folder) / "copy", phone.browser.profile, symlinks=True)
    phone.browser.start()
    town.network.cut_off()
    phone.save()
    prove(phone)
