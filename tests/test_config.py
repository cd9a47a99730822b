"""A wrong setting names itself, together with all the others, and nothing starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from api import config

ROOT = Path(__file__).resolve().parent.parent


def test_an_empty_environment_is_a_working_one(tmp_path: Path) -> None:
    made = config.read({"HANDRAIL_INSTANCE": str(tmp_path)})
    assert made.database_url == f"sqlite:///{tmp_path / 'handrail.sqlite'}"
    assert made.demo is False
    assert made.push_test_origin is None
    assert made.demo_clock is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ORIGIN", "http://handrail.example.org"),
        ("ORIGIN", "https://handrail.example.org/path"),
        ("ORIGIN", "handrail.example.org"),
        ("ORIGIN", "http://localhost:99999"),
        ("BIND", "8000"),
        ("BIND", "127.0.0.1:none"),
        ("PUSH_TEST_ORIGIN", "http://[::1"),
        ("DATABASE_URL", "mysql://somewhere"),
        ("VAPID_SUBJECT", "mailto:nobody"),
        ("VAPID_SUBJECT", "http://plain.example"),
        ("PUSH_TEST_ORIGIN", "https://push.example.org"),
        ("PUSH_TIMEOUT_S", "0"),
        ("MAIL_PORT", "seventy"),
        ("RELEASE_HOUR", "24"),
        ("RESIDENTS_FIRST_H", "0"),
        ("DEMO", "perhaps"),
        ("LOG_LEVEL", "chatty"),
    ],
)
def test_a_wrong_setting_names_itself(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(config.SettingsError) as refused:
        config.read({"HANDRAIL_INSTANCE": str(tmp_path), f"HANDRAIL_{name}": value})
    assert [line.split(":")[0] for line in refused.value.lines] == [f"HANDRAIL_{name}"]


def test_all_wrong_settings_are_named_at_once_and_the_process_does_not_start(tmp_path: Path) -> None:
    wrong = {"HANDRAIL_MAIL_PORT": "x", "HANDRAIL_ORIGIN": "ftp://x", "HANDRAIL_RELEASE_HOUR": "99"}
    environ = {**os.environ, "HANDRAIL_INSTANCE": str(tmp_path / "none"), **wrong}
    ran = subprocess.run(
        [sys.executable, "-m", "api.cli", "serve"], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 2
    assert all(name in ran.stderr for name in wrong)
    assert not (tmp_path / "none").exists()


def test_the_password_is_not_in_the_settings_text(tmp_path: Path) -> None:
    made = config.read({"HANDRAIL_INSTANCE": str(tmp_path), "HANDRAIL_MAIL_PASSWORD": "hunter2"})
    assert "hunter2" not in repr(made)


def test_the_example_file_names_every_setting_and_no_other() -> None:
    told = (ROOT / ".env.example").read_text()
    named = {line.lstrip("# ").split("=")[0] for line in told.splitlines() if "HANDRAIL_" in line and "=" in line}
    source = (ROOT / "api" / "config.py").read_text()
    read = {
        f"HANDRAIL_{part.split(chr(34))[1]}"
        for part in source.split("env.")[1:]
        if chr(34) in part.split("(", 1)[-1][:2]
    }
    assert named == read
