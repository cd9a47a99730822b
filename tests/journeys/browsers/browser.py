"""The verbs every journey is written in. Each browser adds its own wire below them."""

import re
import shutil
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.journeys.processes import OwnProcess
from tests.journeys.waits import until

FINDER = (Path(__file__).parent / "finder.js").read_text()
PHONE = (390, 844)
LAPTOP = (1280, 800)


class Browser(ABC):
    """One browser with one profile. Start, stop, kill and start again keep the profile; `close` removes it."""

    name: str

    def __init__(self, *, size: tuple[int, int] = PHONE, bus: str | None = None, permission: str = "granted") -> None:
        self.profile = Path(tempfile.mkdtemp(prefix=f"handrail-{self.name}-"))
        self.size, self.bus, self.permission = size, bus, permission
        self.process: OwnProcess | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop and forget everything this browser ever kept."""
        self.stop()
        shutil.rmtree(self.profile, ignore_errors=True)

    # What each browser does in its own way.

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def stop(self) -> None: ...

    @abstractmethod
    def kill(self) -> None:
        """kill -9, as a flat battery would."""

    @abstractmethod
    def goto(self, url: str) -> None:
        """Open an address in this tab and wait until it has loaded."""

    @abstractmethod
    def js(self, script: str, *args: Any) -> Any:
        """Run an async function body in the page; `args`, `await` and `return` work in it."""

    @abstractmethod
    def tap_at(self, x: float, y: float) -> None: ...

    @abstractmethod
    def type_text(self, text: str) -> None:
        """Type into whatever has the focus."""

    @abstractmethod
    def key(self, name: str) -> None:
        """Press one key by its DOM name: Tab, Enter, " ", ArrowDown, Escape."""

    @abstractmethod
    def picture(self) -> bytes:
        """A PNG of what is on screen."""

    @abstractmethod
    def tabs(self) -> list[str]:
        """The addresses of every open tab."""

    @abstractmethod
    def stop_workers(self) -> None:
        """End every running service worker, as a phone does that needs the memory."""

    @abstractmethod
    def switch_to(self, pattern: str, within: float = 15.0) -> None:
        """Go on in the tab whose address matches, as soon as there is one."""

    @abstractmethod
    def tab(self) -> str:
        """The name of this tab, for `use_tab`."""

    @abstractmethod
    def open_tab(self, url: str) -> str:
        """Open one more tab, go on in it, and return its name."""

    @abstractmethod
    def use_tab(self, name: str) -> None:
        """Go on in this tab."""

    @abstractmethod
    def close_tab(self) -> None:
        """Close this tab as a person would; go on with `use_tab`."""

    @abstractmethod
    def forget(self, origin: str) -> None:
        """Everything this origin ever kept here is gone, as on a new phone."""

    # What they share.

    def url(self) -> str:
        return str(self.js("return location.href"))

    def text(self) -> str:
        """What the page says, as far as it can be seen, in one line."""
        return str(self.js("return document.body.innerText.replace(/\\s+/g, ' ')"))

    def press(self, name: str, role: str | None = None, within: float = 10.0) -> None:
        """Tap the one thing with this name (exact, else its beginning, else a part) once it holds still."""
        spot = self._find(role, name, within)
        self.tap_at(spot["x"], spot["y"])

    def offers(self, name: str, role: str | None = None) -> bool:
        """True when something with this name could be tapped now."""
        return "x" in self.js(FINDER, role, name)

    def fill(self, name: str, text: str, within: float = 10.0) -> None:
        """Tap the field with this label, take out what it holds, and type."""
        self.press(name, "textbox", within)
        self.js("const field = document.activeElement; if (field.select) field.select();")
        self.type_text(text)

    def choose(self, name: str, option: str) -> None:
        """Pick an option of a select by its words. Its list is drawn by the system, where no page or test can tap."""
        until(
            lambda: self.js(
                """const [name, option] = args;
            const lists = [...document.querySelectorAll("select")];
            const list = lists.find((each) => [...each.labels].some((label) => label.innerText.trim() === name));
            const found = [...(list?.options ?? [])].find((each) => each.text.trim() === option);
            if (!found) return false;
            list.focus();
            list.value = found.value;
            list.dispatchEvent(new Event("input", {bubbles: true}));
            list.dispatchEvent(new Event("change", {bubbles: true}));
            return true;""",
                name,
                option,
            ),
            f"{option!r} under {name!r}",
        )

    def says(self, words: str) -> bool:
        return words.casefold() in self.text().casefold()

    def wait_text(self, words: str, within: float = 15.0) -> None:
        """Wait until the page says these words; the failure tells what it said instead."""
        try:
            until(lambda: self.says(words), f"the words {words!r}", within)
        except AssertionError as error:
            raise self._told(error) from None

    def wait_url(self, pattern: str, within: float = 15.0) -> str:
        """Wait until the address matches, and return it."""
        try:
            return until(lambda: self.url() if re.search(pattern, self.url()) else "", f"the address {pattern}", within)
        except AssertionError as error:
            raise self._told(error) from None

    def wait_worker(self, within: float = 20.0) -> None:
        """Wait until a service worker is in charge of this page."""
        until(
            lambda: self.js(
                "return !!navigator.serviceWorker.controller || "
                "!!(await navigator.serviceWorker.getRegistration())?.active"
            ),
            "a worker",
            within,
        )

    def screenshot(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.picture())
        return path

    def _find(self, role: str | None, name: str, within: float) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            spot: dict[str, Any] = self.js(FINDER, role, name)
            if "x" not in spot:
                raise LookupError(spot["why"])
            return spot

        try:
            return until(look, f"{role or 'something'} called {name!r}", within) or {}
        except AssertionError as error:
            raise self._told(error) from None

    def _told(self, error: AssertionError) -> AssertionError:
        """The same failure with what was on screen instead."""
        return AssertionError(f"{error}; at {self.url()} the page says: {self.text()[:600]}")
