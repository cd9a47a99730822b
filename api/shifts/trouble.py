"""What can be wrong with somebody's calendar, in plain words. An expected outcome: a feed breaks, a file is a photo."""

from __future__ import annotations

from typing import Literal

Reason = Literal[
    "bad_address",
    "not_public",
    "no_answer",
    "not_allowed",
    "not_there",
    "too_big",
    "not_a_calendar",
    "sub_daily",
    "too_many",
    "too_slow",
    "unreadable",
]

SAID: dict[Reason, str] = {
    "bad_address": "That is not the address of a calendar feed. It begins with https:// or webcal://.",
    "not_public": "That address leads into a private network, where Handrail does not go.",
    "no_answer": "The calendar's server did not answer.",
    "not_allowed": "The calendar's server wants a sign-in. Use the calendar's secret or public iCal address.",
    "not_there": "There is no calendar at that address any more.",
    "too_big": "That calendar is larger than 512 kB. Export fewer months.",
    "not_a_calendar": "That is not a calendar file (.ics), or it was cut off.",
    "sub_daily": "That calendar has an entry that repeats many times a day, which no shift does.",
    "too_many": "That calendar has more entries than a roster holds. Export fewer months.",
    "too_slow": "That calendar takes too long to read. Look for an entry with an unusual repeat rule.",
    "unreadable": "That calendar could not be understood.",
}


class CalendarTrouble(Exception):
    """A calendar cannot be used, for one of the reasons above. It never holds anything of the calendar itself."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason
