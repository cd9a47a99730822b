"""Playing the demo's time: its past once, and each jump of its clock afterwards."""

from __future__ import annotations

import fcntl
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event

from sqlalchemy import func, select

from api import clock, migrate
from api.config import Settings
from api.db import transaction
from api.demo.cast import ADA, CAL, GROUP, OTHERS, RESIDENTS, ZONE
from api.demo.phone import SAME_ORIGIN, read, sign_in
from api.demo.world import World, world_file
from api.people import queries as people_queries
from api.people import services as people
from api.pulse import queries as pulse_queries
from api.pulse import services as pulse
from api.pulse.box import BoxStore
from api.pulse.models import BlockKey
from api.state import State

BLOCKS_PAST = 8
DAYS_INTO_BLOCK = 5
# Accounts must be older than 28 days when a block's tokens are first issued, which is 28 days before it opens.
DAYS_BEFORE_TERM = 58
UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
FURTHEST_S = 400 * 86_400


class NotADemo(Exception):
    """This instance holds people who were not made up."""


def is_played(settings: Settings) -> bool:
    """Whether this instance's folder holds a demo whose past was played."""
    return world_file(settings).exists()


def prepare(held: State, stop: Event | None = None) -> None:
    """Play the past if this instance has none yet: 24 residents and eight closed blocks. Takes some seconds.

    A play that is stopped, or killed, begins again at the next start. Raises NotADemo.
    """
    if is_played(held.settings):
        return
    _begin_clean(held)
    world = World(held)
    print("Making the demo: 24 residents, eight blocks, simulated phones. A moment.", flush=True)
    began = time.monotonic()
    now = clock.now()
    today = clock.local(now, ZONE).date()
    world.term_start = today - timedelta(days=DAYS_INTO_BLOCK + 7 * BLOCKS_PAST)
    first_day = world.term_start - timedelta(days=DAYS_BEFORE_TERM)
    days = (today - first_day).days
    _set(held, -days * 86_400)
    _gather(world)
    for day in range(days, -1, -1):
        if stop is not None and stop.is_set():
            return
        _set(held, -day * 86_400)
        _tick(held)
        if _phones_wake(world, day):
            world.one_day()
    _set(held, 0)
    world.save()
    _begun_file(held).unlink()
    print(f"The demo's past was played in {time.monotonic() - began:.0f} s.", flush=True)


def _begun_file(held: State) -> Path:
    return held.settings.instance / "demo-begun"


def _begin_clean(held: State) -> None:
    """Mark that the past is being played, after undoing what a play that was cut off left behind.

    Raises NotADemo for an instance with people of its own: nothing but a demo is ever undone.
    """
    with transaction(held.engine, write=False) as db:
        empty = not people_queries.all_people(db)
    if not _begun_file(held).exists() and not empty:
        raise NotADemo(held.settings.instance)
    if not empty:
        print("An earlier start was cut off; beginning again.", flush=True)
        migrate.reset(held.engine)
        held.box_path.unlink(missing_ok=True)
    _set(held, 0)
    _begun_file(held).touch()


def _gather(world: World) -> None:
    """The operator adds Ada; Ada makes the group and invites everybody; the simulated phones sign in."""
    first = {"email": ADA.email, "name": ADA.name, "role": "coordinator", "zone": ZONE}
    with transaction(world.state.engine) as db:
        if people_queries.by_email(db, ADA.email) is None:
            people.invite(db, first, clock.now())
    ada = world.coordinator()
    asked = {"name": GROUP, "zone": ZONE, "term_start": str(world.term_start), "people_expected": len(RESIDENTS)}
    group = read(ada.post("/api/coordinator/groups", json=asked, headers=SAME_ORIGIN), 201)
    for who in (CAL, *RESIDENTS):
        invited = {"email": who.email, "name": who.name, "role": who.role, "group_id": group["id"]}
        read(ada.post("/api/coordinator/people", json=invited, headers=SAME_ORIGIN), 201)
    for who in OTHERS:
        sign_in(world.phones[who.email].browser, who.email, world.inbox)


