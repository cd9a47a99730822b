"""Fixtures of the journeys: the world around the phone, the two browsers, and the real product."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.journeys import install_browsers
from tests.journeys.browsers.browser import Browser
from tests.journeys.browsers.chromium import Chromium
from tests.journeys.browsers.firefox import Firefox
from tests.journeys.desk.world import PushWorld
from tests.journeys.handrail import Handrail

BROWSERS: dict[str, type[Chromium] | type[Firefox]] = {"chromium": Chromium, "firefox": Firefox}
OpenBrowser = Callable[..., Browser]


# The fault scenarios of every run of the tests; all of them together are a long suite, `python -m tests.soak browser`.
# Updates are among them: Chromium sometimes keeps a waiting worker waiting for longer than anybody would look.
LONG = {"test_update.py"}
FAULTS_EVERY_TIME = {"test_accounts.py", "test_count.py", "test_kill.py", "test_quota.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a journey; where it cannot run it says so, and in CI it fails."""
    for item in items:
        if item.nodeid.startswith("tests/journeys/"):
            item.add_marker(pytest.mark.journey)
            in_faults = item.path.parent.name == "faults"
            if item.path.name in LONG or (in_faults and item.path.name not in FAULTS_EVERY_TIME):
                item.add_marker(pytest.mark.fault)
            item.add_marker(pytest.mark.timeout(180))


@pytest.fixture(autouse=True, scope="session")
def browsers_are_here() -> None:
    if install_browsers.reason() and install_browsers.must_run():
        pytest.fail(install_browsers.reason())
    if install_browsers.reason():
        pytest.skip(install_browsers.reason())


@pytest.fixture
def push_world() -> Iterator[PushWorld]:
    with PushWorld() as world:
        yield world


@pytest.fixture
def open_browser() -> Iterator[OpenBrowser]:
    """A function that opens a browser by name; every one it opened is closed and its profile removed."""
    with ExitStack() as opened:

        def open_one(name: str, world: PushWorld | None = None, **rest: Any) -> Browser:
            around: dict[str, Any] = {"push": world.ports, "bus": world.bus} if world else {}
            return opened.enter_context(BROWSERS[name](**around, **rest))

        yield open_one


@pytest.fixture
def chromium(open_browser: OpenBrowser) -> Browser:
    return open_browser("chromium")


@pytest.fixture
def firefox(open_browser: OpenBrowser) -> Browser:
    return open_browser("firefox")


@pytest.fixture
def handrail() -> Iterator[Handrail]:
    """The product on an empty instance; nobody is invited yet."""
    with Handrail() as product:
        yield product


@pytest.fixture(scope="session")
def demo_instance() -> Iterator[Handrail]:
    """The product with the demo's past played: 24 residents, eight releases. It takes half a minute: it is shared."""
    with Handrail(demo=True) as product:
        yield product
