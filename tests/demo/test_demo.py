"""The demo's past is played by simulated phones, and its clock brings the next release within a minute."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from werkzeug.test import Client

from api import clock, config, create_app, demo, migrate
from api.db import transaction
from api.demo import player, story
from api.demo.cast import CAL, OTHERS, RESIDENTS, RITA
from api.demo.phone import sign_in
from api.demo.world import World
from api.people import queries
from api.state import State, open_state
from tests.cast import assemble
from tests.client import JsonClient

NUMBER = re.compile(r"\d")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    folder: Path = tmp_path_factory.mktemp("demo")
    held = open_state(config.read({"HANDRAIL_INSTANCE": str(folder), "HANDRAIL_DEMO": "1"}))
    migrate.upgrade(held.engine)
    demo.prepare(held)
    yield held
    held.engine.dispose()
    clock.follow(None)


def _browser(held: State, email: str) -> JsonClient:
    world = World(held)
    browser = Client(world.app)
    sign_in(browser, email, world.inbox)
    return JsonClient(browser)


def test_the_past_has_eight_releases_of_twenty_four_residents(played: State) -> None:
    (group,) = _browser(played, CAL.email).get("/api/coach/releases").json["groups"]
    assert len(RESIDENTS) == 24
    assert len(group["releases"]) == 8
    states = {cell["state"] for release in group["releases"] for cell in release["cells"]}
    assert states == {"shown", "not_enough"}


def test_the_demo_ends_in_the_present(played: State) -> None:
    assert clock.offset_s() == 0


def test_the_people_left_for_you_have_taken_no_token(played: State) -> None:
    rita = _browser(played, RITA.email)
    blocks = rita.get("/api/pulse/blocks").json["blocks"]
    assert any(block["eligible"] for block in blocks)
    assert RITA.email not in World(played).phones


def test_playing_the_past_twice_changes_nothing(played: State) -> None:
    before = _browser(played, CAL.email).get("/api/coach/releases").data
    demo.prepare(played)
    assert _browser(played, CAL.email).get("/api/coach/releases").data == before


def test_skipping_to_the_next_release_brings_it_within_a_minute(played: State) -> None:
    cal = _browser(played, CAL.email)
    before = len(cal.get("/api/coach/releases").json["groups"][0]["releases"])
    stop = Event()
    follower = Thread(target=player.play_until, args=(played, stop))
    follower.start()
    began = time.monotonic()
    try:
        asked = cal.post("/api/demo/advance", {"to": "next_release"})
        assert asked.status_code == 202
        while clock.offset_s() < asked.json["target_offset_s"] and time.monotonic() - began < 60:
            time.sleep(0.1)
        assert clock.offset_s() >= asked.json["target_offset_s"]
        assert cal.get("/api/demo").json["offset_s"] > 5 * 86_400
        assert len(cal.get("/api/coach/releases").json["groups"][0]["releases"]) == before + 1
    finally:
        stop.set()
        follower.join()


def test_the_shell_moves_the_clock_too(played: State, capsys: pytest.CaptureFixture[str]) -> None:
    before = clock.offset_s()
    assert demo.advance_from_shell(played, "7d") == 0
    assert clock.offset_s() == pytest.approx(before + 7 * 86_400, abs=1)
    assert demo.advance_from_shell(played, "soon") == 2


def test_the_clock_never_goes_back(played: State) -> None:
    cal = _browser(played, CAL.email)
    assert cal.post("/api/demo/advance", {"seconds": -5}).status_code == 422
    assert cal.post("/api/demo/advance", {"seconds": 5, "to": "next_release"}).status_code == 422
    assert cal.post("/api/demo/advance", {}).status_code == 422


def test_the_clock_goes_no_further_than_it_says(played: State) -> None:
    assert player.ask(played, 10**9) == player.FURTHEST_S
    player.target_file(played).unlink()


def test_a_first_start_that_was_cut_off_begins_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "BLOCKS_PAST", 1)
    held = open_state(config.read({"HANDRAIL_INSTANCE": str(tmp_path), "HANDRAIL_DEMO": "1"}))
    migrate.upgrade(held.engine)
    with monkeypatch.context() as cut:
        cut.setattr(World, "one_day", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            demo.prepare(held)
    assert not demo.is_played(held.settings)
    demo.prepare(held)
    assert demo.is_played(held.settings)
    assert clock.offset_s() == 0
    assert len(_browser(held, CAL.email).get("/api/coach/releases").json["groups"][0]["releases"]) == 1


def _interrupt(world: World) -> int:
    raise KeyboardInterrupt


def test_an_instance_with_real_people_never_becomes_a_demo(tmp_path: Path) -> None:
    held = open_state(config.read({"HANDRAIL_INSTANCE": str(tmp_path), "HANDRAIL_DEMO": "1"}))
    migrate.upgrade(held.engine)
    assemble(held.engine)
    with pytest.raises(demo.NotADemo):
        demo.prepare(held)
    with transaction(held.engine, write=False) as db:
        assert len(queries.all_people(db)) == 5


def test_an_instance_in_earnest_has_no_demo(tmp_path: Path) -> None:
    held = open_state(config.read({"HANDRAIL_INSTANCE": str(tmp_path)}))
    app = create_app(state=held)
    assert not [rule for rule in app.url_map.iter_rules() if "demo" in str(rule)]
    assert JsonClient(Client(app)).get("/api/demo").status_code == 404


def test_the_story_is_the_same_each_time_and_fits_the_items() -> None:
    for who in OTHERS:
        for block in range(9):
            assert story.answers(who.name, block) == story.answers(who.name, block)
            told = story.answers(who.name, block)
            assert 0 <= told["P01"]["a"] <= 4
            assert 1 <= len(told["P01"]["b"]) <= 2
            assert 0 <= told["P10"]["a"] <= 10
