"""Whatever a push holds and whatever state the phone is in: exactly one notification, and nothing secret kept.

Browsers take the subscription away from an app that stays silent, so one missing notification can end all prompts.
"""

import json
from dataclasses import dataclass

import pytest

from tests.journeys import steps
from tests.journeys.browsers.browser import Browser
from tests.journeys.conftest import OpenBrowser
from tests.journeys.desk.desktop import Shown
from tests.journeys.desk.world import PushWorld
from tests.journeys.handrail import Handrail, address
from tests.journeys.raw_push import RawPush
from tests.journeys.waits import until

RITA = address("Rita")
RAVIS_PROMPT = "00000000-0000-4000-8000-000000000000"
SECRET = "a-word-nobody-may-keep"
NEUTRAL = "A short check-in is ready"


def message(version: object = 8030, **notification: object) -> bytes:
    return json.dumps({"web_push": version, "notification": notification}).encode()


PAYLOADS: dict[str, bytes | None] = {
    "nothing": None,
    "JSON that breaks off": b'{"web_push": 8030, "notif',
    "bytes that are no text": b"\xff\xfe\x00\x80",
    "a version of another time": message(9999, title="From the future", navigate="/"),
    "a list": b"[1, 2, 3]",
    "no notification": b'{"web_push": 8030, "notification": null}',
    "no tag and no title": message(navigate="/"),
    "fields of the wrong kind": message(title=7, body=["x"], tag={"a": 1}, navigate={"b": 2}, data=SECRET),
    "fields that are far too long": message(title="t" * 1200, tag="g" * 1200, body="b" * 1200, navigate="/"),
}
NO_APP = "/icons/icon-192.png"
IN_SHELL = """const open = indexedDB.open("handrail");
const database = await new Promise((done, failed) => {
  open.onsuccess = () => done(open.result); open.onerror = () => failed(open.error); });
const write = database.transaction("shell", "readwrite");
write.objectStore("shell").put(null, "person");
await new Promise((done) => { write.oncomplete = done; });
database.close();"""
BREAK = """const open = indexedDB.open("handrail", 99);
await new Promise((done, failed) => { open.onsuccess = done; open.onerror = () => failed(open.error); });
open.result.close();"""
BLOCK = """const open = indexedDB.open("handrail", 100);
await new Promise((begun) => { open.onupgradeneeded = () => {
  const store = open.transaction.objectStore("shell");
  const again = () => { store.get("person").onsuccess = again; };
  again();
  begun();
}; });"""
KEPT = """const registration = await navigator.serviceWorker.getRegistration();
const shown = (await registration.getNotifications()).map(({data, tag, title}) => ({data, tag, title}));
const cached = [];
for (const name of await caches.keys())
  for (const request of await (await caches.open(name)).keys()) cached.push(request.url);
return JSON.stringify({shown, cached});"""


@dataclass
class Phone:
    """One signed-in phone with prompts on, and how many notifications it has shown."""

    browser: Browser
    product: Handrail
    world: PushWorld
    seen: int = 0

    def push(self, body: bytes | None) -> Shown:
        """Send one push and wait for its one notification."""
        self.none_more()
        assert RawPush(self.product).send(body) == 201
        self.seen += 1
        return self.world.wait_shown(self.seen)

    def none_more(self) -> None:
        told = [(each.title, each.body) for each in self.world.shown[self.seen :]]
        assert told == [], f"shown beyond one a push: {told}"

    def tap(self, shown: Shown, lands_at: str) -> None:
        self.world.press(shown)
        self.browser.switch_to(lands_at)

    def at(self, path: str) -> None:
        self.browser.goto(self.product.origin + path)


def settled(browser: Browser, product: Handrail, world: PushWorld) -> Phone:
    product.settle()
    steps.sign_in(browser, product, RITA)
    steps.allow_prompts(browser)
    steps.wait_settled(browser)
    world.wait_connected()
    until(lambda: product.rows("SELECT 1 FROM push_subscription"), "the subscription on the server")
    return Phone(browser, product, world)


