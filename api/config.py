"""Settings, all from the environment (prefix HANDRAIL_), all checked at once.

A wrong value names itself, together with every other wrong one, and the process does not start. Units stand in the
names: _S seconds, _H hours, _D days, _MAX a count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from environs import Env, EnvValidationError, ValidationError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SettingsError(Exception):
    """One or more settings are wrong; `lines` says which and why, one line each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True)
class Settings:
    """What an instance was told. Paths are absolute; `database_url` is an SQLAlchemy URL."""

    instance: Path
    origin: str
    bind: str
    database_url: str
    box_path: Path
    demo: bool
    vapid_subject: str
    push_timeout_s: float
    push_test_origin: str | None
    phone_worker: bool
    feed_test_origin: str | None
    mail_host: str | None
    mail_port: int
    mail_user: str | None
    mail_password: str | None = field(repr=False)
    mail_from: str
    mail_starttls: bool
    block_grace_h: int
    release_hour: int
    residents_first_h: int
    session_d: int
    web_threads: int
    web_workers: int
    trusted_proxies: int
    log_level: str

    @property
    def https(self) -> bool:
        return self.origin.startswith("https://")

    @property
    def keys(self) -> Path:
        """The folder of secrets made on first run: session secret, VAPID key, key-encryption key."""
        return self.instance / "keys"

    @property
    def earlier_assets(self) -> Path:
        """The folder of files that open pages of earlier releases may still ask for."""
        return self.instance / "assets"

    @property
    def demo_clock(self) -> Path | None:
        """The file that holds the demo's offset in seconds; None outside a demo."""
        return self.instance / "demo-clock" if self.demo else None


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises SettingsError with every wrong variable named."""
    env = Env(eager=False, prefix="HANDRAIL_")
    if environ is not None:
        env = _Given(environ)
    instance = Path(env.str("INSTANCE", "instance")).absolute()
    settings = Settings(
        instance=instance,
        origin=env.str("ORIGIN", "http://localhost:8000", validate=_origin),
        bind=env.str("BIND", "127.0.0.1:8000", validate=_address),
        database_url=env.str("DATABASE_URL", f"sqlite:///{instance / 'handrail.sqlite'}", validate=_database),
        box_path=Path(env.str("BOX_PATH", str(instance / "box.sqlite"))).absolute(),
        demo=env.bool("DEMO", False),
        vapid_subject=env.str("VAPID_SUBJECT", "mailto:operator@handrail.example", validate=_subject),
        push_timeout_s=env.float("PUSH_TIMEOUT_S", 10.0, validate=_between(1, 60)),
        push_test_origin=env.str("PUSH_TEST_ORIGIN", None, validate=_loopback_origin),
        phone_worker=env.bool("WORKER", True),
        feed_test_origin=env.str("FEED_TEST_ORIGIN", None, validate=_loopback_origin),
        mail_host=env.str("MAIL_HOST", None),
        mail_port=env.int("MAIL_PORT", 587, validate=_between(1, 65535)),
        mail_user=env.str("MAIL_USER", None),
        mail_password=env.str("MAIL_PASSWORD", None),
        mail_from=env.str("MAIL_FROM", "Handrail <handrail@localhost>"),
        mail_starttls=env.bool("MAIL_STARTTLS", True),
        block_grace_h=env.int("BLOCK_GRACE_H", 72, validate=_between(0, 24 * 14)),
        release_hour=env.int("RELEASE_HOUR", 7, validate=_between(0, 23)),
        residents_first_h=env.int("RESIDENTS_FIRST_H", 24, validate=_between(1, 24 * 14)),
        session_d=env.int("SESSION_D", 180, validate=_between(1, 400)),
        web_threads=env.int("WEB_THREADS", 8, validate=_between(1, 128)),
        web_workers=env.int("WEB_WORKERS", 1, validate=_between(1, 64)),
        trusted_proxies=env.int("TRUSTED_PROXIES", 0, validate=_between(0, 5)),
        log_level=env.str("LOG_LEVEL", "info", validate=_level),
    )
    _refuse_wrong(env)
    return settings


class _Given(Env):
    """The same reader over a mapping instead of the process's environment, for tests and embedding."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(eager=False, prefix="HANDRAIL_")
        self._given = environ

    def _get_value(self, key: str, default: object) -> object:  # environs' own seam for reading one name
        return self._given.get(key, default)


def _refuse_wrong(env: Env) -> None:
    try:
        env.seal()
    except EnvValidationError as error:
        lines = []
        for name, reasons in sorted(_by_name(error).items()):
            said = reasons if isinstance(reasons, list) else [str(reasons)]
            lines += [f"{name}: {reason}" for reason in said]
        raise SettingsError(lines) from error


def _by_name(error: EnvValidationError) -> Mapping[str, list[str]]:
    told = error.error_messages
    return told if isinstance(told, Mapping) else {"HANDRAIL_?": list(told)}


def _parts(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise ValidationError("is not an address that can be read") from error
    return parts


def _address(value: str) -> None:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65_536:
        raise ValidationError("must be host:port, like 127.0.0.1:8000")


def _origin(value: str) -> None:
    parts = _parts(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.username:
        raise ValidationError("must be scheme and host only, like https://handrail.example.org")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValidationError("must be https, except on this machine itself")


def _loopback_origin(value: str | None) -> None:
    if value is not None and _parts(value).hostname not in LOOPBACK:
        raise ValidationError("is for tests and must stand on a loopback address")


def _database(value: str) -> None:
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValidationError("must start with sqlite:/// or postgresql+psycopg://")


def _subject(value: str) -> None:
    if not re.fullmatch(r"mailto:[^@\s]+@[^@\s]+\.[A-Za-z]{2,}|https://[^\s/]+\.[^\s]+", value):
        raise ValidationError("must be mailto:name@host.tld or an https address; push services refuse anything else")


def _level(value: str) -> None:
    if value not in ("debug", "info", "warning", "error"):
        raise ValidationError("must be debug, info, warning or error")


def _between(low: float, high: float) -> Callable[[float], None]:
    def check(value: float) -> None:
        if not low <= value <= high:
            raise ValidationError(f"must be between {low} and {high}")

    return check
