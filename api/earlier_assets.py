"""Files of earlier releases, kept for pages that are still open.

A page whose worker cannot help it (the first visit, a private window) loads its lazy parts from the server, by names
that hold a hash. After an upgrade those names are gone from the release, so each instance keeps what it has served.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from api import clock

KEPT_S = 30 * 86_400
LIST = "current.json"


def remember(current: Path, kept: Path) -> None:
    """Keep today's files, and drop those that no release has named for 30 days.

    Called at the start of every web process. A file's time says until when it was in use: what the start before named
    was in use until now, however long ago that start is.
    """
    kept.mkdir(parents=True, exist_ok=True)
    now_s = clock.now().timestamp() - clock.offset_s()
    names = sorted(path.name for path in current.iterdir() if path.is_file()) if current.is_dir() else []
    for name in {*names, *_named_before(kept)}:
        if not (kept / name).exists() and (current / name).exists():
            _copy(current / name, kept / name)
        if (kept / name).exists():
            os.utime(kept / name, (now_s, now_s))
    for path in kept.iterdir():
        if path.name not in names and path.stat().st_mtime < now_s - KEPT_S:
            path.unlink(missing_ok=True)
    _write(kept / LIST, json.dumps(names).encode())


def _named_before(kept: Path) -> list[str]:
    try:
        return [name for name in json.loads((kept / LIST).read_bytes()) if Path(name).name == name]
    except (OSError, ValueError):
        return []


def _copy(source: Path, target: Path) -> None:
    """In one step, because several web processes start at once."""
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(source, beside)
    os.replace(beside, target)


def _write(target: Path, text: bytes) -> None:
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    beside.write_bytes(text)
    os.replace(beside, target)
