"""A real Firefox, driven over Marionette, with push and notifications on loopback."""

import base64
import json
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.journeys.browsers.browser import Browser
from tests.journeys.browsers.marionette import Marionette, MarionetteError
from tests.journeys.processes import OwnProcess
from tests.journeys.waits import until

PREFERENCES = json.loads((Path(__file__).parent / "firefox.json").read_text())
ANSWERS = {"granted": 1, "denied": 2, "ask": 0}
# WebDriver names keys by private-use characters.
KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    " ": " ",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}
IN_PAGE = """const done = arguments[arguments.length - 1];
(async (...args) => {%s
})(...[...arguments].slice(0, -1)).then(
  (value) => done({ok: value === undefined ? null : value}),
  (error) => done({error: String(error && error.name ? error.name + ": " + error.message : error)}));"""
OPEN_TABS = """return [...Services.wm.getEnumerator("navigator:browser")].flatMap(
  (window) => window.gBrowser.tabs.map((tab) => tab.linkedBrowser.currentURI.spec));"""

CLEAR_SITE = """const [host] = args;
await new Promise((done) => Services.clearData.deleteDataFromHost(
  host, true, Ci.nsIClearDataService.CLEAR_ALL, {onDataDeleted: done}));"""
STOP_WORKERS = """const manager = Cc["@mozilla.org/serviceworkers/manager;1"].getService(Ci.nsIServiceWorkerManager);
const all = manager.getAllRegistrations();
for (let at = 0; at < all.length; at += 1)
  await all.queryElementAt(at, Ci.nsIServiceWorkerRegistrationInfo).activeWorker?.terminateWorker();"""


class Firefox(Browser):
    """`push` is (port of the push service, anything), or None where no push is needed."""

    name = "firefox"

    def __init__(self, *, push: tuple[int, int] | None = None, **rest: Any) -> None:
        super().__init__(**rest)
        self.push = push
        self.wire: Marionette | None = None

    # ---- life

    def start(self) -> None:
        preferences = PREFERENCES | {
            "permissions.default.desktop-notification": ANSWERS[self.permission],
            "alerts.useSystemBackend": bool(self.bus),
        }
        if self.push:
            preferences["dom.push.serverURL"] = f"ws://127.0.0.1:{self.push[0]}/"
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
        (self.profile / "user.js").write_text("\n".join(lines))
        port_file = self.profile / "MarionetteActivePort"
        port_file.unlink(missing_ok=True)
        binary = shutil.which("firefox-esr") or shutil.which("firefox") or "firefox"
        command = [
            binary,
            "--profile",
            str(self.profile),
            "--no-remote",
            "--marionette",
            "--remote-allow-system-access",
            "--headless",
            "--width",
            str(self.size[0]),
            "--height",
            str(self.size[1]),
        ]
        env = os.environ | {
            "MOZ_CRASHREPORTER_DISABLE": "1",
            "HOME": str(self.profile),
            "MOZ_DISABLE_CONTENT_SANDBOX": "1",
            "DBUS_SESSION_BUS_ADDRESS": self.bus or "disabled:",
        }
        self.process = OwnProcess(command, env=env, log=self.profile / "firefox.log")
        self.wire = until(lambda: Marionette(int(port_file.read_text())), "Firefox's Marionette port", 60)
        self.wire.call("WebDriver:NewSession", {"unhandledPromptBehavior": "ignore"})
        self.wire.call("WebDriver:SetTimeouts", {"script": 60_000, "pageLoad": 60_000, "implicit": 0})

    def stop(self) -> None:
        if self.wire:
            with suppress(MarionetteError):
                self.wire.call("Marionette:Quit", {"flags": ["eForceQuit"]})
        if self.process:
            self.process.wait(10)
            self.process.stop()
        self._forget_wire()

    def kill(self) -> None:
        if self.process:
            self.process.kill()
        self._forget_wire()

    def _forget_wire(self) -> None:
        if self.wire:
            self.wire.close()
        self.wire = self.process = None

    # ---- verbs

    def cmd(self, name: str, **params: Any) -> Any:
        """A Marionette command."""
        assert self.wire, "the browser is not running"
        return self.wire.call(name, params)

    def goto(self, url: str) -> None:
        self.cmd("WebDriver:Navigate", url=url)

    def js(self, script: str, *args: Any) -> Any:
        answer = self.cmd(
            "WebDriver:ExecuteAsyncScript",
            script=IN_PAGE.replace("%s", script),
            args=list(args),
            newSandbox=True,
            sandbox=None,
        )["value"]
        if "error" in answer:
            raise MarionetteError(answer["error"])
        return answer["ok"]

    def tap_at(self, x: float, y: float) -> None:
        self._act(
            {
                "type": "pointer",
                "id": "finger",
                "parameters": {"pointerType": "mouse"},
                "actions": [
                    {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0, "origin": "viewport"},
                    {"type": "pointerDown", "button": 0},
                    {"type": "pointerUp", "button": 0},
                ],
            }
        )

    def type_text(self, text: str) -> None:
        strokes = [{"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keys", "actions": strokes})

    def key(self, name: str) -> None:
        self.type_text(KEYS[name])

    def picture(self) -> bytes:
        return base64.b64decode(self.cmd("WebDriver:TakeScreenshot", full=False)["value"])

    def tabs(self) -> list[str]:
        self.cmd("Marionette:SetContext", value="chrome")
        try:
            return list(self.js(OPEN_TABS))
        finally:
            self.cmd("Marionette:SetContext", value="content")

    def stop_workers(self) -> None:
        self.cmd("Marionette:SetContext", value="chrome")
        try:
            self.js(STOP_WORKERS)
        finally:
            self.cmd("Marionette:SetContext", value="content")

    def switch_to(self, pattern: str, within: float = 15.0) -> None:
        def look() -> bool:
            for handle in self.cmd("WebDriver:GetWindowHandles"):
                self.cmd("WebDriver:SwitchToWindow", handle=handle, focus=True)
                if re.search(pattern, self.cmd("WebDriver:GetCurrentURL")["value"]):
                    return True
            return False

        until(look, f"a tab at {pattern}", within)

    def tab(self) -> str:
        return str(self.cmd("WebDriver:GetWindowHandle")["value"])

    def open_tab(self, url: str) -> str:
        name = str(self.cmd("WebDriver:NewWindow", type="tab", focus=True)["handle"])
        self.use_tab(name)
        self.goto(url)
        return name

    def use_tab(self, name: str) -> None:
        self.cmd("WebDriver:SwitchToWindow", handle=name, focus=True)

    def close_tab(self) -> None:
        self.cmd("WebDriver:CloseWindow")

    def forget(self, origin: str) -> None:
        self.goto("about:blank")
        self.cmd("Marionette:SetContext", value="chrome")
        try:
            self.js(CLEAR_SITE, urlsplit(origin).hostname)
        finally:
            self.cmd("Marionette:SetContext", value="content")

    def _act(self, source: dict[str, Any]) -> None:
        self.cmd("WebDriver:PerformActions", actions=[source])
