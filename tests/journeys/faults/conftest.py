"""Fixtures of the fault scenarios: one town for all, and browsers that are emptied and used again."""

import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack

import pytest

from tests.journeys.browsers.browser import Browser
from tests.journeys.conftest import BROWSERS
from tests.journeys.faults.phone import Phone
from tests.journeys.faults.town import Person, Town

NewPhone = Callable[..., Phone]
# What a browser leaves in its profile that belongs to the running process alone.
OF_A_RUN = shutil.ignore_patterns("Singleton*", "*ActivePort", "lock", ".parentlock", "tmp")
PASSED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def one_town() -> Iterator[Town]:
    with Town() as made:
        yield made


@pytest.fixture
def town(one_town: Town) -> Iterator[Town]:
    """The product with a network without faults."""
    one_town.network.heal()
    one_town.open()
    yield one_town
    one_town.network.heal()


class Pool:
    """Starting a browser takes seconds and emptying one takes a moment, so idle ones are emptied and used again."""

    def __init__(self) -> None:
        self._idle: dict[str, list[Browser]] = {}

    def take(self, name: str, origin: str) -> Browser:
        for browser in self._idle.get(name, []):
            self._idle[name].remove(browser)
            try:
                browser.forget(origin)
                return browser
            except Exception:
                browser.close()
        made = BROWSERS[name]()
        made.start()
        return made

    def give_back(self, browser: Browser) -> None:
        """An idle browser shows no page of ours: what that would go on asking would meet other scenarios' faults."""
        try:
            browser.goto("about:blank")
            self._idle.setdefault(browser.name, []).append(browser)
        except Exception:
            browser.close()

    def close(self) -> None:
        for browser in [each for idle in self._idle.values() for each in idle]:
            browser.close()


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    made = Pool()
    yield made
    made.close()


class Worn:
    """Phones in daily use: signed in once, and handed from one scenario to the next with all they keep."""

    def __init__(self, town: Town, pool: Pool) -> None:
        self._town, self._pool = town, pool
        self._phones: dict[str, Phone] = {}

    def take(self, name: str) -> Phone:
        phone = self._phones.pop(name, None)
        if phone is None:
            person = self._town.person()
            browser = self._pool.take(name, self._town.origin)
            phone = Phone(browser, self._town, person)
            try:
                phone.sign_in()
            except Exception:
                # Nobody else would ever end it.
                browser.close()
                raise
        else:
            phone.go()
        return phone

    def give_back(self, phone: Phone, sound: bool) -> None:
        """One that failed a scenario is not handed on: it would fail the next one too."""
        if sound:
            phone.browser.goto("about:blank")
            self._phones[phone.browser.name] = phone
        else:
            phone.browser.close()

    def close(self) -> None:
        for phone in self._phones.values():
            phone.browser.close()


@pytest.fixture(scope="session")
def worn(one_town: Town, pool: Pool) -> Iterator[Worn]:
    made = Worn(one_town, pool)
    yield made
    made.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report


@pytest.fixture
def worn_phone(town: Town, worn: Worn, request: pytest.FixtureRequest) -> Iterator[Callable[..., Phone]]:
    """Hands out a phone in daily use, by the browser's name; every check includes all that was ever saved on it."""
    taken: list[Phone] = []

    def take(name: str = "chromium") -> Phone:
        taken.append(worn.take(name))
        return taken[-1]

    yield take
    for phone in taken:
        worn.give_back(phone, request.node.stash.get(PASSED, False))


@pytest.fixture
def clone() -> Iterator[Callable[[Phone], Phone]]:
    """Copies a phone's profile folder, as a backup program does, and opens the copy beside it."""
    with ExitStack() as used:

        def make(phone: Phone) -> Phone:
            phone.browser.stop()
            copy = BROWSERS[phone.browser.name]()
            used.callback(copy.close)
            shutil.copytree(phone.browser.profile, copy.profile, dirs_exist_ok=True, symlinks=True, ignore=OF_A_RUN)
            copy.start()
            phone.browser.start()
            phone.go()
            twin = Phone(copy, phone.town, phone.person)
            twin.go()
            return twin

        yield make


@pytest.fixture
def new_phone(town: Town, pool: Pool, request: pytest.FixtureRequest) -> Iterator[NewPhone]:
    """Makes a phone: a browser by name, and somebody signed in on it unless `sign_in=False`.

    `to_be_killed` has it closed and opened once, as a phone in use was: a browser that is killed in its first half
    minute has forgotten its cookies. A browser that was changed by DevTools beyond its site's data is not used again.
    """
    with ExitStack() as used:

        def make(
            name: str = "chromium",
            person: Person | None = None,
            *,
            sign_in: bool = True,
            to_be_killed: bool = False,
            spoiled: bool = False,
        ) -> Phone:
            holder = person or town.person()
            browser = pool.take(name, town.origin)
            used.callback(browser.close if spoiled else lambda: pool.give_back(browser))
            phone = Phone(browser, town, holder)
            if sign_in:
                phone.sign_in()
            if to_be_killed:
                phone.restart()
            return phone

        yield make
