"""Ops no app would write, and ops that vanish from the queue: told, and nobody else's waiting."""

import pytest

from tests.journeys.faults.conftest import NewPhone
from tests.journeys.faults.proof import prove
from tests.journeys.faults.town import Town
from tests.journeys.waits import until

BOTH = pytest.mark.parametrize("name", ["chromium", "firefox"])
SEALED = "YWdlLWVuY3J5cHRpb24ub3JnL3Yx"  # How every sealed body begins.
POISON = {
    "17 KiB": {"body": SEALED + "A" * 17_408},
    "unknown kind": {"kind": "confess", "body": SEALED + "AAAA"},
    "not sealed": {"body": "{}"},
    "lone surrogate": {"body": SEALED + "\ud800"},
    "NUL": {"body": SEALED + "\0"},
}


@pytest.mark.parametrize("what", POISON)
def test_a_poisoned_op_is_set_aside_with_its_text_and_holds_nobody_up(
    what: str, town: Town, new_phone: NewPhone
) -> None:
    phone = new_phone()
    town.network.cut_off()
    phone.save()
    [poisoned] = phone.queue(POISON[what], fate="parked")
    phone.save()
    prove(phone)
    phone.go()
    phone.browser.wait_text("1 needs a look")
    phone.go(f"/entry/{poisoned.entity}")
    phone.browser.wait_text(poisoned.token)
    phone.browser.wait_text("Your words are intact here.")


@BOTH
def test_a_text_with_every_odd_letter_arrives_as_it_was_typed(name: str, town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone(name)
    intent = phone.person.intend()
    intent.token += " “ä”\u2028 \u202e אב 🙂 \\u0000 </script> %00 ' OR 1=1"
    phone.go("/check-in/P01")
    phone.fill_in(intent)
    phone.keep(intent)
    prove(phone)


@BOTH
def test_an_op_that_vanished_from_the_queue_is_told_as_never_arrived(
    name: str, town: Town, new_phone: NewPhone
) -> None:
    phone = new_phone(name)
    town.network.cut_off()
    lost = phone.save()
    phone.save()
    phone.lose_from_queue(lost)
    town.network.heal()
    phone.back_online()
    phone.wait_quiet()
    assert town.tokens_of(phone.person)[lost.token] == 0
    phone.go("/phone")
    phone.browser.wait_text("1 check-in from this phone never arrived.")
    phone.go(f"/entry/{lost.entity}")
    phone.browser.wait_text(lost.token)


def test_a_thousand_queued_check_ins_drain_in_twenty_exchanges(town: Town, new_phone: NewPhone) -> None:
    phone = new_phone()
    town.network.cut_off()
    phone.queue(*[{} for _ in range(1_000)])
    seen = len(town.network.exchanges())
    town.network.heal()
    phone.browser.js(
        """globalThis.longest = 0;
        new PerformanceObserver((list) => {
          for (const task of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, task.duration);
        }).observe({type: "longtask"});"""
    )

    def carried() -> list[int]:
        return [len(each.request.json()["ops"]) for each in town.network.exchanges()[seen:]]

    phone.back_online()
    # Looked at from outside: reading the phone's store would be a long task of its own.
    until(lambda: sum(carried()) >= 1_000, "1,000 check-ins to be carried", 60)
    print(f"longest task while 1,000 drained: {phone.browser.js('return globalThis.longest')} ms")
    prove(phone)
    assert sum(1 for count in carried() if count) <= 20
