"""The box over HTTP: what it refuses, what it answers, and what it never sends."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from api.pulse import client
from api.pulse.box import create_box
from api.pulse.box.limiter import Limiter
from api.pulse.box.routes import Box
from tests.pulse.tokens import box_key, token

KEY_ID = box_key().key_id


@pytest.fixture
def box(tmp_path: Path) -> Box:
    made = create_box(tmp_path / "box.sqlite")
    made.store.announce(box_key())
    made.store.open(KEY_ID)
    return made


@pytest.fixture
def phone(box: Box) -> Client:
    # Without a jar: werkzeug's would take the place of a Cookie header that a test sends.
    return Client(box, use_cookies=False)


def put(phone: Client, body: bytes, **headers: str) -> TestResponse:
    return phone.put("/sheets", data=body, headers=headers, content_type="application/json")


def code(response: TestResponse) -> tuple[int, str]:
    assert response.content_type == "application/problem+json"
    body = json.loads(response.get_data())
    assert {"type", "title", "status", "detail", "code"} <= set(body)
    assert body["status"] == response.status_code
    return response.status_code, body["code"]


def test_a_sheet_goes_in_and_its_counter_comes_back(phone: Client) -> None:
    mine = token()
    answer = put(phone, client.body(mine, client.sheet(7, {"P10": [3]})), **{"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.json) == (200, {"counter": 7, "withdrawn": False})
    assert put(phone, client.body(mine, client.withdrawal(9))).json == {"counter": 9, "withdrawn": True}
    stale = put(phone, client.body(mine, client.sheet(8, {})))
    assert code(stale) == (409, "stale_sheet")
    assert json.loads(stale.get_data())["counter"] == 9


@pytest.mark.parametrize("path", ["/keys", "/releases", "/sheets", "/nowhere"])
@pytest.mark.parametrize("header", ["Cookie", "Authorization", "Proxy-Authorization"])
def test_a_request_that_carries_a_credential_is_refused_before_anything_else(
    phone: Client, path: str, header: str
) -> None:
    assert code(phone.get(path, headers={header: "x=1"})) == (400, "not_anonymous")


def test_no_answer_sets_a_cookie_a_date_or_a_server_and_none_may_be_stored(phone: Client) -> None:
    answers = [phone.get("/keys"), phone.get("/releases"), phone.get("/nowhere"), put(phone, b"{}")]
    answers.append(put(phone, client.body(token(), client.sheet(1, {}))))
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert not {"Set-Cookie", "Date", "Server", "ETag", "Last-Modified"} & set(answer.headers.keys())


def test_everybody_gets_the_same_bytes(phone: Client) -> None:
    for path in ("/keys", "/releases"):
        first = phone.get(path, headers={"Accept-Language": "de"}, environ_base={"REMOTE_ADDR": "192.0.2.1"})
        second = phone.get(path, headers={"User-Agent": "x"}, environ_base={"REMOTE_ADDR": "192.0.2.2"})
        assert first.get_data() == second.get_data()
        assert list(first.headers) == list(second.headers)


def test_a_body_of_any_other_size_is_refused(phone: Client) -> None:
    body = client.body(token(), client.sheet(1, {}))
    assert code(put(phone, body[:-1])) == (400, "bad_request")
    assert code(put(phone, b"")) == (400, "bad_request")
    assert code(put(phone, body + b" ")) == (413, "too_large")
    assert code(put(phone, body * 1000)) == (413, "too_large")
    assert put(phone, body).status_code == 200


def padded(value: Any) -> bytes:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return text + b" " * (4096 - len(text))


def wild_bodies() -> list[bytes]:
    good = json.loads(client.body(token(), client.sheet(1, {})))
    bare = {**good, "pad": ""}
    return [
        padded(b"[" * 4096),
        padded(b'{"a":' * 800),
        padded(b"not json"),
        padded(b"\xff\xfe"),
        padded(b"null"),
        padded([]),
        padded({}),
        padded({**bare, "name": "Rita"}),
        padded({name: bare[name] for name in ("key_id", "nonce", "sig", "sheet")}),
        padded({**bare, "pad": None}),
        padded({**bare, "key_id": 5}),
        padded({**bare, "nonce": None}),
        padded({**bare, "sig": "*"}),
        padded({**bare, "sig": bare["sig"] + "="}),
        padded({**bare, "key_id": "\ud800"}),
        padded(json.dumps(bare).replace('"v": 1', '"v": 1, "v": 1').encode()),
        padded(json.dumps(bare).replace('"c": 1', '"c": NaN').encode()),
    ]


@pytest.mark.parametrize("number", range(len(wild_bodies())))
def test_a_body_that_cannot_be_read_is_refused(phone: Client, number: int) -> None:
    assert code(put(phone, wild_bodies()[number])) == (400, "bad_request")


def test_a_sheet_outside_the_shape_is_refused_with_its_reason(phone: Client) -> None:
    for a in ({"P10": [11]}, {"P10": [True]}, {"diary": ["dear"]}, {"P10": ["x" * 500]}):
        assert code(put(phone, client.body(token(), client.sheet(1, a)))) == (422, "bad_sheet")


def test_a_forged_token_and_an_unknown_key_are_refused(phone: Client) -> None:
    mine = token()
    forged = client.Token(mine.key_id, mine.nonce, bytes([mine.signature[0] ^ 1]) + mine.signature[1:])
    assert code(put(phone, client.body(forged, client.sheet(1, {})))) == (403, "bad_token")
    short = client.Token(mine.key_id, mine.nonce[:5], mine.signature)
    assert code(put(phone, client.body(short, client.sheet(1, {})))) == (403, "bad_token")
    stranger = client.Token(bytes(32), mine.nonce, mine.signature)
    assert code(put(phone, client.body(stranger, client.sheet(1, {})))) == (404, "unknown_key")


def test_only_json_is_read(phone: Client) -> None:
    body = client.body(token(), client.sheet(1, {}))
    assert code(phone.put("/sheets", data=body, content_type="text/plain")) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/keys", "GET, HEAD"),
        ("GET", "/sheets", "PUT"),
        ("OPTIONS", "/sheets", "PUT"),
        ("PUT", "/releases", "GET, HEAD"),
    ],
)
def test_another_method_is_told_which_are_allowed(phone: Client, method: str, path: str, allowed: str) -> None:
    answer = phone.open(path, method=method)
    assert code(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize("path", ["/", "/key", "/keys/", "/sheets/x", "/keys//", "/./keys", "/%00"])
def test_any_other_path_is_not_there(phone: Client, path: str) -> None:
    assert code(phone.get(path)) == (404, "not_found")


def test_a_caller_who_hammers_is_told_to_wait(tmp_path: Path) -> None:
    phone = Client(create_box(tmp_path / "box.sqlite", Limiter(per_second=0.2, burst=2)))
    assert [phone.get("/keys").status_code for _ in range(3)] == [200, 200, 429]
    answer = phone.get("/keys")
    assert code(answer) == (429, "too_many")
    assert 1 <= int(answer.headers["Retry-After"]) <= 5


def test_while_the_file_is_locked_phones_are_told_to_come_back(box: Box, phone: Client, tmp_path: Path) -> None:
    box.store.file._busy_s = 0.05
    mine = token()
    other = sqlite3.connect(tmp_path / "box.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    for answer in (phone.get("/keys"), phone.get("/releases"), put(phone, client.body(mine, client.sheet(1, {})))):
        assert code(answer) == (503, "unavailable")
        assert answer.headers["Retry-After"] == "2"
    other.close()
    assert put(phone, client.body(mine, client.sheet(1, {}))).status_code == 200


def test_an_error_of_our_own_tells_nothing_of_the_sheet(
    box: Box, phone: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*sent: Any) -> Any:
        raise RuntimeError(f"{sent}")

    box.store.put = broken  # type: ignore[method-assign]
    answer = put(phone, client.body(token(), client.sheet(1, {"P10": [3]})))
    assert code(answer) == (500, "internal")
    assert capfd.readouterr() == ("", "")


def test_mounted_below_another_application_it_has_the_same_paths(box: Box) -> None:
    def elsewhere(environ: Any, start: Any) -> Any:
        return Response("elsewhere", 418)(environ, start)

    house = Client(DispatcherMiddleware(elsewhere, {"/box": box}), use_cookies=False)
    assert house.get("/box/keys").get_json()["keys"][0]["block"] == box_key().block
    assert house.put(
        "/box/sheets", data=client.body(token(), client.sheet(1, {})), content_type="application/json"
    ).json
    assert code(house.get("/box")) == (404, "not_found")
    assert house.get("/keys").status_code == 418


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_HOST": "["},
        {"HTTP_HOST": "a b:c"},
        {"HTTP_HOST": ""},
        {"REMOTE_ADDR": "not an address"},
        {"PATH_INFO": "/\xff\xfe"},
        {"REQUEST_METHOD": "BREW"},
        {"QUERY_STRING": "\xff=%"},
        {"CONTENT_LENGTH": "x"},
        {"CONTENT_LENGTH": "-1"},
    ],
)
def test_no_strange_request_breaks_it(phone: Client, environ: dict[str, str]) -> None:
    for path, method in (("/keys", "GET"), ("/sheets", "PUT")):
        overrides = {"CONTENT_TYPE": "application/json", **environ}
        answer = phone.open(path, method=method, environ_overrides=overrides)
        assert answer.status_code < 500
