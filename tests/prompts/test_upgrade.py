"""A database of the version before keeps its rhythms, its prompts and what is on its way."""

from __future__ import annotations

from alembic import command
from sqlalchemy import Engine, text

from api import migrate
from api.db import engine_for, transaction
from api.prompts import queries
from api.prompts.models import Prompt, Rhythm

BEFORE = "0008"
AT, DUE, UNTIL = (f"2026-11-19 {at}:00.000000" for at in ("12:00", "18:30", "22:30"))
ROWS = (
    f"INSERT INTO person VALUES ('rita', 'r@x.example', 'Rita', 'resident', 'America/Chicago', '{AT}', NULL)",
    "INSERT INTO rhythm (person_id, slots, quiet_from, quiet_to, chosen, planned_through) VALUES"
    f" ('rita', '[{{\"weekday\": 3, \"time\": \"12:30\", \"protocol\": \"P01\"}}]', '22:00', '07:00', true, '{AT}')",
    f"INSERT INTO device (id, person_id, name, created_at) VALUES ('phone', 'rita', 'Phone', '{AT}')",
    "INSERT INTO prompt (id, person_id, protocol, local_date, slot, asked, due_at, until, state, topic, why) VALUES"
    f" ('one', 'rita', 'P01', '2026-11-19', '12:30', false, '{DUE}', '{UNTIL}', 'open', 't', '')",
    "INSERT INTO push_attempt (id, prompt_id, device_id, sends, lease_until) VALUES"
    f" ('way', 'one', 'phone', 1, '{AT}')",
)


def test_what_was_there_before_is_there_after_an_upgrade(database_url: str) -> None:
    engine: Engine = engine_for(database_url)
    with engine.begin() as connection:
        command.upgrade(migrate.config(connection), BEFORE)
        for row in ROWS:
            connection.exec_driver_sql(row)
    migrate.upgrade(engine)
    with transaction(engine) as db:
        rhythm = db.get_one(Rhythm, "rita")
        assert (rhythm.weekly_cap, rhythm.protocols, rhythm.post_call_h, rhythm.misses) == (4, {}, 8, 0)
        assert (rhythm.hold_back, rhythm.after_shift, rhythm.during_shift, rhythm.nights_until) == (
            True,
            False,
            False,
            None,
        )
        assert queries.times_of(rhythm, "America/Chicago").slots[0].protocol == "P01"
        assert db.get_one(Prompt, "one").chance is None
        assert db.scalars(text("SELECT id FROM push_attempt")).all() == ["way"]
        db.get_one(Prompt, "one").state = "held_back"
    with engine.begin() as connection:
        command.downgrade(migrate.config(connection), BEFORE)
        # The version before knows no prompt that is held back; its row goes, and what hung on it.
        assert connection.scalar(text("SELECT count(*) FROM prompt")) == 0
    migrate.upgrade(engine)
    assert migrate.differences(engine) == []
    engine.dispose()
