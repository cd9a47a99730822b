"""Calendars as the programs that residents use write them, in their style and our words. Lines are joined by CRLF."""

from __future__ import annotations

EXCHANGE_ZONE = """BEGIN:VTIMEZONE
TZID:Eastern Standard Time
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""

CUSTOM_ZONE = EXCHANGE_ZONE.replace("Eastern Standard Time", "Customized Time Zone")


def event(lines: str, uid: str = "one") -> str:
    return f"BEGIN:VEVENT\nUID:{uid}@roster.example\nDTSTAMP:20261101T000000Z\n{lines.strip()}\nEND:VEVENT"


def calendar(*parts: str, head: str = "PRODID:-//Roster//EN", end: str = "\r\n") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", head, *parts, "END:VCALENDAR", ""]
    return end.join("\n".join(lines).split("\n")).encode()


EXCHANGE = calendar(
    "METHOD:PUBLISH\nX-WR-CALNAME:Calendar",
    EXCHANGE_ZONE,
    event("""
DESCRIPTION:Bring the pager.\\nRoom 5\\, second floor
SUMMARY:MICU nights
LOCATION:Tower 5
ORGANIZER;CN="Chief":mailto:chief@hospital.example
ATTENDEE;CN="Rita":mailto:rita@hospital.example
RRULE:FREQ=DAILY;COUNT=5
EXDATE;TZID=Eastern Standard Time:20261120T190000
DTSTART;TZID=Eastern Standard Time:20261118T190000
DTEND;TZID=Eastern Standard Time:20261119T070000
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
X-MICROSOFT-CDO-ALLDAYEVENT:FALSE
BEGIN:VALARM
TRIGGER:-PT15M
ACTION:DISPLAY
DESCRIPTION:Reminder
END:VALARM"""),
    event("""
SUMMARY:Away
DTSTART;VALUE=DATE:20261125
DTEND;VALUE=DATE:20261128
X-MICROSOFT-CDO-BUSYSTATUS:OOF
X-MICROSOFT-CDO-ALLDAYEVENT:TRUE""", "two"),
    head="PRODID:Microsoft Exchange Server 2010",
)  # fmt: skip

EXCHANGE_CUSTOM_ZONE = calendar(
    CUSTOM_ZONE,
    event("""
SUMMARY:Day team
DTSTART;TZID=Customized Time Zone:20261119T070000
DTEND;TZID=Customized Time Zone:20261119T190000"""),
)

OVERRIDES = calendar(
    event("""
SUMMARY:Clinic
DTSTART;TZID=America/New_York:20261119T080000
DTEND;TZID=America/New_York:20261119T170000
RRULE:FREQ=WEEKLY;BYDAY=TH;UNTIL=20261231T000000Z
RDATE;TZID=America/New_York:20261121T080000
EXDATE;TZID=America/New_York:20261203T080000"""),
    event("""
SUMMARY:Clinic\\, moved
RECURRENCE-ID;TZID=America/New_York:20261126T080000
DTSTART;TZID=America/New_York:20261127T120000
DTEND;TZID=America/New_York:20261127T180000
SEQUENCE:1"""),
    event("""
SUMMARY:Clinic
STATUS:CANCELLED
RECURRENCE-ID;TZID=America/New_York:20261210T080000
DTSTART;TZID=America/New_York:20261210T080000
DTEND;TZID=America/New_York:20261210T170000
SEQUENCE:2"""),
)

GOOGLE = calendar(
    "X-WR-CALNAME:Shifts\nX-WR-TIMEZONE:America/New_York",
    event("DTSTART:20261120T000000Z\nDTEND:20261120T120000Z\nSUMMARY:Night float\nTRANSP:OPAQUE"),
    event("DTSTART;VALUE=DATE:20261122\nDTEND;VALUE=DATE:20261123\nSUMMARY:Day off\nTRANSP:TRANSPARENT", "two"),
    event("DTSTART:20261121T150000Z\nDTEND:20261121T220000Z\nSUMMARY:Free block\nTRANSP:TRANSPARENT", "three"),
    head="PRODID:-//Google Inc//Google Calendar 70.9054//EN",
)

FLOATING = calendar(event("DTSTART:20261119T190000\nDURATION:PT12H\nSUMMARY:Nights"))


def night_over(zone: str, day: str, next_day: str) -> bytes:
    """A single night from 19:00 to 07:00 in a zone; days as 20260307."""
    lines = f"SUMMARY:Nights\nDTSTART;TZID={zone}:{day}T190000\nDTEND;TZID={zone}:{next_day}T070000"
    return calendar(event(lines))


BROKEN_LINES = calendar(
    event(
        "DTSTART:20261119T120000Z\nDTEND:20261119T220000Z\nSUMMARY:ED\nDESCRIPTION:first\nsecond line, by hand\n\n;:;"
    ),
    event("SUMMARY:No start", "two"),
    event("DTSTART:yesterday\nDTEND:20261119T220000Z\nSUMMARY:Odd", "three"),
    event("DTSTART;TZID=Nowhere/Land:20261120T090000\nDTEND;TZID=Nowhere/Land:20261120T190000\nSUMMARY:Ward", "four"),
    event("DTSTART:20261121T120000Z\nDTEND:20261121T220000Z\nRRULE:FREQ=SOMETIMES\nSUMMARY:Odd", "five"),
)

TIMED = "DTSTART:20261119T120000Z\nDTEND:20261119T220000Z\nSUMMARY:ED"
BOMBS = {
    "a shift every second": calendar(event(f"{TIMED}\nRRULE:FREQ=SECONDLY")),
    "a shift every minute, folded": calendar(event(f"{TIMED}\nRRULE:FREQ=MIN\n UTELY;INTERVAL=1")),
    "a shift every hour, in small letters": calendar(event(f"{TIMED}\nrrule:freq=hourly")),
    "many hours of each day": calendar(event(f"{TIMED}\nRRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7;BYMINUTE=0,1,2,3")),
    "a rule with parameters": calendar(event(f"{TIMED}\nRRULE;X-A=B:FREQ=SECONDLY")),
    "an hourly change of clocks": calendar(
        CUSTOM_ZONE.replace("FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11", "FREQ=SECONDLY"), event(TIMED)
    ),
}
SLOW = {
    "a day that never comes": calendar(
        *(event(f"{TIMED}\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;BYDAY=MO", str(n)) for n in range(2000))
    ),
    "daily since the year one": calendar(
        *(event(TIMED.replace("20261119", "00010101") + "\nRRULE:FREQ=DAILY", str(n)) for n in range(400))
    ),
}
