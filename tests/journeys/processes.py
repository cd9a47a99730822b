"""Processes the journeys start, and only those, are the ones they end."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path


class OwnProcess:
    """A child in a process group of its own, so that its helpers end with it and nobody else does."""

    def __init__(
        self, command: list[str], env: dict[str, str] | None = None, log: Path | None = None, folder: Path | None = None
    ) -> None:
        self.log = log
        sink = log.open("ab") if log else subprocess.DEVNULL
        try:
            self._child = subprocess.Popen(
                command, env=env, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True, cwd=folder
            )
        finally:
            if log and not isinstance(sink, int):
                sink.close()
        self.pid = self._child.pid

    def ended(self) -> int | None:
        """The exit status, or None while it runs."""
        return self._child.poll()

    def wait(self, within: float) -> bool:
        """True when it ended by itself inside `within` seconds."""
        try:
            self._child.wait(within)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self, within: float = 15.0) -> int:
        """Ask politely as Ctrl-C would, then insist. Returns the exit status."""
        if self.ended() is None:
            self._signal_group(signal.SIGINT)
            if not self.wait(within):
                self.kill()
        self._sweep()
        return self._child.returncode

    def kill(self) -> None:
        """kill -9 for the whole group at once, as a flat battery would."""
        self._signal_group(signal.SIGKILL)
        self._child.wait(10)

    def tail(self, lines: int = 40) -> str:
        """The last lines it wrote; empty without a log."""
        if not self.log or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _sweep(self) -> None:
        # A helper process can outlive its parent; the group is ours, so it is ended too.
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)
