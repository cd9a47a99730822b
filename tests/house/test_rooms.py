"""How big the house's files are, how its tables are kept, and whether what is committed as built is fresh."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Engine, ForeignKeyConstraint, UniqueConstraint

from api import migrate
from api.contract import document
from api.db import engine_for

ROOT = Path(__file__).resolve().parents[2]
LINES_MAX = 300
GENERATED = {"pwa/src/wire.ts"}


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split() if (ROOT / name).exists() and name not in GENERATED]


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    files = _tracked("api/*.py", "tests/*.py", "pwa/src/*", "pwa/tests/*", "pwa/*.py", "pwa/*.ts")
    long = {path.name: n for path in files if (n := len(path.read_bytes().splitlines())) > LINES_MAX}
    assert not long


def test_every_foreign_key_has_an_index() -> None:
    bare = []
    for table in migrate.metadata().tables.values():
        led = {next(iter(index.columns.keys())) for index in table.indexes}
        led |= {next(iter(table.primary_key.columns.keys()), "")}
        unique = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
        led |= {next(iter(one.columns.keys())) for one in unique}
        for constraint in table.constraints:
            if isinstance(constraint, ForeignKeyConstraint) and constraint.column_keys[0] not in led:
                bare.append(f"{table.name}.{constraint.column_keys[0]}")
    assert not bare


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    engine: Engine = engine_for(database_url)
    migrate.upgrade(engine)
    migrate.upgrade(engine)
    assert migrate.differences(engine) == []
    engine.dispose()


def test_the_committed_contract_is_the_one_the_routes_declare() -> None:
    kept = json.loads((ROOT / "pwa" / "openapi.json").read_text())
    assert kept == json.loads(json.dumps(document())), "run: make contract"


def test_nothing_committed_names_a_machine_or_is_left_undone() -> None:
    words = ["TO" + "DO", "FIX" + "ME", "/home/" + "user", "/ro" + "ot/"]
    found = []
    for path in _tracked("api/*.py", "tests/*.py", "pwa/src/*.ts", "pwa/src/*.tsx", "*.md", "Makefile"):
        text = path.read_text(errors="replace")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in words if word in text]
    assert not found
