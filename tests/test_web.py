"""What the phone's files are served as: always the newest page and worker, old parts for old pages, and the way out."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from api import create_app, earlier_assets
from api.clock import FrozenClock
from api.state import State


@pytest.mark.parametrize("path", ["/", "/journal", "/sw.js", "/manifest.webmanifest"])
def test_what_names_other_files_is_asked_for_each_time(app: Flask, path: str) -> None:
    assert app.test_client().get(path).headers["Cache-Control"] == "no-cache"


def test_the_worker_can_be_switched_off(state: State) -> None:
    client = create_app(state=switched_off(state)).test_client()
    worker, page = client.get("/sw.js"), client.get("/journal")
    assert b"registration.unregister()" in worker.data
    assert worker.headers["Cache-Control"] == "no-cache"
    assert re.search(rb'<meta name="worker" content="off" />\s*</head>', page.data)
    assert page.headers["Cache-Control"] == "no-store"


def test_a_browser_that_kept_the_page_hears_that_the_worker_is_off(app: Flask, state: State) -> None:
    kept = app.test_client().get("/").headers["ETag"]
    answer = create_app(state=switched_off(state)).test_client().get("/", headers={"If-None-Match": kept})
    assert answer.status_code == 200


def switched_off(state: State) -> State:
    return dataclasses.replace(state, settings=dataclasses.replace(state.settings, phone_worker=False))


@pytest.fixture
def release(tmp_path: Path) -> Callable[..., Path]:
    """A function that puts a release with these files in place of the one before."""

    def put(*names: str) -> Path:
        folder = tmp_path / "release"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name in names:
            (folder / name).write_text(f"of {name}")
        return folder

    return put


def test_parts_of_earlier_releases_stay_for_thirty_days_after_their_last_use(
    release: Callable[..., Path], tmp_path: Path, frozen: FrozenClock
) -> None:
    kept = tmp_path / "kept"
    earlier_assets.remember(release("a-1.js", "same.js"), kept)
    # The server ran for ten weeks without a start; the old part was in use until now.
    frozen.advance(days=70)
    earlier_assets.remember(release("a-2.js", "same.js"), kept)
    assert (kept / "a-1.js").read_text() == "of a-1.js"
    frozen.advance(days=29)
    earlier_assets.remember(release("a-2.js", "same.js"), kept)
    assert (kept / "a-1.js").exists()
    frozen.advance(days=2)
    earlier_assets.remember(release("a-2.js", "same.js"), kept)
    assert not (kept / "a-1.js").exists()
    assert {path.name for path in kept.iterdir()} == {"a-2.js", "same.js", earlier_assets.LIST}


def test_an_open_page_of_an_earlier_release_gets_its_parts(app: Flask, state: State) -> None:
    folder = state.settings.earlier_assets
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "old-1.js").write_text("of the release before")
    answer = app.test_client().get("/assets/old-1.js")
    assert answer.get_data(as_text=True) == "of the release before"
    assert "immutable" in answer.headers["Cache-Control"]
    assert app.test_client().get("/assets/never.js").status_code == 404
    assert app.test_client().get("/assets/..%2fkeys%2fvapid.pem").status_code == 404


def test_a_list_that_cannot_be_read_loses_nothing_of_today(release: Callable[..., Path], tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / earlier_assets.LIST).write_text('["../outside.js", 7')
    earlier_assets.remember(release("a-1.js"), kept)
    assert (kept / "a-1.js").exists()
