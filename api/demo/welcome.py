"""What a demo prints when it is ready: where to go, as whom, with which code."""

from __future__ import annotations

import re

from api import clock
from api.db import transaction
from api.demo.cast import YOU
from api.mail import Letter
from api.people import services as people
from api.state import State


def greet(held: State) -> None:
    """Print a fresh code for each of the people left for you, made as the sign-in page would have it mailed."""
    print("\nFour people of this demo are you. Each code works once, for ten minutes;")
    print("ask for a new one on the sign-in page and it is printed here, as mail.\n")
    for who in YOU:
        print(f"  {who.role:<12} {who.name:<14} {who.email:<18} code {_code(held, who.email)}")
    print(f"\nOn the same machine, a narrow window is the phone: {held.settings.origin}\n", flush=True)


def _code(held: State, email: str) -> str:
    with transaction(held.engine) as db:
        letter = people.ask_code(db, held.session_secret, email, "the console", clock.now())
    found = re.search(r"\b([0-9]{3})([0-9]{3})\b", letter.text) if isinstance(letter, Letter) else None
    return f"{found[1]} {found[2]}" if found else "not now: too many were asked for; wait a few minutes"
