"""Files and headers: the built app under every page address, static/ by hand, and the security headers."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, request, send_from_directory
from werkzeug.exceptions import NotFound
from werkzeug.routing import PathConverter

from api.auth import Caller
from api.config import Settings
from api.http import declared
from api.state import EXTENSION

HERE = Path(__file__).resolve().parent
# Beside the package in a checkout, inside it when it was installed as a wheel.
STATIC = HERE / "_static" if (HERE / "_static").is_dir() else HERE.parent / "static"
APP = STATIC / "app"
YEAR_S = 31_536_000
# Tells the page not to bring back what was switched off.
WORKER_OFF = b'<meta name="worker" content="off" />'


class PageConverter(PathConverter):
    """The address of a page: anything that is not below the API, the box or a folder of files."""

    regex = r"(?!(?:api|box|assets|icons|fonts|screenshots)(?:/|$))[^/].*?"


pages = Blueprint("pages", __name__)


@pages.get("/assets/<path:name>")
@declared(Caller.ANYONE)
def asset(name: str) -> Response:
    """A build file; its name carries a hash of its content, so it may be kept for a year.

    A page of an earlier release that is still open gets that release's file.
    """
    try:
        response = send_from_directory(APP / "assets", name)
    except NotFound:
        response = send_from_directory(_settings().earlier_assets, name)
    response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    return response


@pages.get("/<any(icons, fonts, screenshots):folder>/<path:name>")
@declared(Caller.ANYONE)
def by_hand(folder: str, name: str) -> Response:
    response = send_from_directory(STATIC / folder, name)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@pages.get("/sw.js")
@declared(Caller.ANYONE)
def service_worker() -> Response:
    """The app's worker; while it is switched off, one that takes itself and the other away."""
    return _fresh(APP, "sw.js") if _settings().phone_worker else _fresh(STATIC, "worker-off.js")


@pages.get("/manifest.webmanifest")
@declared(Caller.ANYONE)
def manifest() -> Response:
    response = _fresh(STATIC, "manifest.webmanifest")
    response.mimetype = "application/manifest+json"
    return response


@pages.get("/favicon.ico")
@declared(Caller.ANYONE)
def favicon() -> Response:
    return by_hand("icons", "icon-192.png")  # type: ignore[no-any-return]


@pages.get("/", defaults={"path": ""})
@pages.get("/<page:path>")
@declared(Caller.ANYONE)
def page(path: str) -> Response:
    """Every page address answers with the same app, which knows its own pages."""
    if _settings().phone_worker:
        return _fresh(APP, "index.html")
    # Made anew each time: a browser that kept the other page must not hear that nothing changed.
    text = (APP / "index.html").read_bytes().replace(b"</head>", WORKER_OFF + b"</head>")
    return Response(text, mimetype="text/html", headers={"Cache-Control": "no-store"})


def _settings() -> Settings:
    settings: Settings = current_app.extensions[EXTENSION].settings
    return settings


def _fresh(folder: Path, name: str) -> Response:
    response = send_from_directory(folder, name)
    response.headers["Cache-Control"] = "no-cache"
    return response


def content_security_policy() -> str:
    """No inline, no third party; scripts only through Trusted Types."""
    own = ("script-src", "style-src", "img-src", "font-src", "connect-src", "worker-src", "manifest-src")
    return "; ".join(
        [
            "default-src 'none'",
            *(f"{directive} 'self'" for directive in own),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types handrail",
        ]
    )


def install(app: Flask, settings: Settings) -> None:
    """Serve the pages and put the security headers on every answer."""
    app.url_map.converters["page"] = PageConverter
    app.register_blueprint(pages)
    policy = content_security_policy()

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        if settings.https:
            headers["Strict-Transport-Security"] = f"max-age={2 * YEAR_S}; includeSubDomains"
        if request.path.startswith("/api/"):
            headers["Cache-Control"] = "no-store"
        return response


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host and to https; plain http exists on this machine only."""
    port = urlsplit(settings.origin).port
    return "__Host-handrail" if settings.https else f"handrail-{port or 80}"
