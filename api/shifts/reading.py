"""A stranger's calendar, opened in a process that is killed when it takes too long."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, get_args

from api.problems import Problem
from api.shifts import kinds
from api.shifts.kinds import Entry, Reading
from api.shifts.trouble import CalendarTrouble, Reason

BYTES_MAX = 512 * 1024
WALL_S = 6.0
WAIT_S = 10.0
AT_ONCE = 2
EXPAND = Path(__file__).with_name("expand.py")

# However many threads the web has, calendars never take more than these many processes at once.
_room = BoundedSemaphore(AT_ONCE)


def read(calendar: bytes, zone: str, since: datetime, until: datetime) -> Reading:
    """The shifts of a calendar that touch [since, until), floating times meant in `zone`.

    Takes up to WALL_S seconds, so it is never called inside a transaction. Raises CalendarTrouble, or Problem
    unavailable when too many calendars are being read already.
    """
    if len(calendar) > BYTES_MAX:
        raise CalendarTrouble("too_big")
    said = _expanded(calendar, since, until)
    if "trouble" in said:
        raise CalendarTrouble(said["trouble"] if said["trouble"] in get_args(Reason) else "unreadable")
    reading = kinds.read((_entry(one) for one in said["entries"]), zone)
    shifts = tuple(shift for shift in reading.shifts if shift.end > since and shift.start < until)
    return Reading(shifts, reading.left_out + said["broken"])


def _expanded(calendar: bytes, since: datetime, until: datetime) -> dict[str, Any]:
    if not _room.acquire(timeout=WAIT_S):
        raise Problem("unavailable", headers={"Retry-After": "10"})
    try:
        # Isolated: no settings of Handrail's in its environment, and nothing of the calendar in an error's text.
        command = [sys.executable, "-I", str(EXPAND), since.isoformat(), until.isoformat()]
        out, err = subprocess.PIPE, subprocess.DEVNULL
        done = subprocess.run(  # noqa: S603 - our own file, under this interpreter
            command, input=calendar, stdout=out, stderr=err, env={}, cwd="/", timeout=WALL_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise CalendarTrouble("too_slow") from error
    finally:
        _room.release()
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise CalendarTrouble("too_slow")
    try:
        said: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise CalendarTrouble("unreadable") from error
    return said


def _entry(one: dict[str, Any]) -> Entry:
    return Entry(_moment(one["start"]), _moment(one["end"]), one["title"], one["free"], one["busy_status"])


def _moment(text: str) -> datetime | date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
