"""A resident's shifts as a calendar program would export them, around a given day."""

from __future__ import annotations

from datetime import date, timedelta


def roster(today: date) -> str:
    """Two day shifts, two nights, a day off, a meeting that is no shift; all from tomorrow on, on the wall clock."""
    day = [f"{today + timedelta(days=n):%Y%m%d}" for n in range(8)]
    spans = [
        ("MICU day", f"{day[1]}T070000", f"{day[1]}T170000"),
        ("MICU day", f"{day[2]}T070000", f"{day[2]}T170000"),
        ("MICU night", f"{day[4]}T190000", f"{day[5]}T070000"),
        ("MICU night", f"{day[5]}T190000", f"{day[6]}T070000"),
        ("Noon conference", f"{day[1]}T120000", f"{day[1]}T130000"),
    ]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//A roster//EN"]
    for number, (title, start, end) in enumerate(spans):
        lines += ["BEGIN:VEVENT", f"UID:{number}", f"SUMMARY:{title}", "LOCATION:Tower 5"]
        lines += [f"DTSTART:{start}", f"DTEND:{end}", "END:VEVENT"]
    off = ["BEGIN:VEVENT", "UID:off", "SUMMARY:Day off", f"DTSTART;VALUE=DATE:{day[7]}", "END:VEVENT"]
    return "\r\n".join([*lines, *off, "END:VCALENDAR", ""])


# Puts a file into the page's picker as the system's own dialog would, which no test can tap. Arguments: the text.
PICK = """const [text] = args;
const picker = document.querySelector("dialog input[type=file]");
const files = new DataTransfer();
files.items.add(new File([text], "roster.ics", {type: "text/calendar"}));
picker.files = files.files;
picker.dispatchEvent(new Event("change", {bubbles: true}));
return true;"""
