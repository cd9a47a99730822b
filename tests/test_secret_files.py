"""Secrets are made once, are readable by the owner only, and are never replaced."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path

from api.secret_files import secret_file


def test_a_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    first = secret_file(tmp_path / "keys" / "one", lambda: secrets.token_bytes(32))
    assert secret_file(tmp_path / "keys" / "one", lambda: b"another") == first
    assert (tmp_path / "keys" / "one").stat().st_mode & 0o077 == 0


def test_processes_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(secret_file(tmp_path / "one", lambda: secrets.token_bytes(32))))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found[0]) == 32
