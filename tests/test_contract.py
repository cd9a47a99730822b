"""The wire contract holds: every declared route, fuzzed in each role, answers only as it says it does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from api import config, create_app
from api.contract import document
from api.migrate import upgrade
from api.pulse.box import create_box
from api.state import State, open_state
from tests.cast import Cast, assemble
from tests.client import JsonClient
from tests.conftest import signed_in_client

CONTRACT = document()
OPERATIONS = sorted(
    (method.upper(), path)
    for path, item in CONTRACT["paths"].items()
    for method in item
    if method in ("get", "put", "post", "delete", "patch")
)
SEED = int(os.environ.get("SEED", "1"))
EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "12"))
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ROLES = ("anyone", "rita", "cal", "ada")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, State, Cast]]:
    folder: Path = tmp_path_factory.mktemp("contract")
    held = open_state(config.read({"HANDRAIL_INSTANCE": str(folder), "HANDRAIL_ORIGIN": "http://localhost"}))
    upgrade(held.engine)
    yield create_app(state=held), held, assemble(held.engine)
    held.engine.dispose()


@pytest.fixture(scope="module")
def fuzzed(place: tuple[Flask, State, Cast]) -> Any:
    schema = schemathesis.openapi.from_dict(CONTRACT)
    schema.app = DispatcherMiddleware(place[0], {"/box": create_box(place[1].box_path)})
    return schema


KNOCKS = [(role, *one) for one in OPERATIONS for role in (ROLES if one[1].startswith("/api/") else ("anyone", "rita"))]


@pytest.mark.parametrize(("role", "method", "path"), KNOCKS)
def test_no_fuzzed_request_breaks_the_contract(
    place: tuple[Flask, State, Cast], fuzzed: Any, role: str, method: str, path: str
) -> None:
    app, held, cast = place
    browser = JsonClient(app.test_client()) if role == "anyone" else signed_in_client(app, held, getattr(cast, role))
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = browser.client.get_cookie(name)
    cookies = {name: cookie.value} if cookie else {}
    operation = fuzzed[path][method]

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @seed(SEED)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=False,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def knock(case: Any) -> None:
            response = case.call(headers={"Sec-Fetch-Site": "same-origin"}, cookies=cookies)
            case.validate_response(response, checks=CHECKS)

        try:
            knock()
        except Exception as error:
            if "Unsatisfiable" in type(error).__name__:
                continue
            raise


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_route_for_somebody_is_closed_to_nobody(place: tuple[Flask, State, Cast], method: str, path: str) -> None:
    told = CONTRACT["paths"][path][method.lower()]
    if not told.get("security"):
        return
    shown = path.replace("{device_id}", "6e2f3a0a-58f2-4a7c-8b0f-2a9d1f6f4c11").replace("{kind}", "recovery")
    refused = JsonClient(place[0].test_client()).send(method, shown, json={})
    assert (refused.status_code, refused.json["code"]) == (401, "signed_out")


def test_every_operation_says_which_caller_it_is_for() -> None:
    silent = [
        f"{method} {path}"
        for method, path in OPERATIONS
        if path.startswith("/api/") and "x-caller" not in CONTRACT["paths"][path][method.lower()]
    ]
    assert not silent
