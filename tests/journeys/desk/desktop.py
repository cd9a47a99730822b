"""A pretend desktop: a private D-Bus session with a notification daemon on it.

Firefox and Chromium on Linux hand their notifications to org.freedesktop.Notifications. This one records them and
can press a button or the notification itself, so a test sees and touches what a person would.
"""

import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusDict, DBusInt32, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

from tests.journeys.processes import OwnProcess
from tests.journeys.waits import until

Texts = Annotated[list[str], DBusSignature("as")]
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""


@dataclass
class Shown:
    """One notification as the desktop got it. `buttons` maps the daemon's key to the label."""

    number: int
    title: str
    body: str
    buttons: dict[str, str]
    replaces: int
    at: float = field(default_factory=time.time)
    open: bool = True


class Daemon(ServiceInterface):
    """The interface both browsers look for on the session bus."""

    def __init__(self) -> None:
        super().__init__("org.freedesktop.Notifications")
        self.shown: list[Shown] = []

    @dbus_method()
    def GetCapabilities(self) -> Texts:
        return ["actions", "body", "body-markup", "icon-static", "persistence"]

    @dbus_method()
    def GetServerInformation(self) -> Annotated[tuple[str, str, str, str], DBusSignature("ssss")]:
        return ["loopback-desktop", "handrail-tests", "1.0", "1.2"]  # type: ignore[return-value]

    @dbus_method()
    def Notify(
        self,
        app: DBusStr,
        replaces: DBusUInt32,
        icon: DBusStr,
        title: DBusStr,
        body: DBusStr,
        actions: Texts,
        hints: DBusDict,
        timeout: DBusInt32,
    ) -> DBusUInt32:
        number = replaces or max((each.number for each in self.shown), default=0) + 1
        self._close(number)
        buttons = dict(zip(actions[::2], actions[1::2], strict=False))
        self.shown.append(Shown(number, title, body, buttons, replaces))
        return number

    @dbus_method()
    def CloseNotification(self, number: DBusUInt32) -> None:
        self._close(number)
        self.NotificationClosed(number, 3)

    @dbus_signal()
    def NotificationClosed(
        self, number: DBusUInt32, reason: DBusUInt32
    ) -> Annotated[tuple[int, int], DBusSignature("uu")]:
        return [number, reason]  # type: ignore[return-value]

    @dbus_signal()
    def ActionInvoked(self, number: DBusUInt32, key: DBusStr) -> Annotated[tuple[int, str], DBusSignature("us")]:
        return [number, key]  # type: ignore[return-value]

    @dbus_signal()
    def ActivationToken(self, number: DBusUInt32, token: DBusStr) -> Annotated[tuple[int, str], DBusSignature("us")]:
        return [number, token]  # type: ignore[return-value]

    def _close(self, number: int) -> None:
        for each in self.shown:
            each.open = each.open and each.number != number


class Desktop:
    """The bus (a process of ours) and the daemon (in this process's loop)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "bus"
        self.address = f"unix:path={self.path}"
        self.daemon = Daemon()

    @property
    def shown(self) -> list[Shown]:
        return self.daemon.shown

    def open_bus(self) -> None:
        settings = self.folder / "bus.conf"
        settings.write_text(BUS.format(socket=self.path))
        self.bus_process = OwnProcess(["dbus-daemon", f"--config-file={settings}", "--nofork", "--nopidfile"])
        try:
            until(self._answers, "the private D-Bus", 10)
        except AssertionError:
            self.close_bus()
            raise

    def _answers(self) -> bool:
        # The file is there a moment before anybody listens on it.
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(self.path))
        return True

    async def start(self) -> None:
        self.bus = await MessageBus(bus_address=self.address).connect()
        self.bus.export("/org/freedesktop/Notifications", self.daemon)
        await self.bus.request_name("org.freedesktop.Notifications")

    async def stop(self) -> None:
        self.bus.disconnect()

    def close_bus(self) -> None:
        self.bus_process.stop()

    async def press(self, shown: Shown, label: str | None) -> None:
        """Press the button with this label, or the notification itself when it is None."""
        key = "default" if label is None else next(key for key, words in shown.buttons.items() if words == label)
        self.daemon.ActivationToken(shown.number, "token")
        self.daemon.ActionInvoked(shown.number, key)