def _phones_wake(world: World, days_left: int) -> bool:
    """Phones wake twice a week: once early in each block and once late, as people do."""
    since = (world.today() - (world.term_start or date.min)).days
    return since >= -1 and since % 7 in (1, 4) and days_left >= 0


def _tick(held: State) -> None:
    pulse.tick(held.engine, BoxStore(held.box_path), held.settings, held.key_encryption_key, clock.now())


def _set(held: State, seconds: float) -> None:
    file = held.settings.demo_clock
    if file is None:
        raise LookupError("only a demo instance has a clock of its own")
    clock.set_offset(file, seconds)


def target_file(held: State) -> Path:
    return held.settings.instance / "demo-target"


def ask(held: State, seconds: float) -> float:
    """Ask the player to bring the clock to this offset; never back. Returns the offset it will have."""
    # Whole milliseconds, as the files hold them: whoever waits compares this number with the clock's.
    wanted = round(min(FURTHEST_S, max(seconds, clock.offset_s(), _target(held))), 3)
    target_file(held).write_text(f"{wanted:.3f}")
    return wanted


def _target(held: State) -> float:
    try:
        return float(target_file(held).read_text() or 0)
    except (FileNotFoundError, ValueError):
        return 0.0


def target_s(held: State) -> float:
    """Where the clock is going, in seconds ahead of the machine; where it stands when it rests."""
    return max(_target(held), clock.offset_s())


def next_release_at(held: State) -> datetime | None:
    """When the coach will have the release of the block that is open now, by the calendar alone."""
    rules = held.settings
    with transaction(held.engine, write=False) as db:
        group = next((group for group in people_queries.all_groups(db) if group.name == GROUP), None)
        if group is None:
            return None
        return pulse_queries.next_release_at(
            db, group, clock.now(), hour=rules.release_hour, residents_first_h=rules.residents_first_h
        )


def play_until(held: State, stop: Event) -> None:
    """Follow the target until told to stop. One player at a time holds the instance's lock."""
    with _lock(held) as mine:
        world = World(held) if mine else None
        while world is not None and not stop.wait(0.25):
            if _target(held) > clock.offset_s() + 0.5:
                play(world, _target(held), stop)


def play(world: World, target: float, stop: Event) -> None:
    """Move the clock to the target, a day at a time at most; at each stop the phones answer and due blocks close."""
    held = world.state
    while clock.offset_s() < target and not stop.is_set():
        world.one_day()
        _set(held, min(target, clock.offset_s() + min(86_400, _to_next_close_s(held))))
        _tick(held)
    world.save()


def _to_next_close_s(held: State) -> float:
    """Seconds to the moment a block closes, so that the clock stops there: a release is shown by when it was made."""
    now = clock.now()
    with transaction(held.engine, write=False) as db:
        closes = db.scalar(select(func.min(BlockKey.closes_at)).where(BlockKey.closes_at > now))
    return (closes - now).total_seconds() + 1 if closes else float("inf")


def advance_from_shell(held: State, span: str) -> int:
    """`handrail demo advance 7d`: returns when the clock is there. Exit status 2 for a span it cannot read."""
    seconds = _seconds(held, span)
    if seconds is None:
        print("Say how far, like 7d, 12h or next-release.", file=sys.stderr)
        return 2
    target = ask(held, clock.offset_s() + seconds)
    with _lock(held) as mine:
        if mine:
            play(World(held), target, Event())
    while clock.offset_s() < target - 0.5:
        time.sleep(0.2)
    print(f"The demo's clock says {clock.now():%Y-%m-%d %H:%M} UTC.")
    return 0


def seconds_to_next_release(held: State) -> float:
    """Seconds until the coach sees the open block's release, and a minute more."""
    at = next_release_at(held)
    return max(0.0, (at - clock.now()).total_seconds()) + 60 if at else 7 * 86_400.0


def _seconds(held: State, span: str) -> float | None:
    if span == "next-release":
        return seconds_to_next_release(held)
    found = re.fullmatch(r"(\d{1,4})([dhms])", span)
    return int(found[1]) * UNITS[found[2]] if found else None


@contextmanager
def _lock(held: State) -> Iterator[bool]:
    """True for the one player of this instance; False when another one plays already."""
    with open(held.settings.instance / "demo.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
