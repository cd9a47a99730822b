"""Handrail's server. `create_app` is a table of contents; the logic lives in the rooms."""

from __future__ import annotations

import importlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from api import auth, config, http, web
from api.problems import Problem
from api.state import EXTENSION, State, open_state

ROOMS = ("people", "library", "shifts", "prompts", "push", "pulse", "sync")

OPENAPI: dict[str, Any] = {
    "API_TITLE": "Handrail",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "components": {
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "handrail"},
                "device": {"type": "apiKey", "in": "header", "name": "Authorization"},
            }
        }
    },
}


def create_app(settings: config.Settings | None = None, state: State | None = None) -> Flask:
    """The web application of one instance. Settings come from the environment unless given."""
    held = state or open_state(settings or config.read())
    app = Flask("api", static_folder=None)
    app.config.from_mapping(
        OPENAPI,
        SECRET_KEY=held.session_secret,
        SESSION_COOKIE_NAME=web.cookie_name(held.settings),
        SESSION_COOKIE_SECURE=held.settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=held.settings.session_d),
    )
    app.extensions[EXTENSION] = held
    auth.install(app)
    api = http.ProblemApi(app)
    for blp in blueprints(held.settings.demo):
        api.register_blueprint(blp)
    app.register_error_handler(Problem, http.answer)
    app.register_error_handler(Exception, http.broken)
    web.install(app, held.settings)
    http.refuse_undeclared(app)
    return app


def blueprints(demo: bool) -> list[Any]:
    """Every room's routes; the demo's own exist in a demo instance only."""
    rooms = (*ROOMS, "demo") if demo else ROOMS
    here = Path(__file__).parent
    return [importlib.import_module(f"api.{room}.routes").blp for room in rooms if (here / room / "routes.py").exists()]
