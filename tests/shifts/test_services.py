"""A calendar's life: put in, read again, broken, noticed, taken out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from api import worker
from api.clock import FrozenClock
from api.db import transaction
from api.people.models import Person
from api.shifts import queries, services
from api.shifts.models import ShiftCalendar, ShiftRow
from api.state import State
from tests.cast import Cast
from tests.fakes.feed_server import FeedServer, Told
from tests.shifts.calendars import TIMED, calendar, event

ONE = calendar(event(TIMED))
TWO = calendar(event(TIMED), event(TIMED.replace("20261119", "20261125"), "two"))


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def put_feed(engine: Engine, person: Person, server: FeedServer, now: datetime, path: str = "/a.ics") -> None:
    found = services.read_feed(server.origin + path, person.zone, now, server.origin)
    with transaction(engine) as db:
        services.keep(db, person, found, now)


def put_file(engine: Engine, person: Person, raw: bytes, now: datetime) -> None:
    found = services.read_file(raw.decode(), person.zone, now)
    with transaction(engine) as db:
        services.keep(db, person, found, now)


def row(engine: Engine, person: Person) -> ShiftCalendar:
    with transaction(engine, write=False) as db:
        return db.get_one(ShiftCalendar, person.id)


def count(engine: Engine) -> int:
    with transaction(engine, write=False) as db:
        return db.scalar(select(func.count()).select_from(ShiftRow)) or 0


def noticed(engine: Engine) -> list[str]:
    with transaction(engine) as db:
        return services.take_changed(db, 100)


def test_shifts_are_found_by_person_and_window_in_one_question(engine: Engine, cast: Cast, frozen: FrozenClock) -> None:
    put_file(engine, cast.rita, TWO, frozen.now())
    put_file(engine, cast.ravi, ONE, frozen.now())
    noon = frozen.now()
    with transaction(engine, write=False) as db:
        both = queries.shifts_between(db, [cast.rita.id, cast.ravi.id, cast.cal.id], noon, noon + timedelta(days=7))
        assert {who: len(found) for who, found in both.items()} == {cast.rita.id: 2, cast.ravi.id: 1}
        later = queries.shifts_between(
            db, [cast.rita.id, cast.ravi.id], noon + timedelta(days=1), noon + timedelta(days=7)
        )
        assert [shift.start.day for shift in later[cast.rita.id]] == [25]
        at_its_end = noon + timedelta(hours=10)
        assert cast.ravi.id not in queries.shifts_between(
            db, [cast.ravi.id], at_its_end, at_its_end + timedelta(days=1)
        )


def test_the_planner_hears_of_a_change_once_and_only_of_a_change(
    engine: Engine, cast: Cast, frozen: FrozenClock
) -> None:
    put_file(engine, cast.rita, ONE, frozen.now())
    assert noticed(engine) == [cast.rita.id]
    assert noticed(engine) == []
    put_file(engine, cast.rita, ONE, frozen.now())
    assert noticed(engine) == [], "the same shifts are no news"
    put_file(engine, cast.rita, TWO, frozen.now())
    assert noticed(engine) == [cast.rita.id]


def test_taking_a_calendar_out_leaves_nothing_and_the_planner_hears_of_it(
    engine: Engine, cast: Cast, server: FeedServer, frozen: FrozenClock
) -> None:
    server.told["/a.ics"] = Told(ONE, headers={"ETag": '"1"'})
    put_feed(engine, cast.rita, server, frozen.now())
    noticed(engine)
    with transaction(engine) as db:
        services.take_out(db, cast.rita)
    assert count(engine) == 0
    kept = row(engine, cast.rita)
    assert (kept.url, kept.etag, kept.modified, kept.read_on, kept.source) == (None,) * 5
    assert noticed(engine) == [cast.rita.id]
    with transaction(engine) as db:
        assert services.purge(db, frozen.now()) == 1
        assert db.get(ShiftCalendar, cast.rita.id) is None


def test_a_feed_is_read_again_after_about_six_hours_and_not_before(
    engine: Engine, cast: Cast, server: FeedServer, frozen: FrozenClock
) -> None:
    server.told["/a.ics"] = Told(ONE)
    put_feed(engine, cast.rita, server, frozen.now())
    frozen.advance(hours=5)
    assert services.refresh(engine, server.origin, frozen.now()) == 0
    server.told["/a.ics"] = Told(TWO)
    frozen.advance(hours=2)
    assert services.refresh(engine, server.origin, frozen.now()) == 1
    assert count(engine) == 2
    assert services.refresh(engine, server.origin, frozen.now()) == 0


def test_a_feed_that_did_not_change_is_asked_only_whether_it_did_but_read_whole_before_it_runs_out(
    engine: Engine, cast: Cast, server: FeedServer, frozen: FrozenClock
) -> None:
    server.told["/a.ics"] = Told(ONE, headers={"ETag": '"1"'})
    put_feed(engine, cast.rita, server, frozen.now())
    noticed(engine)
    for _ in range(4 * 13):
        frozen.advance(hours=6, minutes=31)
        services.refresh(engine, server.origin, frozen.now())
    asked = [headers.get("If-None-Match") for _, headers in server.asked[1:]]
    assert asked.count('"1"') >= 45
    assert row(engine, cast.rita).read_on == date(2026, 12, 3)
    frozen.advance(days=1)
    services.refresh(engine, server.origin, frozen.now())
    assert None in [headers.get("If-None-Match") for _, headers in server.asked[1:]]
    assert row(engine, cast.rita).through == date(2027, 1, 22)


def test_a_feed_is_read_whole_when_its_resident_moved_to_another_zone(
    engine: Engine, cast: Cast, server: FeedServer, frozen: FrozenClock
) -> None:
    server.told["/a.ics"] = Told(ONE, headers={"ETag": '"1"'})
    put_feed(engine, cast.rita, server, frozen.now())
    with transaction(engine) as db:
        db.get_one(Person, cast.rita.id).zone = "Asia/Tokyo"
    frozen.advance(hours=7)
    services.refresh(engine, server.origin, frozen.now())
    assert "If-None-Match" not in server.asked[-1][1]
    assert row(engine, cast.rita).zone == "Asia/Tokyo"


def test_a_broken_feed_keeps_its_last_good_shifts_tells_and_is_asked_more_rarely(
    engine: Engine, cast: Cast, server: FeedServer, frozen: FrozenClock
) -> None:
    server.told["/a.ics"] = Told(ONE)
    put_feed(engine, cast.rita, server, frozen.now())
    server.told["/a.ics"] = Told(b"<html>Sign in</html>")
    frozen.advance(hours=7)
    waits = []
    for _ in range(9):
        assert services.refresh(engine, server.origin, frozen.now()) == 1
        kept = row(engine, cast.rita)
        assert kept.next_read_at is not None
        waits.append((kept.next_read_at - frozen.now()).total_seconds() / 3600)
        frozen.at = kept.next_read_at
    assert waits == [0.5, 1, 2, 4, 8, 16, 24, 24, 24]
    assert (row(engine, cast.rita).problem, count(engine)) == ("not_a_calendar", 1)
    server.told["/a.ics"] = Told(TWO)
    services.refresh(engine, server.origin, frozen.now())
    assert (row(engine, cast.rita).problem, row(engine, cast.rita).failures) == (None, 0)


def test_of_two_workers_one_reads_a_feed(engine: Engine, cast: Cast, server: FeedServer, frozen: FrozenClock) -> None:
    server.told["/a.ics"] = Told(ONE)
    put_feed(engine, cast.rita, server, frozen.now())
    frozen.advance(hours=7)
    with transaction(engine) as db:
        assert len(services.claim(db, frozen.now(), 20)) == 1
    with transaction(engine) as db:
        assert services.claim(db, frozen.now(), 20) == []
    frozen.advance(minutes=16)
    with transaction(engine) as db:
        assert len(services.claim(db, frozen.now(), 20)) == 1, "a worker that died is made good by the next"


def test_what_a_feed_said_is_dropped_when_the_resident_changed_their_mind_meanwhile(
    engine: Engine, cast: Cast, server: FeedServer, frozen: FrozenClock
) -> None:
    server.told["/a.ics"] = Told(ONE)
    put_feed(engine, cast.rita, server, frozen.now())
    frozen.advance(hours=7)
    with transaction(engine) as db:
        errand = services.claim(db, frozen.now(), 20)[0]
    answered = services.collect(errand, server.origin, frozen.now())
    with transaction(engine) as db:
        services.take_out(db, cast.rita)
    with transaction(engine) as db:
        services.record(db, errand, answered, frozen.now())
    assert count(engine) == 0
    put_file(engine, cast.rita, TWO, frozen.now())
    with transaction(engine) as db:
        services.record(db, errand, answered, frozen.now())
    assert (count(engine), row(engine, cast.rita).source) == (2, "file")


def test_a_feed_of_somebody_who_left_is_not_read(
    engine: Engine, cast: Cast, server: FeedServer, frozen: FrozenClock
) -> None:
    server.told["/a.ics"] = Told(ONE)
    put_feed(engine, cast.rita, server, frozen.now())
    with transaction(engine) as db:
        db.get_one(Person, cast.rita.id).disabled_at = frozen.now()
    frozen.advance(hours=7)
    assert services.refresh(engine, server.origin, frozen.now()) == 0


def test_shifts_are_deleted_two_days_after_they_ended(engine: Engine, cast: Cast, frozen: FrozenClock) -> None:
    put_file(engine, cast.rita, TWO, frozen.now())
    frozen.advance(days=2, hours=11)
    with transaction(engine) as db:
        assert services.purge(db, frozen.now()) == 1
        assert services.purge(db, frozen.now()) == 0
    assert count(engine) == 1


def test_the_address_of_a_feed_never_stands_in_what_is_printed(
    engine: Engine, cast: Cast, server: FeedServer, frozen: FrozenClock
) -> None:
    server.told["/token-8f3a.ics"] = Told(ONE, headers={"ETag": '"tag-8f3a"'})
    found = services.read_feed(f"{server.origin}/token-8f3a.ics", cast.rita.zone, frozen.now(), server.origin)
    with transaction(engine) as db:
        services.keep(db, cast.rita, found, frozen.now())
    frozen.advance(hours=7)
    with transaction(engine) as db:
        errand = services.claim(db, frozen.now(), 20)[0]
    assert errand.url.endswith("token-8f3a.ics")
    assert "8f3a" not in repr(found) + repr(errand) + repr(dataclasses.replace(found))


def test_the_worker_reads_feeds_that_are_due_and_deletes_old_shifts(
    state: State, cast: Cast, server: FeedServer, frozen: FrozenClock
) -> None:
    settings = dataclasses.replace(state.settings, feed_test_origin=server.origin)
    state = dataclasses.replace(state, settings=settings)
    server.told["/a.ics"] = Told(ONE)
    for person in (cast.rita, cast.ravi):
        put_feed(state.engine, person, server, frozen.now())
    frozen.advance(days=3)
    server.told["/a.ics"] = Told(status=500)
    worker.run(state, once=True)
    assert len(server.asked) == 4
    assert count(state.engine) == 0
