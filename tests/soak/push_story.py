"""One story of the push soak: who there is, what happens to them, and what must be true after each part of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from api import clock, config, migrate
from api.db import Base, new_id, transaction
from api.people.models import Device, Person
from api.prompts import services as prompts
from api.prompts.models import LIVE, Prompt, Rhythm
from api.push import services as push
from api.push.models import Subscription
from api.state import open_state
from tests.soak.push_nursery import POINTS
from tests.soak.push_phones import Phone, Phones

ZONES = ("America/Chicago", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Phoenix", "UTC")
# Around both changes of the clocks, and an ordinary week.
STARTS = (datetime(2027, 3, 12, tzinfo=UTC), datetime(2027, 10, 29, tzinfo=UTC), datetime(2027, 5, 3, tzinfo=UTC))
OUTAGES = (timedelta(minutes=10), timedelta(hours=9), timedelta(days=3), timedelta(weeks=4))
PARTS, SECOND, CALM = 4, timedelta(seconds=1), timedelta(minutes=24)
LAST_CALL = timedelta(minutes=1)


class Story:
    def __init__(
        self,
        drawn: Random,
        folder: Path,
        url: str,
        raise_workers: Callable[[list[dict[str, object]]], list[int]],
        order: str,
    ) -> None:
        self.drawn, self.folder, self.url, self.raise_workers, self.order = drawn, folder, url, raise_workers, order
        self.phones = Phones(folder, Random(drawn.random()))
        self.counts = self.phones.counts
        self.env = {
            "HANDRAIL_INSTANCE": str(folder),
            "HANDRAIL_DATABASE_URL": url,
            "HANDRAIL_ORIGIN": "http://localhost",
            "HANDRAIL_DEMO": "1",
            "HANDRAIL_PUSH_TEST_ORIGIN": self.phones.origin,
            "HANDRAIL_PUSH_TIMEOUT_S": "5",
            "HANDRAIL_LOG_LEVEL": "error",
        }
        self.checked_until = 0

    def play(self) -> Counter[str]:
        begin = self.drawn.choice(STARTS) + timedelta(minutes=self.drawn.randrange(1440))
        clock.set_offset(self.folder / "demo-clock", (begin - datetime.now(UTC)).total_seconds())
        try:
            self.state = open_state(config.read(self.env))
            migrate.metadata()
            Base.metadata.create_all(self.state.engine)
            with self.phones:
                self._settle_in()
                for _ in range(PARTS):
                    self._part()
            self.state.engine.dispose()
        finally:
            clock.follow(None)
        return self.counts

    def _settle_in(self) -> None:
        zones, days = self.drawn.sample(ZONES, 2), self.drawn.sample(range(7), 4)
        slots = [self._slot(day) for day in days]
        for number in range(self.drawn.randint(4, 8)):
            with transaction(self.state.engine) as db:
                zone = self.drawn.choice(zones)
                person = Person(
                    name="R", email=f"r{number}@x.example", role="resident", zone=zone, joined_at=self.now()
                )
                db.add(person)
            self._rhythm(person, slots)
            for _ in range(self.drawn.randint(1, 2)):
                self._phone(person)

    def _slot(self, day: int) -> dict[str, Any]:
        at = f"{self.drawn.randrange(8, 20):02d}:{self.drawn.randrange(60):02d}"
        return {"weekday": day, "time": at, "protocol": "P01"}

    def _rhythm(self, person: Person, slots: list[dict[str, Any]]) -> None:
        """Residents share their slots, so that several prompts fall due at once; quiet hours end at seven."""
        quiet = {"quiet_from": "22:00", "quiet_to": "07:00", "paused_until": None, "zone": person.zone}
        with transaction(self.state.engine) as db:
            prompts.change_rhythm(db, person, {"slots": slots, **quiet}, self.now())

    def _phone(self, person: Person) -> None:
        phone = Phone(new_id(), person.id)
        self.phones.phones[phone.token] = phone
        told = {"device_id": phone.token, "endpoint": self.phones.endpoint(phone.token), "keys": phone.keys.wire}
        with transaction(self.state.engine) as db:
            db.add(Device(id=phone.token, person_id=person.id, name="Phone", created_at=self.now()))
            db.flush()
            push.subscribe(db, person, told, self.state.vapid.publics, self.phones.origin, self.now())

    def now(self) -> datetime:
        return clock.now()

    def _part(self) -> None:
        """Something falls due, with or without an outage; chaos for some minutes; calm; then what must be true."""
        self._workers(1)
        due = self._next_due()
        outage = self.drawn.choice([None, None, *OUTAGES]) if due else None
        wake = (due or self.now() + timedelta(days=1)) + (outage or timedelta(0))
        self._advance(wake - self.now() + self.drawn.randint(0, 30) * SECOND)
        woke = self.now()
        self._chaos(outage)
        # Calm until everything that was spread or leased has had its turn.
        for seconds in (61, 121, 181, 540, 540):
            self._advance(seconds * SECOND)
            self._workers(1)
        self._check(woke, outage)

    def _chaos(self, outage: timedelta | None) -> None:
        kills = 2 if self.drawn.random() < 0.8 else 0
        if not kills:
            self.phones.failures_left.update(dict.fromkeys(self.drawn.sample(list(self.phones.phones), 2), 2))
        for _ in range(3):
            kills -= self._workers(2, kills)
            self._owners()
            self._advance(self.drawn.choice([1, 5, 20, 61, 70]) * SECOND)
        if not outage and self.drawn.random() < 0.3:
            self._ask()
        self.phones.failures_left.clear()

    def _workers(self, at_once: int, may_kill: int = 0) -> int:
        """Run workers; some, `may_kill` at most, meet their end at one of the five points. How many did."""
        told: list[dict[str, object]] = []
        for number in range(at_once):
            point = self.drawn.choice(POINTS) if number < may_kill else None
            passes = self.drawn.choice([1, 1, 1, 2])
            told.append({"env": self.env, "point": point, "passes": passes, "order": self.order})
        killed = 0
        for asked, status in zip(told, self.raise_workers(told), strict=True):
            self.counts["workers run"] += 1
            if status == -9:
                killed += 1
                self.counts[f"killed {asked['point']}"] += 1
            elif status != 0:
                self.counts["workers broken"] += 1
        return killed

    def _owners(self) -> None:
        """Some of those who see a prompt do something about it."""
        for _, prompt_id in self.phones.deliveries():
            if self.drawn.random() < 0.25 and prompt_id not in self.phones.settled:
                outcome: Any = self.drawn.choice(["answered", "declined", "snoozed"])
                with transaction(self.state.engine) as db:
                    prompt = db.get(Prompt, prompt_id)
                    if prompt is None:  # deleted long after it closed; its notification still stands
                        continue
                    person = db.get_one(Person, prompt.person_id)
                    if prompts.settle(db, person, prompt_id, outcome, None, self.now()) == "settled":
                        self.phones.deal_with(prompt_id, outcome)
                        self.counts[outcome] += 1

    def _ask(self) -> None:
        with transaction(self.state.engine) as db:
            person = self.drawn.choice(db.scalars(select(Person).order_by(Person.email)).all())
            prompts.ask_now(db, person, "P01", self.now())

    def _next_due(self) -> datetime | None:
        with transaction(self.state.engine, write=False) as db:
            return db.scalar(select(func.min(Prompt.alert_at)).where(Prompt.alert_at > self.now()))

    def _advance(self, by: timedelta) -> None:
        clock.set_offset(self.folder / "demo-clock", clock.offset_s() + max(0.0, by.total_seconds()))

    def _check(self, woke: datetime, outage: timedelta | None) -> None:
        with transaction(self.state.engine, write=False) as db:
            known = {prompt.id: prompt for prompt in db.scalars(select(Prompt))}
            people = {person.id: person for person in db.scalars(select(Person))}
            rhythms = {rhythm.person_id: rhythm for rhythm in db.scalars(select(Rhythm))}
            reachable = db.execute(select(Subscription.person_id, Subscription.device_id)).all()
        heard = self.phones.heard[self.checked_until :]
        self.checked_until = len(self.phones.heard)
        for at, person_id, prompt_id in heard:
            prompt = known[prompt_id]
            self.counts["alerts"] += 1
            self.counts["after the window"] += at >= prompt.until
            zone = people[person_id].zone
            self.counts["in quiet hours"] += not prompt.asked and _is_quiet(at, rhythms[person_id], zone)
        if outage:
            told = {(person_id, prompt_id) for at, person_id, prompt_id in heard if not known[prompt_id].asked}
            # What fell due by itself after the wake-up is not a remnant of the outage.
            told = {(person_id, one) for person_id, one in told if known[one].due_at <= woke}
            self.counts["more than one after an outage"] += sum(n > 1 for n in Counter(p for p, _ in told).values())
        self._count_lost(known, people, rhythms, [(row.person_id, row.device_id) for row in reachable])

    def _count_lost(
        self,
        known: dict[str, Prompt],
        people: dict[str, Person],
        rhythms: dict[str, Rhythm],
        reachable: list[tuple[str, str]],
    ) -> None:
        """A prompt that is open now, and was for the whole calm, is on display on each of its person's phones."""
        now = self.now()
        for prompt in known.values():
            due = prompt.alert_at or prompt.due_at
            calm = now - CALM
            waiting = prompt.state in LIVE and due <= calm and prompt.until > now + LAST_CALL
            zone, rhythm = people[prompt.person_id].zone, rhythms[prompt.person_id]
            if not waiting or prompt.state == "snoozed" or (not prompt.asked and _is_quiet(due, rhythm, zone)):
                continue
            shown = [
                prompt.id in self.phones.phones[device].shown for who, device in reachable if who == prompt.person_id
            ]
            self.counts["open prompts lost"] += shown.count(False)
            self.counts["open prompts shown"] += shown.count(True)


def _is_quiet(at: datetime, rhythm: Rhythm, zone: str) -> bool:
    """Between 22:00 and 07:00 on the person's wall clock, as everybody in these stories wants it."""
    wall = at.astimezone(ZoneInfo(zone)).time()
    return wall >= time.fromisoformat(rhythm.quiet_from) or wall < time.fromisoformat(rhythm.quiet_to)
