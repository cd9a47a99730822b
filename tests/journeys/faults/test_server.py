"""The server is killed, restored, and away, at every moment of a delivery."""

import pytest

from tests.fakes import faults
from tests.journeys.faults.conftest import NewPhone
from tests.journeys.faults.phone import QUIET_S, Phone
from tests.journeys.faults.proof import prove
from tests.journeys.faults.town import ON_THE_SERVER, Town
from tests.journeys.waits import until

BOTH = pytest.mark.parametrize("name", ["chromium", "firefox"])


def wait_for_everything(town: Town, phone: Phone) -> None:
    """Until the server holds as many texts as were saved; which ones is for the proof to say."""
    meant = len(phone.person.tokens(*ON_THE_SERVER))
    until(lambda: town.tokens_of(phone.person).total() >= meant, f"{meant} texts on the server", QUIET_S)


def test_a_server_killed_before_it_took_the_request_gets_it_again(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    gate = town.network.hold()
    phone.save()
    gate.wait()
    town.product.kill()
    gate.release()
    phone.browser.wait_text("1 waiting")
    town.product.start()
    prove(phone)


@BOTH
def test_a_server_killed_between_commit_and_answer_has_it_once(name: str, town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone(name)
    town.network.fail(faults.lost_answer, "/api/sync", only=faults.carries_ops)
    intent = phone.save()
    until(lambda: town.tokens_of(phone.person)[intent.token], "the product to commit")
    town.product.kill()
    phone.save()
    town.product.start()
    prove(phone)


@BOTH
def test_after_a_restore_everything_the_phone_kept_is_back(name: str, town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone(name)
    phone.edit(phone.save())
    phone.wait_quiet()
    copy = town.copy()
    phone.edit(phone.save())
    phone.save()
    phone.wait_quiet()
    taken_back = phone.save()
    phone.take_back(taken_back)
    phone.wait_quiet()
    town.restore(copy)
    phone.go()
    until(
        lambda: town.tokens_of(phone.person).total() == len(phone.person.tokens("saved", "replaced")), "all of it", 30
    )
    prove(phone)


def test_a_database_put_back_without_a_word_loses_nothing_either(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    phone.save()
    phone.wait_quiet()
    copy = town.copy_file()
    phone.save()
    phone.wait_quiet()
    town.put_back(copy)
    phone.save()
    until(
        lambda: town.tokens_of(phone.person).total() == len(phone.person.tokens("saved", "replaced")), "all of it", 30
    )
    prove(phone)


def test_a_server_restored_to_before_this_phone_was_known_gets_everything(town: Town, new_phone: NewPhone) -> None:
    phone = new_phone(sign_in=False)
    copy = town.copy()
    phone.sign_in()
    phone.save_many(2)
    phone.wait_quiet()
    town.restore(copy)
    phone.go()
    phone.browser.wait_text("You are signed out.")
    phone.save()
    phone.sign_in_again()
    phone.go()
    wait_for_everything(town, phone)
    prove(phone)


def test_an_older_server_behind_a_newer_phone_keeps_the_queue(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()

    def later(request: faults.Request, forward: faults.Forward) -> faults.Answer:
        """What a server says to ops of a version it does not know."""
        said = request.json()
        bare = faults.Request("POST", request.path, request.headers, _with_ops(request, []))
        answer = town.network.ask(bare)
        results = [{"op_id": op["op_id"], "seq": op["seq"], "status": "later"} for op in said["ops"]]
        return faults.with_members(answer, results=results)

    rule = town.network.fail(later, "/api/sync", only=faults.carries_ops)
    phone.save()
    until(lambda: rule.met, "the exchange that is put off")
    phone.go()
    phone.browser.wait_text("too old to deliver")
    town.network.heal()
    phone.go()
    prove(phone)


def _with_ops(request: faults.Request, ops: list[object]) -> bytes:
    return faults.encoded(request.json() | {"ops": ops})
