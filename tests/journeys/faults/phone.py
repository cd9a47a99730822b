"""One browser profile in one person's hand: what the person does with it, and what it keeps."""

import re
from pathlib import Path
from typing import Any

from tests.journeys import steps
from tests.journeys.browsers.browser import Browser
from tests.journeys.faults.town import Intent, Person, Town
from tests.journeys.waits import until

KEPT = (Path(__file__).parent / "kept.js").read_text()
# The sync protocol: network up and no new local write, and the queue is empty within 30 s.
QUIET_S = 30.0
TEXT = "Two lines. Only you can see this."
KEEP = "Keep it here"


class Phone:
    """`person` is who holds it now; a phone that changes hands gets another one."""

    def __init__(self, browser: Browser, town: Town, person: Person) -> None:
        self.browser, self.town, self.person = browser, town, person

    # ---- going about

    def go(self, path: str = "/") -> None:
        self.browser.goto(self.town.origin + path)

    def sign_in(self) -> None:
        """From the door to a Today that needs no network any more."""
        steps.sign_in(self.browser, self.town.product, self.person.email)
        steps.open_myself(self.browser)
        steps.wait_settled(self.browser)
        self.person.secret = self.person.secret or self.kept()["secret"]

    def sign_in_again(self) -> None:
        """Through the same door, on a phone that was asked about prompts before; any page may follow."""
        steps.sign_in(self.browser, self.town.product, self.person.email)

    def restart(self) -> None:
        """Close the browser as a person would and open it again: only then are its cookies surely on the disk."""
        self.browser.stop()
        self.browser.start()
        self.go()
        steps.wait_settled(self.browser)

    def after_kill(self, path: str = "/") -> None:
        """kill -9, and start again at this page."""
        self.browser.kill()
        self.browser.start()
        self.go(path)

    # ---- keeping something

    def write(self) -> Intent:
        """Answer a check-in up to its last tap, with a token in the line that only the person can see."""
        intent = self.person.intend()
        self.go("/check-in/P01")
        self.fill_in(intent)
        return intent

    def fill_in(self, intent: Intent) -> None:
        self.browser.press("A lot", "radio")
        self.browser.wait_text("What is still on your mind?")
        self.browser.press("Tomorrow", "checkbox")
        self.browser.press("Next")
        self.browser.press("Write two lines", "radio")
        self.browser.wait_text("No patient details.")
        self.browser.fill(TEXT, intent.token)

    def keep(self, intent: Intent) -> None:
        """The last tap. The close is what says that it is saved."""
        self.browser.press(KEEP)
        intent.entity = steps.entry_at(self.browser)
        self.browser.wait_text("Noted. The rest can wait.")
        intent.fate = "saved"

    def save(self) -> Intent:
        intent = self.write()
        self.keep(intent)
        return intent

    def save_many(self, count: int) -> list[Intent]:
        return [self.save() for _ in range(count)]

    def edit(self, intent: Intent) -> Intent:
        """Undo on the close, another text, and keep it; returns the intent that stands now."""
        self.go(f"/done/{intent.entity}")
        self.browser.press("Undo")
        self.browser.wait_text("No patient details.")
        changed = self.person.intend()
        self.browser.fill(TEXT, changed.token)
        self.keep(changed)
        intent.fate = "replaced"
        return changed

    def take_back(self, intent: Intent) -> None:
        self.go(f"/entry/{intent.entity}")
        self.browser.press("Take it back")
        self.browser.wait_text("It cannot be brought back.")
        self.browser.press("Take it back")
        self.browser.wait_url("/journal$")
        intent.fate = "withdrawn"

    # ---- looking inside

    def kept(self) -> dict[str, Any]:
        """Everything this phone keeps for the person, opened. Fails where the app's page is not open."""
        found = self.browser.js(KEPT, self.person.id)
        assert found is not None, "this phone keeps nothing of this person"
        return dict(found)

    def waiting(self) -> int:
        """How many ops still stand in the outbox, the unseen ones included."""
        return len(self.kept()["outbox"])

    def shows(self) -> list[str]:
        """The tokens in this phone's own journal, sorted; one that stands twice is listed twice."""
        bodies = [row["body"] for row in self.kept()["journal"] if not row["withdrawn"] and row["body"]]
        return sorted(body["answers"]["d"] for body in bodies if "d" in body["answers"])

    def drafted(self) -> list[str]:
        """The texts in unfinished check-ins."""
        answers = [draft["body"]["answers"] for draft in self.kept()["drafts"]]
        return [each["d"] for each in answers if "d" in each]

    def says(self, words: str) -> bool:
        return self.browser.says(words)

    def pill(self) -> str:
        """What the pill in the top line says."""
        found = self.browser.js("return document.querySelector('.pill')?.innerText ?? ''")
        return re.sub(r"\s+", " ", str(found)).strip()

    # ---- the network comes back

    def back_online(self) -> None:
        """What a browser tells its pages when the network is back."""
        self.browser.js("dispatchEvent(new Event('online'))")

    def wait_quiet(self, within: float = QUIET_S) -> None:
        """Until nothing waits any more, whatever this page shows; nobody saves anything meanwhile."""
        try:
            until(lambda: self.waiting() == 0, "an empty outbox", within, every=0.1)
        except AssertionError as error:
            queue = self.kept()["outbox"]
            said = [(seen.phone.status if seen.phone else None) for seen in self.town.network.exchanges()[-5:]]
            raise AssertionError(
                f"{error}: {len(queue)} wait ({queue[:3]}), last exchanges {said}, {self.browser.text()[:300]}"
            ) from None
