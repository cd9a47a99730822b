"""A real Chromium, driven over DevTools, with push and notifications on loopback."""

import base64
import json
import os
import re
import shutil
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.journeys.browsers.browser import Browser
from tests.journeys.browsers.cdp import CdpError, Wire
from tests.journeys.processes import OwnProcess
from tests.journeys.waits import until

REWRITE = (Path(__file__).parent / "endpoint.js").read_text()
ANSWERS = {"granted": 1, "denied": 2, "ask": 3}
SWITCHES = [
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-sandbox",
    "--password-store=basic",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-background-networking",
    "--disable-gpu",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    # Whatever a page asks for, nothing leaves loopback.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
KEY_CODES = {
    "Tab": 9,
    "Enter": 13,
    "Escape": 27,
    " ": 32,
    "ArrowLeft": 37,
    "ArrowUp": 38,
    "ArrowRight": 39,
    "ArrowDown": 40,
}
KEY_TEXTS = {"Enter": "\r", " ": " "}


class Chromium(Browser):
    """`push` is (port of the push service, port of its delivery connection), or None where no push is needed."""

    name = "chromium"

    def __init__(self, *, push: tuple[int, int] | None = None, watch_workers: bool = False, **rest: Any) -> None:
        super().__init__(**rest)
        self.push, self.watch_workers = push, watch_workers
        self.wire: Wire | None = None
        self.session: str | None = None
        self._pages: dict[str, tuple[str, list[Future[dict[str, Any]]]]] = {}

    # ---- life

    def start(self) -> None:
        self._remember_permission()
        port_file = self.profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        command = [
            shutil.which("chromium") or "chromium",
            *SWITCHES,
            f"--user-data-dir={self.profile}",
            f"--window-size={self.size[0]},{self.size[1]}",
            *self._push_switches(),
            "about:blank",
        ]
        scratch = self.profile / "tmp"
        scratch.mkdir(exist_ok=True)
        env = os.environ | {"DBUS_SESSION_BUS_ADDRESS": self.bus or "disabled:", "TMPDIR": str(scratch)}
        self.process = OwnProcess(command, env=env, log=self.profile / "chromium.log")
        until(lambda: len(port_file.read_text().split("\n")) >= 2, "Chromium's DevTools port", 60)
        port, path = port_file.read_text().split("\n")[:2]
        self._pages, self.session = {}, None
        self.wire = Wire(f"ws://127.0.0.1:{port}{path}")
        self.wire.listen("Target.attachedToTarget", self._welcome)
        self.wire.listen("Runtime.executionContextsCleared", self._left)
        kinds = [{"type": "page"}] + ([{"type": "service_worker"}] if self.watch_workers else [])
        self.wire.call(
            "Target.setAutoAttach",
            {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True, "filter": kinds},
        )
        self.session = self._ready(until(lambda: next(iter(self._pages), ""), "Chromium's first tab", 20))

    def stop(self) -> None:
        if self.wire:
            with suppress(CdpError, TimeoutError):
                self.wire.call("Browser.close", within=10)
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

    def _remember_permission(self) -> None:
        """One answer for every site, kept in the profile so that it survives a restart."""
        preferences = self.profile / "Default" / "Preferences"
        if preferences.exists():
            return
        preferences.parent.mkdir(parents=True, exist_ok=True)
        answers = {"notifications": ANSWERS[self.permission]}
        preferences.write_text(json.dumps({"profile": {"default_content_setting_values": answers}}))

    def _push_switches(self) -> list[str]:
        if not self.push:
            return []
        http, delivery = self.push
        return [
            f"--gcm-checkin-url=http://127.0.0.1:{http}/gcm/checkin",
            f"--gcm-registration-url=http://127.0.0.1:{http}/gcm/register3",
            f"--gcm-mcs-endpoint=https://127.0.0.1:{delivery}",
            "--ignore-certificate-errors",
        ]  # The delivery connection's own certificate.

    def _welcome(self, event: dict[str, Any], _session: str | None) -> None:
        """Prepare every new page before its first script runs: also those a worker opens after a tap."""
        assert self.wire
        session, target = event["sessionId"], event["targetInfo"]
        if target["type"] == "page":
            answers = [
                self.wire.post(f"{domain}.enable", session=session) for domain in ("Page", "Runtime", "Network", "Log")
            ]
            metrics = {
                "width": self.size[0],
                "height": self.size[1],
                "deviceScaleFactor": 1,
                "mobile": self.size[0] < 600,
            }
            answers.append(self.wire.post("Emulation.setDeviceMetricsOverride", metrics, session))
            if self.push:
                source = REWRITE.replace("LOOPBACK", f"http://127.0.0.1:{self.push[0]}")
                # A tab that a worker opened may hold its document already.
                script = {"source": source, "runImmediately": True}
                answers.append(self.wire.post("Page.addScriptToEvaluateOnNewDocument", script, session))
            self._pages[target["targetId"]] = (session, answers)
        else:
            self.wire.post("Network.enable", session=session)
        self.wire.post("Runtime.runIfWaitingForDebugger", session=session)

    def _ready(self, target: str) -> str:
        """The tab's session. A navigation begun before its preparations were answered would undo them."""
        session, answers = until(lambda: self._pages.get(target), "the tab to be attached", 10) or ("", [])
        for answer in answers:
            answer.result(10)
        return session

    def _left(self, _event: dict[str, Any], session: str | None) -> None:
        if self.wire:
            self.wire.give_up("Runtime.evaluate", session, "the page was left")

    # ---- verbs

    def cmd(self, method: str, within: float = 60.0, **params: Any) -> dict[str, Any]:
        """A DevTools command for this tab."""
        assert self.wire, "the browser is not running"
        return self.wire.call(method, params, self.session, within)

    def goto(self, url: str) -> None:
        answer = self.cmd("Page.navigate", url=url)
        if answer.get("errorText"):
            raise CdpError(f"{url}: {answer['errorText']}")
        until(lambda: self.js("return document.readyState") == "complete", f"{url} to load", 30)

    def js(self, script: str, *args: Any) -> Any:
        expression = f"(async (...args) => {{{script}\n}})(...{json.dumps(args)})"
        answer = self.cmd(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"]
            raise CdpError(thrown.get("exception", {}).get("description") or thrown["text"])
        return answer["result"].get("value")

    def tap_at(self, x: float, y: float) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            self.cmd("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def type_text(self, text: str) -> None:
        self.cmd("Input.insertText", text=text)

    def key(self, name: str) -> None:
        code = "Space" if name == " " else name
        stroke: dict[str, Any] = {"key": name, "code": code, "windowsVirtualKeyCode": KEY_CODES[name]}
        self.cmd("Input.dispatchKeyEvent", type="keyDown", text=KEY_TEXTS.get(name, ""), **stroke)
        self.cmd("Input.dispatchKeyEvent", type="keyUp", **stroke)

    def picture(self) -> bytes:
        return base64.b64decode(self.cmd("Page.captureScreenshot", format="png")["data"])

    def tabs(self) -> list[str]:
        return [tab["url"] for tab in self._targets()]

    def switch_to(self, pattern: str, within: float = 15.0) -> None:
        def look() -> dict[str, Any] | None:
            return next((tab for tab in self._targets() if re.search(pattern, tab["url"])), None)

        tab = until(look, f"a tab at {pattern} (open: {self.tabs()})", within)
        assert tab
        self.session = self._ready(tab["targetId"])
        self.cmd("Page.bringToFront")

    def tab(self) -> str:
        return next(target for target, (session, _) in self._pages.items() if session == self.session)

    def open_tab(self, url: str) -> str:
        assert self.wire
        name: str = self.wire.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.use_tab(name)
        self.goto(url)
        return name

    def use_tab(self, name: str) -> None:
        self.session = self._ready(name)
        self.cmd("Page.bringToFront")

    def close_tab(self) -> None:
        assert self.wire
        gone = self.tab()
        self.wire.call("Target.closeTarget", {"targetId": gone})
        until(lambda: all(tab["targetId"] != gone for tab in self._targets()), "the tab to be closed")
        del self._pages[gone]

    def stop_workers(self) -> None:
        self.cmd("ServiceWorker.enable")
        self.cmd("ServiceWorker.stopAllWorkers")

    def forget(self, origin: str) -> None:
        self.goto("about:blank")
        self.cmd("Storage.clearDataForOrigin", origin=origin, storageTypes="all")

    def events(self, *methods: str) -> list[dict[str, Any]]:
        """DevTools events of these kinds since the start, oldest first."""
        assert self.wire
        return self.wire.seen(*methods)

    def _targets(self) -> list[dict[str, Any]]:
        assert self.wire
        return [tab for tab in self.wire.call("Target.getTargets")["targetInfos"] if tab["type"] == "page"]
