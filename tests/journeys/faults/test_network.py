"""Everything a network, a hotel and a reverse proxy do to one exchange."""

import itertools

import pytest

from tests.fakes import faults
from tests.fakes.faults import Answer, Fault, Forward, Request
from tests.journeys.faults import devtools
from tests.journeys.faults.conftest import NewPhone
from tests.journeys.faults.phone import KEEP, TEXT
from tests.journeys.faults.proof import prove
from tests.journeys.faults.town import Town
from tests.journeys.waits import until

BOTH = pytest.mark.parametrize("name", ["chromium", "firefox"])
FAULTS: dict[str, Fault] = {
    "request lost": faults.lost_request,
    "answer lost": faults.lost_answer,
    "body cut": faults.cut,
    "captive portal": faults.portal,
    "json without nonce": faults.no_nonce,
    "500": faults.status(500, "internal"),
    "502 page": faults.gateway(502),
    "503 retry-after": faults.status(503, retry_after=1),
    "429 retry-after": faults.status(429, "too_many", retry_after=1),
}
IN_FIREFOX = ["answer lost", "body cut", "captive portal", "json without nonce", "503 retry-after"]
CASES = [("chromium", fault) for fault in FAULTS] + [("firefox", fault) for fault in IN_FIREFOX]


@pytest.mark.parametrize(("name", "fault"), CASES)
def test_a_check_in_waits_through_a_bad_answer_and_arrives_once(
    name: str, fault: str, town: Town, worn_phone: NewPhone
) -> None:
    phone = worn_phone(name)
    rule = town.network.fail(FAULTS[fault], "/api/sync", only=faults.carries_ops)
    phone.save()
    until(lambda: rule.met, "the exchange that meets the fault")
    phone.browser.wait_text("1 waiting")
    assert not phone.says("Delivered")
    prove(phone)


def test_a_request_that_arrives_twice_counts_once(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    rule = town.network.fail(faults.twice, "/api/sync", only=faults.carries_ops)
    phone.save_many(2)
    phone.browser.wait_text("All delivered")
    assert rule.met
    prove(phone)


def test_an_old_request_replayed_after_a_withdrawal_brings_nothing_back(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    intent = phone.save()
    phone.wait_quiet()
    old = [seen for seen in town.network.exchanges() if intent.entity.encode() in seen.request.body]
    phone.take_back(intent)
    phone.wait_quiet()
    assert {town.network.replay(seen).status for seen in old} == {200}
    prove(phone)


def test_a_line_that_stalls_is_given_up_and_tried_again(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    with devtools.short_patience(phone):
        phone.go()
        gate = town.network.hold(first=1)
        phone.save()
        gate.wait()
        # The gate stays closed: the next try goes past it, with nobody's help.
        phone.wait_quiet()
    prove(phone)


def test_a_network_that_comes_and_goes_delivers_a_queue_once(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    town.network.cut_off()
    phone.save_many(4)
    town.network.heal()
    weather = itertools.cycle([faults.lost_request, faults.lost_answer, faults.cut, lambda _, forward: forward()])

    def flaky(request: Request, forward: Forward) -> Answer | None:
        return next(weather)(request, forward)

    rule = town.network.fail(flaky, "/api/")
    for _ in range(4):
        phone.go()
        met = rule.met
        until(lambda met=met: rule.met > met or phone.waiting() == 0, "the next try")
    prove(phone)


def test_retry_after_is_honoured(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    intent = phone.write()
    rule = town.network.fail(faults.status(503, retry_after=6), "/api/sync", times=1, only=faults.carries_ops)
    phone.keep(intent)
    until(lambda: rule.met, "the exchange that is refused")
    refused = town.network.exchanges()[-1].at
    phone.wait_quiet()
    assert min(seen.at - refused for seen in town.network.exchanges() if seen.at > refused) >= 6
    prove(phone)


@BOTH
def test_a_captive_portal_at_the_door_is_told_and_the_door_works_behind_it(
    name: str, town: Town, new_phone: NewPhone
) -> None:
    phone = new_phone(name, sign_in=False)
    phone.go("/sign-in")
    town.network.fail(faults.portal)
    phone.browser.fill("Your work e-mail", phone.person.email)
    phone.browser.press("Send me a code", "button")
    phone.browser.wait_text("No signal. Signing in needs one")
    town.network.heal()
    phone.sign_in()
    phone.save()
    prove(phone)


@BOTH
def test_a_page_loaded_anew_at_the_last_tap_has_the_draft_or_the_entry(
    name: str, town: Town, worn_phone: NewPhone
) -> None:
    phone = worn_phone(name)
    intent = phone.write()
    until(lambda: intent.token in phone.drafted(), "the draft on the disk")
    phone.browser.js(
        "const [words] = args; for (const one of document.querySelectorAll('button')) "
        "if (one.innerText.trim() === words) one.click(); location.reload();",
        KEEP,
    )
    phone.go("/check-in/P01")
    places = [intent.token in phone.drafted(), intent.token in phone.shows()]
    assert sorted(places) == [False, True], f"draft and entry: {places}"
    if places[0]:
        phone.browser.fill(TEXT, intent.token)
        phone.keep(intent)
    intent.fate = "saved"
    prove(phone)


@BOTH
def test_a_phone_started_cold_without_a_signal_saves_from_a_deep_link(
    name: str, town: Town, new_phone: NewPhone
) -> None:
    phone = new_phone(name)
    prompt = phone.browser.js(
        """const answer = await fetch("/api/prompts/ask-now", {
          method: "POST", headers: {"content-type": "application/json"}, body: JSON.stringify({protocol: "P01"})});
        return (await answer.json()).id;"""
    )
    phone.go()
    phone.browser.wait_text("A short check-in")
    town.network.cut_off()
    phone.browser.stop()
    phone.browser.start()
    intent = phone.person.intend()
    phone.go(f"/c/{prompt}")
    phone.fill_in(intent)
    phone.keep(intent)
    prove(phone)
    assert town.product.rows("SELECT state FROM prompt WHERE id = ?", prompt) == [("answered",)]


def test_a_browser_that_knows_it_has_no_signal_delivers_when_it_hears_of_one(town: Town, worn_phone: NewPhone) -> None:
    phone = worn_phone()
    devtools.no_signal(phone)
    phone.save()
    phone.browser.wait_text("1 waiting")
    devtools.no_signal(phone, off=False)
    phone.browser.wait_text("All delivered", within=30)
    prove(phone)
