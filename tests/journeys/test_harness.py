"""The proof that browsers, push service and desktop work on this machine, with a page of a few lines."""

from collections.abc import Iterator

import pytest

from tests.journeys.conftest import OpenBrowser
from tests.journeys.desk.demo.server import DemoServer
from tests.journeys.desk.world import PushWorld


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_a_real_encrypted_push_is_shown_once_and_its_button_opens_the_page(
    name: str, push_world: PushWorld, demo: DemoServer, open_browser: OpenBrowser
) -> None:
    browser = open_browser(name, push_world)
    browser.goto(demo.url)
    browser.wait_text("Worker ready")
    browser.press("Turn on prompts")
    browser.wait_text("Prompts are on", within=30)
    push_world.wait_connected()
    browser.goto("about:blank")

    assert demo.send(title="A prompt", body="Æ 20 s", url="/c/1") == 201

    shown = push_world.wait_shown(1)
    assert (shown.title, "Æ 20 s" in shown.body) == ("A prompt", True)
    push_world.press(shown, "Start")
    browser.switch_to(r"/c/1\?by=start")
    assert len(push_world.shown) == 1


@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_a_killed_browser_comes_back_with_its_profile(name: str, demo: DemoServer, open_browser: OpenBrowser) -> None:
    browser = open_browser(name)
    browser.goto(demo.url)
    browser.js("""const open = indexedDB.open("kept", 1);
        open.onupgradeneeded = () => open.result.createObjectStore("words");
        await new Promise((done) => { open.onsuccess = done; });
        const write = open.result.transaction("words", "readwrite", {durability: "strict"});
        write.objectStore("words").put("still here", 1);
        await new Promise((done) => { write.oncomplete = done; });""")

    browser.kill()
    browser.start()

    browser.goto(demo.url)
    assert (
        browser.js("""const open = indexedDB.open("kept", 1);
        await new Promise((done) => { open.onsuccess = done; });
        const read = open.result.transaction("words").objectStore("words").get(1);
        await new Promise((done) => { read.onsuccess = done; });
        return read.result;""")
        == "still here"
    )
