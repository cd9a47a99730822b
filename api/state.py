"""What a running process holds: settings, the database, mail, and the instance's secrets (made on first run)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app
from sqlalchemy import Engine

from api import clock, logs, mail
from api.config import Settings
from api.db import engine_for
from api.push.vapid import Ring
from api.secret_files import secret_file

EXTENSION = "handrail"


@dataclass(frozen=True)
class State:
    """Shared by every request of the web process, or by the worker; it holds nothing of one request."""

    settings: Settings
    engine: Engine
    mail: mail.Mail
    vapid: Ring
    session_secret: bytes = field(repr=False)
    key_encryption_key: bytes = field(repr=False)

    @property
    def vapid_public(self) -> str:
        """The key browsers subscribe with now: an uncompressed P-256 point, base64url without padding."""
        return self.vapid.current

    @property
    def box_path(self) -> Path:
        return self.settings.box_path


def open_state(settings: Settings) -> State:
    """Open an instance: its folder, its secrets, its database. Makes what is missing, and never replaces a key."""
    logs.configure(settings.log_level)
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    clock.follow(settings.demo_clock)
    return State(
        settings=settings,
        engine=engine_for(settings.database_url),
        mail=mail.mail_for(settings),
        vapid=Ring(settings.keys),
        session_secret=secret_file(settings.keys / "session", lambda: secrets.token_bytes(32)),
        key_encryption_key=secret_file(settings.keys / "block-kek", lambda: secrets.token_bytes(32)),
    )


def state() -> State:
    """The state of the application that serves the current request."""
    held: State = current_app.extensions[EXTENSION]
    return held
