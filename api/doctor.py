"""What an operator wants to know when something is wrong: each part looked at once, in words."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import text

from api import migrate
from api.db import transaction
from api.state import State

FREE_MB_MIN = 200


@dataclass(frozen=True)
class Finding:
    """One part of the instance: whether it is well, and what was seen."""

    what: str
    well: bool
    told: str


def examine(state: State) -> list[Finding]:
    """Look at every part. Writes nothing but what a first start would write."""
    return list(_findings(state))


def _findings(state: State) -> Iterator[Finding]:
    settings = state.settings
    yield Finding("origin", True, f"{settings.origin}{'' if settings.https else ' (plain http: this machine only)'}")
    yield _tried("database", lambda: _reach(state))
    yield _tried("tables", lambda: _complete(state))
    yield _tried("box", lambda: _box(state))
    loose = [path.name for path in settings.keys.iterdir() if path.stat().st_mode & 0o077]
    yield Finding("keys", not loose, f"readable by others: {', '.join(loose)}" if loose else str(settings.keys))
    yield Finding("mail", True, f"SMTP {settings.mail_host}" if settings.mail_host else "printed on the console")
    free = shutil.disk_usage(settings.instance).free // 2**20
    yield Finding("disk", free >= FREE_MB_MIN, f"{free} MB free")


def _tried(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except Exception as error:
        return Finding(what, False, f"{type(error).__name__}")


def _reach(state: State) -> str:
    with transaction(state.engine, write=False) as db:
        db.execute(text("SELECT 1"))
    return state.engine.dialect.name


def _complete(state: State) -> str:
    missing = migrate.differences(state.engine)
    if missing:
        raise LookupError(f"{len(missing)} differences")
    return "up to date"


def _box(state: State) -> str:
    folder = state.box_path.parent
    if not os.access(folder, os.W_OK):
        raise PermissionError(folder)
    return str(state.box_path)
