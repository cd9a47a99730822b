"""One browser profile in one person's hand: what the person does with it, and what it keeps."""

import re
from pathlib import Path
from typing import Any

from tests.journeys import steps
from tests.journeys.browsers.browser import Browser
from tests.journeys.faults.town import Fate, Intent, Person, Town
from tests.journeys.waits import until

HERE = Path(__file__).parent
KEPT, BREAK, TAMPER = [(HERE / f"{name}.js").read_text() for name in ("kept", "break_store", "tamper")]
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
        """By the way the app offers to somebody whose session ended."""
        self.go()
        self.browser.wait_text("You are signed out.")
        self.browser.press("Sign in", "link")
        steps.pass_the_door(self.browser, self.town.product, self.person.email)

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
        """The last tap."""
        self.browser.press(KEEP)
        self.closed(intent)

    def closed(self, intent: Intent) -> None:
        """The close is on screen, which says that it is saved."""
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

    def wait_sealed(self) -> None:
        """Until everything that waits could go as it is."""
        until(lambda: all(row["sealed"] for row in self.kept()["outbox"]), "sealed bodies", 20)

    def wait_marked(self, count: int) -> None:
        """Until the phone has noted outside its database how much waits."""
        mark = "return JSON.parse(localStorage.getItem(`handrail/${args[0]}`) ?? '{}').waiting ?? null"
        until(lambda: self.browser.js(mark, self.person.id) == count, f"the mark to say {count}", 20)

    def shows(self) -> list[str]:
        """The tokens in this phone's own journal, sorted; one that stands twice is listed twice."""
        bodies = [row["body"] for row in self.kept()["journal"] if not row["withdrawn"] and row["body"]]
        return sorted(body["answers"]["d"] for body in bodies if "d" in body["answers"])

    def drafted(self) -> list[str]:
        """The texts in unfinished check-ins."""
        answers = [draft["body"]["answers"] for draft in self.kept()["drafts"]]
        return [each["d"] for each in answers if "d" in each]

    # ---- its storage

    def break_store(self, what: str, error: str, times: int | None = None, store: str = "outbox") -> None:
        """The app's writes fail from here on, until `mend_store` or another page."""
        self.browser.js(BREAK, what, error, times, store)

    def mend_store(self) -> None:
        self.browser.js("(window.wrappedJSObject ?? window).mendStore()")

    def queue(self, *facts: dict[str, Any], fate: Fate = "saved") -> list[Intent]:
        """Puts check-ins into the outbox behind the app's back; `kind` and `body` may be what no app would write."""
        intents = [self.person.intend() for _ in facts]
        rows = [fact | {"token": intent.token} for fact, intent in zip(facts, intents, strict=True)]
        for intent, entity in zip(intents, self.browser.js(TAMPER, self.person.id, "queue", rows), strict=True):
            intent.entity, intent.fate = entity, fate
        return intents

    def lose_from_queue(self, intent: Intent) -> None:
        """The op of this intent vanishes from the outbox, and nothing else does."""
        ops = [row["op_id"] for row in self.kept()["outbox"] if row["entity_id"] == intent.entity]
        assert ops, "it does not wait"
        self.browser.js(TAMPER, self.person.id, "lose", ops)

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
