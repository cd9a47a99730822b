"""A newer app arrives in the middle of a queue and of a check-in; or half of it does."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.fakes.faults import Answer, Fault, Forward, Request
from tests.journeys.faults.conftest import NewPhone
from tests.journeys.faults.phone import Phone
from tests.journeys.faults.proof import prove
from tests.journeys.faults.town import Town
from tests.journeys.waits import until

BOTH = pytest.mark.parametrize("name", ["chromium", "firefox"])
NEWER = "newer-version"


def changed(town: Town, change: Callable[[bytes], bytes]) -> Fault:
    """The product's own file, changed on its way; nobody is told that an old one is fresh."""

    def fault(request: Request, forward: Forward) -> Answer:
        headers = tuple((name, value) for name, value in request.headers if not name.lower().startswith("if-"))
        answer = town.network.ask(replace(request, headers=headers))
        kept = tuple((name, value) for name, value in answer.headers if name.lower() not in ("etag", "last-modified"))
        return replace(answer, headers=kept, body=change(answer.body))

    return fault


def release(town: Town) -> None:
    """Serves a newer app: another start page, and the worker that belongs to it."""
    page = changed(town, lambda body: body.replace(b"</head>", b'<meta name="%s">\n</head>' % NEWER.encode()))
    worker = changed(town, lambda body: re.sub(rb'(\[[`"]/[`"],[`"])', rb"\1" + NEWER.encode(), body))
    town.network.fail(page, "/", "GET")
    for path in ("/api/", "/box/", "/assets/", "/fonts/", "/icons/", "/manifest"):
        town.network.fail(lambda request, forward: forward(), path)
    town.network.fail(worker, "/sw.js")


def look_for_update(phone: Phone) -> None:
    phone.browser.js("(await navigator.serviceWorker.getRegistration()).update().catch(() => {})")


def is_newer(phone: Phone) -> bool:
    return bool(phone.browser.js("return document.querySelector(`meta[name=${args[0]}]`) !== null", NEWER))


@BOTH
def test_an_update_in_the_middle_of_a_queue_keeps_it(name: str, town: Town, new_phone: NewPhone) -> None:
    phone = new_phone(name)
    release(town)
    gate = town.network.hold()
    phone.save()
    gate.wait()
    phone.go()
    look_for_update(phone)
    phone.browser.wait_text("A newer Handrail is ready.")
    phone.browser.press("Update now")
    until(lambda: is_newer(phone), "the newer app", 20)
    assert phone.waiting() == 1
    phone.save()
    prove(phone)


@BOTH
def test_an_update_never_interrupts_a_check_in_and_its_draft_goes_on(
    name: str, town: Town, new_phone: NewPhone
) -> None:
    phone = new_phone(name)
    intent = phone.write()
    release(town)
    look_for_update(phone)
    waits = "return (await navigator.serviceWorker.getRegistration()).waiting !== null"
    until(lambda: phone.browser.js(waits), "the newer app to wait", 20)
    assert not phone.says("A newer Handrail is ready.")
    until(lambda: intent.token in phone.drafted(), "the draft on the disk")
    phone.go()
    phone.browser.press("Update now")
    until(lambda: is_newer(phone), "the newer app", 20)
    phone.go("/check-in/P01")
    phone.browser.wait_text("No patient details.")
    phone.keep(intent)
    prove(phone)


def test_an_update_that_arrives_in_part_changes_nothing(town: Town, new_phone: NewPhone) -> None:
    phone = new_phone()
    release(town)
    rule = town.network.fail(lambda request, forward: Answer(502), "/", "GET")
    town.network.fail(changed(town, lambda body: re.sub(rb'(\[[`"]/[`"],[`"])', rb"\1broken", body)), "/sw.js")
    for path in ("/api/", "/box/"):
        town.network.fail(lambda request, forward: forward(), path)
    look_for_update(phone)
    until(lambda: rule.met, "the file that is missing")
    phone.save()
    phone.go()
    assert not is_newer(phone)
    prove(phone)
