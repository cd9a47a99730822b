"""What a test sees on a screen that a person might miss: contrast and names, foreign requests, errors, overflow."""

from pathlib import Path
from typing import Any

from tests.journeys.browsers.chromium import Chromium
from tests.journeys.handrail import ROOT

AXE = ROOT / "pwa" / "node_modules" / "axe-core" / "axe.min.js"
THEMES = {
    "light": {"prefers-color-scheme": "light", "forced-colors": "none"},
    "dark": {"prefers-color-scheme": "dark", "forced-colors": "none"},
    "forced": {"prefers-color-scheme": "light", "forced-colors": "active"},
}
NARROW = (320, 568)
RUN_AXE = """const { violations } = await axe.run(document, {resultTypes: ["violations"]});
const told = (node) => `${node.target.join(" ")} ${(node.failureSummary.split("\\n")[1] || "").trim()}`;
return violations.flatMap((each) => each.nodes.map((node) => `${each.id} (${each.impact}): ${told(node)}`));"""
WIDER = """const page = document.scrollingElement;
if (page.scrollWidth <= innerWidth) return [];
return [`${page.scrollWidth} px wide on ${innerWidth}: ` + [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map((each) => each.outerHTML.slice(0, 80)).join(" | ")];"""


class Eyes:
    """Looks at one Chromium. Every finding is one line that names the screen."""

    def __init__(self, browser: Chromium) -> None:
        self.browser = browser

    def theme(self, name: str) -> None:
        """Light, dark or forced colours; movement is reduced, so that nothing is caught half faded."""
        features = [{"name": feature, "value": value} for feature, value in THEMES[name].items()]
        features.append({"name": "prefers-reduced-motion", "value": "reduce"})
        self.browser.cmd("Emulation.setEmulatedMedia", features=features)

    def size(self, size: tuple[int, int], scale: float = 1) -> None:
        self.browser.cmd(
            "Emulation.setDeviceMetricsOverride",
            width=size[0],
            height=size[1],
            deviceScaleFactor=scale,
            mobile=size[0] < 600,
        )

    def violations(self, screen: str) -> list[str]:
        """What axe-core finds in light, in dark and in forced colours."""
        if not self.browser.js("return typeof axe === 'object'"):
            self.browser.cmd("Runtime.evaluate", expression=AXE.read_text())
        found = []
        for name in THEMES:
            self.theme(name)
            found += [f"{screen}, {name}: {each}" for each in self.browser.js(RUN_AXE)]
        self.theme("light")
        return found

    def overflow(self, screen: str) -> list[str]:
        """Whether the screen has to be scrolled sideways on a phone of 320 pixels."""
        self.size(NARROW)
        found = [f"{screen}, {each}" for each in self.browser.js(WIDER)]
        self.size(self.browser.size)
        return found

    def foreign_requests(self, origin: str) -> list[str]:
        """Every request so far, of pages and workers, that went anywhere but to us."""
        urls = {event["params"]["request"]["url"] for event in self.browser.events("Network.requestWillBeSent")}
        return sorted(url for url in urls if not url.startswith((f"{origin}/", "data:", "blob:", "about:")))

    def complaints(self) -> list[str]:
        """What the browser wrote to its console: refusals by the content policy, errors, exceptions."""
        logged = [event["params"]["entry"] for event in self.browser.events("Log.entryAdded")]
        said = [each["text"] for each in logged if each["source"] != "network" and each["level"] == "error"]
        for event in self.browser.events("Runtime.exceptionThrown"):
            said.append(_told(event["params"]["exceptionDetails"]))
        for event in self.browser.events("Runtime.consoleAPICalled"):
            if event["params"]["type"] in ("error", "warning"):
                parts = [each.get("value", each.get("description")) for each in event["params"]["args"]]
                said.append(" ".join(map(str, parts)))
        return said

    def installability_errors(self) -> list[str]:
        errors = self.browser.cmd("Page.getInstallabilityErrors")["installabilityErrors"]
        return [each["errorId"] for each in errors]

    def picture(self, file: Path, theme: str) -> None:
        self.theme(theme)
        self.browser.screenshot(file)


def _told(details: dict[str, Any]) -> str:
    return str(details.get("exception", {}).get("description") or details["text"])
