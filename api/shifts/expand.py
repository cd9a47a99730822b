"""Reads one calendar in a process of its own, which may be killed: `python -I expand.py SINCE UNTIL < calendar`.

Six lines of iCalendar can keep an honest library busy for longer than anybody waits. So the calendar of a stranger is
opened here, with limits on time and memory, and nothing of Handrail's is in reach: this file imports nothing of it.
SINCE and UNTIL are ISO instants. The answer is one JSON object: `entries` (see `occurrence`) and `broken`, how many
entries could not be understood; or `trouble`, the reason why none is given.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import warnings
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import icalendar
import recurring_ical_events  # type: ignore[import-untyped]

EVENTS_MAX = 5000
OCCURRENCES_MAX = 3000
CPU_S = 5
MEMORY_BYTES = 768 * 1024 * 1024
# An entry without a zone may be meant up to 14 hours from UTC.
MARGIN = timedelta(days=1)

# All that is looked at. Descriptions, places, people and attachments are dropped before anything is parsed.
WANTED = frozenset(
    ("BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "X-WR-TIMEZONE", "TZID", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME",
     "UID", "SEQUENCE", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SUMMARY",
     "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS")
)  # fmt: skip
_NAME = re.compile(r"([A-Za-z0-9-]+)[;:]")
_FOLD = re.compile(r"\r?\n[ \t]|\r[ \t]")
_SUB_DAILY = re.compile(r"FREQ=(?:HOURLY|MINUTELY|SECONDLY)\b|BY(?:HOUR|MINUTE|SECOND)=[^;]*,")


class Trouble(Exception):
    """The whole calendar cannot be used; the word says why."""


def main() -> None:
    limit_self()
    since, until = (datetime.fromisoformat(word) for word in sys.argv[1:3])
    try:
        answer = expanded(sys.stdin.buffer.read().decode("utf-8-sig", "replace"), since, until)
    except Trouble as trouble:
        answer = {"trouble": str(trouble)}
    except (MemoryError, RecursionError):
        answer = {"trouble": "too_slow"}
    except Exception:
        # Whatever the two libraries raise for what a stranger wrote, it means the same.
        answer = {"trouble": "unreadable"}
    sys.stdout.write(json.dumps(answer))


def limit_self() -> None:
    """Give this process a few seconds, some memory, and no way to write a file."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def expanded(text: str, since: datetime, until: datetime) -> dict[str, Any]:
    """Every occurrence that touches the window, give or take a day. Raises Trouble."""
    lines = needed(text)
    warnings.simplefilter("ignore")
    found: list[dict[str, Any]] = []
    broken = 0
    for calendar in icalendar.Calendar.from_ical("\r\n".join(lines) + "\r\n", multiple=True):
        zone = calendar.get("X-WR-TIMEZONE")
        for series in by_uid(calendar):
            single = icalendar.Calendar()
            if zone:
                single["X-WR-TIMEZONE"] = zone
            single.subcomponents = series
            try:
                found += occurrences(single, since, until)
            except MemoryError:
                raise
            except Exception:
                # One entry that makes no sense takes only itself out.
                broken += 1
            if len(found) > OCCURRENCES_MAX:
                raise Trouble("too_many")
    return {"entries": found, "broken": broken}


def needed(text: str) -> list[str]:
    """The unfolded lines that matter. Raises Trouble for what is no calendar, too many entries, and sub-daily rules.

    A line that is no property (a description broken by hand, a mail's footer) is dropped like any other.
    """
    kept, begun, ended, events = [], 0, 0, 0
    for line in re.split(r"[\r\n]+", _FOLD.sub("", text)):
        name = _NAME.match(line)
        word = name[1].upper() if name else ""
        if word not in WANTED:
            continue
        upper = line.upper().strip()
        if word == "RRULE" and _SUB_DAILY.search(upper.replace(" ", "")):
            raise Trouble("sub_daily")
        begun += upper == "BEGIN:VCALENDAR"
        ended += upper == "END:VCALENDAR"
        events += upper == "BEGIN:VEVENT"
        kept.append(line.strip())
    if not begun or begun != ended:
        raise Trouble("not_a_calendar")
    if events > EVENTS_MAX:
        raise Trouble("too_many")
    return kept


def by_uid(calendar: Any) -> Iterable[list[Any]]:
    """The events of a calendar, those of one series together: a rule, and what overrides some of its days."""
    series: dict[str, list[Any]] = {}
    for number, event in enumerate(calendar.walk("VEVENT")):
        series.setdefault(str(event.get("UID", f"without-{number}")), []).append(event)
    return series.values()


def occurrences(single: icalendar.Calendar, since: datetime, until: datetime) -> list[dict[str, Any]]:
    events = recurring_ical_events.of(single).between(since - MARGIN, until + MARGIN)
    return [occurrence(event) for event in events if str(event.get("STATUS", "")).upper() != "CANCELLED"]


def occurrence(event: Any) -> dict[str, Any]:
    """One entry: `start` and `end` as ISO dates (a whole day), naive (floating) or aware datetimes, and three words."""
    return {
        "start": event["DTSTART"].dt.isoformat(),
        "end": event["DTEND"].dt.isoformat(),
        "title": str(event.get("SUMMARY", ""))[:200],
        "free": str(event.get("TRANSP", "")).upper() == "TRANSPARENT",
        "busy_status": str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper(),
    }


if __name__ == "__main__":
    main()
