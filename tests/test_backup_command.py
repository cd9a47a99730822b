"""`handrail backup` and `handrail restore` as an operator types them."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from api import cli


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HANDRAIL_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.delenv("HANDRAIL_DEMO", raising=False)
    assert cli.main(["migrate"]) == 0
    arguments = ["--email", "ada@hospital.example", "--name", "Ada", "--role", "coordinator"]
    assert cli.main(["invite", *arguments]) == 0
    return tmp_path / "instance"


def test_a_copy_is_made_and_put_back_by_two_commands(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["backup", str(tmp_path / "copy")]) == 0
    assert cli.main(["backup", str(tmp_path / "copy")]) == 1
    assert cli.main(["restore", str(tmp_path / "copy")]) == 1
    assert "--force" in capsys.readouterr().err
    assert cli.main(["restore", str(tmp_path / "copy"), "--force", "--end-sessions"]) == 0
    assert "1 people are back" in capsys.readouterr().out


def test_a_running_instance_is_never_replaced(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["backup", str(tmp_path / "copy")]) == 0
    with open(instance / "serve.lock", "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert cli.main(["restore", str(tmp_path / "copy"), "--force"]) == 1
    assert "stop it first" in capsys.readouterr().err


def test_a_folder_that_is_no_copy_is_told_so(instance: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["restore", str(instance), "--force"]) == 1
    assert "no copy" in capsys.readouterr().err
