"""Everything around the phone, in one thread with one event loop."""

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Coroutine
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.journeys.desk.desktop import Desktop, Shown
from tests.journeys.desk.mail import Message
from tests.journeys.desk.push_service import PushService
from tests.journeys.waits import until

T = TypeVar("T")


class PushWorld:
    """`origin` goes into the product's allow-list, `ports` and `bus` into the browsers."""

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="handrail-desk-"))
        self.service, self.desktop = PushService(self.folder), Desktop(self.folder)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="push world", daemon=True)
        self._thread.start()
        with ExitStack() as undo:
            undo.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self.desktop.open_bus()
            undo.callback(self.desktop.close_bus)
            undo.callback(self._stop_loop)
            self._do(self.desktop.start())
            undo.callback(lambda: self._do(self.desktop.stop()))
            self._do(self.service.start())
            undo.callback(lambda: self._do(self.service.stop()))
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    @property
    def origin(self) -> str:
        return self.service.origin

    @property
    def ports(self) -> tuple[int, int]:
        return self.service.port, self.service.delivery_port

    @property
    def bus(self) -> str:
        return self.desktop.address

    @property
    def shown(self) -> list[Shown]:
        """Every notification so far, oldest first."""
        return self.desktop.shown

    @property
    def messages(self) -> list[Message]:
        """Every accepted push so far, oldest first."""
        return self.service.office.messages

    @property
    def refused(self) -> list[tuple[int, str]]:
        """Every refused push so far: status and reason."""
        return self.service.office.refused

    def press(self, shown: Shown, label: str | None = None) -> None:
        """Press the button with this label, or the notification itself when it is None."""
        self._do(self.desktop.press(shown, label))

    def drop_lines(self) -> None:
        self._do(self.service.drop_lines())

    def revoke(self) -> None:
        """The push service lets go of every subscription: from now on it answers 410, and tells no browser."""
        for subscription in self.service.office.subscriptions.values():
            subscription.gone = True

    def forget_browsers(self) -> None:
        """It knows no browser any more, so each gets a new name at its next hello and loses what it had."""
        self.service.office.forgotten.update(self.service.office.lines)
        self.revoke()
        self.drop_lines()

    def wait_connected(self, within: float = 30.0) -> None:
        until(lambda: bool(self.service.office.lines), "a browser at the push service", within)

    def wait_shown(self, count: int, within: float = 30.0) -> Shown:
        """The newest notification, once there are `count` of them; what the service saw is told if there never are."""
        try:
            until(lambda: len(self.shown) >= count, f"notification {count}", within)
        except AssertionError as error:
            fates = [(message.fate, message.ack, message.nack) for message in self.messages]
            raise AssertionError(
                f"{error}; accepted: {fates}; refused: {self.refused}; events: {self.service.office.events[-12:]}"
            ) from None
        return self.shown[-1]

    def _stop_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(15)