@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_every_push_shows_exactly_one_notification_whatever_happens(
    name: str, push_world: PushWorld, open_browser: OpenBrowser
) -> None:
    with Handrail(push_origin=push_world.origin) as product:
        phone = settled(open_browser(name, push_world), product, push_world)
        prompt = with_the_app_in_front(phone)
        phone.browser.goto("about:blank")
        for body in PAYLOADS.values():
            phone.push(body)
        no_handler_failed(push_world)
        for check in (a_foreign_target, somebody_elses_prompt, the_same_topic_twice, a_worker_that_was_ended):
            check(phone)
        a_prompt_that_is_closed(phone, prompt)
        nothing_secret_is_kept(phone)
        for state in (no_network, signed_out, a_storage_that_is_broken, a_storage_that_never_answers):
            state(phone)
        phone.push(message(title="The last one", navigate="/", tag="last"))
        phone.none_more()
        assert push_world.refused == []


def no_handler_failed(world: PushWorld) -> None:
    """Firefox tells when a worker's handler threw; a worker that is ended in the middle counts as that too."""
    until(lambda: all(sent.ack for sent in world.messages), "every push to be taken in")
    assert [sent.nack for sent in world.messages if sent.nack is not None] == []


def with_the_app_in_front(phone: Phone) -> str:
    prompt = steps.ask_now(phone.browser, phone.product)
    phone.seen += 1
    phone.world.wait_shown(phone.seen, within=60)
    phone.browser.press("Not to")
    until(
        lambda: phone.product.rows("SELECT state FROM prompt WHERE id = ?", prompt) == [("declined",)],
        "the prompt to be closed on the server",
        steps.DELIVERY_S,
    )
    return prompt


def a_foreign_target(phone: Phone) -> None:
    shown = phone.push(message(title="Elsewhere", navigate="https://evil.example/c/1", tag="far", data=SECRET))
    phone.tap(shown, rf"^{phone.product.origin}/$")


def somebody_elses_prompt(phone: Phone) -> None:
    shown = phone.push(message(title=NEUTRAL, navigate=f"{phone.product.origin}/c/{RAVIS_PROMPT}", tag="ravi"))
    phone.tap(shown, f"/c/{RAVIS_PROMPT}$")
    phone.browser.wait_text("This prompt has not reached this phone yet.")


def a_prompt_that_is_closed(phone: Phone, prompt: str) -> None:
    shown = phone.push(message(title=NEUTRAL, navigate=f"{phone.product.origin}/c/{prompt}", tag="closed"))
    phone.tap(shown, f"/c/{prompt}$")


def the_same_topic_twice(phone: Phone) -> None:
    for _ in range(2):
        phone.push(message(title="Twice", navigate="/", tag="twice"))
    until(lambda: len(open_ones(phone, "Twice")) == 1, "the second to take the first one's place")


def open_ones(phone: Phone, title: str) -> list[Shown]:
    return [each for each in phone.world.shown if each.open and each.title == title]


def a_worker_that_was_ended(phone: Phone) -> None:
    phone.browser.stop_workers()
    phone.push(message(title="Awake again", navigate="/", tag="awake"))


def nothing_secret_is_kept(phone: Phone) -> None:
    phone.at("/help")
    kept = phone.browser.js(KEPT)
    assert SECRET not in kept
    assert {frozenset(each["data"]) for each in json.loads(kept)["shown"]} <= {frozenset({"path", "promptId"})}
    addresses = [url for url in json.loads(kept)["cached"] if "/api/" in url or "/c/" in url]
    assert addresses == []


def no_network(phone: Phone) -> None:
    phone.product.stop()
    phone.push(message(title=NEUTRAL, navigate=f"{phone.product.origin}/c/{RAVIS_PROMPT}", tag="off"))
    phone.product.start()


def signed_out(phone: Phone) -> None:
    phone.at(NO_APP)
    phone.browser.stop_workers()
    phone.browser.js(IN_SHELL)
    shown = phone.push(message(title=NEUTRAL, navigate=f"{phone.product.origin}/c/{RAVIS_PROMPT}", tag="out"))
    phone.tap(shown, f"/c/{RAVIS_PROMPT}$")
    phone.browser.wait_text("Your work e-mail")


def a_storage_that_is_broken(phone: Phone) -> None:
    phone.at(NO_APP)
    phone.browser.stop_workers()
    phone.browser.js(BREAK)
    phone.push(message(title="Broken", navigate=f"{phone.product.origin}/c/{RAVIS_PROMPT}", tag="broken"))


def a_storage_that_never_answers(phone: Phone) -> None:
    phone.browser.stop_workers()
    phone.browser.js(BLOCK)
    shown = phone.push(message(title="Blocked", navigate=f"{phone.product.origin}/help", tag="blocked"))
    phone.tap(shown, "/help$")
