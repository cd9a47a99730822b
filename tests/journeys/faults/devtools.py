"""What only Chromium's DevTools can do to a page, its worker and its storage."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from tests.journeys.browsers.browser import Browser
from tests.journeys.browsers.cdp import CdpError
from tests.journeys.browsers.chromium import Chromium
from tests.journeys.faults.phone import Phone
from tests.journeys.waits import until


def chromium(phone: Phone) -> Chromium:
    browser: Browser = phone.browser
    assert isinstance(browser, Chromium)
    return browser


@contextmanager
def before_each_page(phone: Phone, source: str) -> Iterator[None]:
    """Run a script in this tab before any script of a page, from the next page on."""
    browser = chromium(phone)
    made = browser.cmd("Page.addScriptToEvaluateOnNewDocument", source=source)["identifier"]
    try:
        yield
    finally:
        # A browser that was restarted meanwhile has forgotten the script by itself.
        with suppress(CdpError, AssertionError):
            browser.cmd("Page.removeScriptToEvaluateOnNewDocument", identifier=made)


def short_patience(phone: Phone) -> AbstractContextManager[None]:
    """A twentieth of the time the phone gives a silent server or a sleeping window; nothing else changes."""
    return before_each_page(
        phone, "const wait = AbortSignal.timeout; AbortSignal.timeout = (ms) => wait.call(AbortSignal, ms / 20);"
    )


def clock_at(phone: Phone, offset_ms: str) -> AbstractContextManager[None]:
    """The page's clock runs ahead by what this expression says, in milliseconds; it may read `real`, the true time."""
    return before_each_page(
        phone,
        f"""(() => {{
          const True = Date;
          const shifted = () => {{ const real = True.now(); return Math.floor(real + ({offset_ms})); }};
          globalThis.Date = class extends True {{
            constructor(...given) {{ given.length ? super(...given) : super(shifted()); }}
            static now() {{ return shifted(); }}
          }};
        }})()""",
    )


def no_signal(phone: Phone, off: bool = True) -> None:
    """The browser itself knows that there is no network, and tells the page."""
    chromium(phone).cmd(
        "Network.emulateNetworkConditions", offline=off, latency=0, downloadThroughput=-1, uploadThroughput=-1
    )


def freeze(phone: Phone, tab: str | None, state: str = "frozen") -> None:
    """What a phone does to a page in the background: none of its scripts runs. `active` lets it go on."""
    wire = chromium(phone).wire
    assert wire
    wire.call("Page.setWebLifecycleState", {"state": state}, tab)


class Workers:
    """The service workers of a browser, as chrome://serviceworker-internals shows them."""

    def __init__(self, phone: Phone) -> None:
        self.phone, browser = phone, chromium(phone)
        browser.cmd("ServiceWorker.enable")

    def _registration(self) -> str:
        def newest() -> str:
            told = chromium(self.phone).events("ServiceWorker.workerRegistrationUpdated")
            listed = [each for event in told for each in event["params"]["registrations"] if not each["isDeleted"]]
            ours = [each for each in listed if each["scopeURL"].startswith(self.phone.town.origin)]
            return str(ours[-1]["registrationId"]) if ours else ""

        return until(newest, "the worker's registration")

    def sync(self) -> None:
        """Background Sync: the browser thinks that the network is back and wakes the worker."""
        chromium(self.phone).cmd(
            "ServiceWorker.dispatchSyncEvent",
            origin=self.phone.town.origin,
            registrationId=self._registration(),
            tag="flush",
            lastChance=False,
        )

    def stop(self) -> None:
        """Ends every running worker at once, in the middle of whatever it does."""
        chromium(self.phone).cmd("ServiceWorker.stopAllWorkers")


def quota(phone: Phone, most: int | None) -> None:
    """How many bytes the site may keep; None for the usual share of the disk."""
    limit = {} if most is None else {"quotaSize": most}
    chromium(phone).cmd("Storage.overrideQuotaForOrigin", origin=phone.town.origin, **limit)


def clear(phone: Phone, *kinds: str) -> None:
    """The browser clears these kinds of storage of the site: indexeddb, cookies, cache_storage, service_workers."""
    chromium(phone).cmd("Storage.clearDataForOrigin", origin=phone.town.origin, storageTypes=",".join(kinds))


def crash(phone: Phone, tab: str | None) -> None:
    """The page's process dies; nothing answers there any more."""
    wire = chromium(phone).wire
    assert wire
    wire.post("Page.crash", {}, tab)
