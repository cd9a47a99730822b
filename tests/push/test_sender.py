"""The sender against a push service on loopback: what arrives, what is never done, and what each answer means."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api import clock
from api.push import message, vapid
from api.push.outcome import Outcome
from api.push.parcel import Parcel
from api.push.sender import Sender
from tests.fakes.push_service import BrowserKeys, PushService

ORIGIN = "https://handrail.example.org"
SUBJECT = "mailto:operator@hospital.example"
FOLDER = tempfile.TemporaryDirectory()
RING = vapid.Ring(Path(FOLDER.name))
NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService() as held:
        yield held


@pytest.fixture(autouse=True)
def _stopped_clock() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def browser() -> BrowserKeys:
    return BrowserKeys()


@pytest.fixture
def parcel(service: PushService, browser: BrowserKeys) -> Parcel:
    return Parcel(
        attempt_id="a",
        prompt_id="3f1c2f6e-0000-4000-8000-000000000001",
        device_id="d",
        endpoint=service.endpoint(),
        origin=service.origin,
        topic="T" * 32,
        until=NOON + timedelta(hours=2),
        **browser.wire,
    )


@pytest.fixture
def send(service: PushService) -> Callable[..., Outcome]:
    def run(*parcels: Parcel, timeout_s: float = 5, test_origin: str | None = None) -> Outcome:
        async def all_of_them() -> Outcome:
            async with Sender(RING, SUBJECT, ORIGIN, timeout_s, test_origin or service.origin) as sender:
                for parcel in parcels:
                    last = await sender.send(parcel, NOON)
            return last

        return asyncio.run(all_of_them())

    return run


def changed(parcel: Parcel, **changes: Any) -> Parcel:
    return dataclasses.replace(parcel, **changes)


def test_a_phone_can_open_what_was_sent(
    service: PushService, browser: BrowserKeys, parcel: Parcel, send: Callable[..., Outcome]
) -> None:
    assert send(parcel) == Outcome("accepted", 201)
    plain = browser.open(service.received[0].body)
    told = json.loads(plain)
    assert told == {
        "web_push": 8030,
        "notification": {
            "title": "A 20-second check-in is ready",
            "lang": "en",
            "navigate": f"{ORIGIN}/c/{parcel.prompt_id}",
            "tag": parcel.topic,
            "data": {"v": 1, "prompt": parcel.prompt_id},
        },
    }
    assert len(plain) % 256 == 0
    assert len(plain) <= 3000


def test_the_headers_say_how_long_how_urgent_and_which_one(
    service: PushService, parcel: Parcel, send: Callable[..., Outcome]
) -> None:
    send(parcel)
    headers = service.received[0].headers
    assert (headers["ttl"], headers["urgency"], headers["topic"]) == ("7200", "high", parcel.topic)
    assert headers["content-encoding"] == "aes128gcm"
    assert "cookie" not in headers


def test_the_signature_names_the_service_the_sender_and_half_a_day(
    service: PushService, parcel: Parcel, send: Callable[..., Outcome]
) -> None:
    send(parcel)
    claims, key = service.received[0].vapid()
    assert claims == {"aud": service.origin, "exp": int((NOON + timedelta(hours=12)).timestamp()), "sub": SUBJECT}
    assert key == RING.current


def test_each_service_gets_a_signature_of_its_own_and_keeps_it_half_its_life() -> None:
    signer = vapid.Signer(vapid.private_key(vapid.make_key()), SUBJECT)
    first = signer.header("https://one.example", NOON)
    assert signer.header("https://two.example", NOON) != first
    assert signer.header("https://one.example", NOON + timedelta(hours=5)) == first
    assert signer.header("https://one.example", NOON + timedelta(hours=7)) != first
    assert signer.header("https://one.example", NOON - timedelta(hours=1)) != first


def test_a_demos_clock_never_reaches_a_push_service(
    service: PushService, parcel: Parcel, send: Callable[..., Outcome], tmp_path: Path
) -> None:
    clock.set_offset(tmp_path / "clock", 7 * 86_400)
    with clock.frozen(datetime.now(UTC) + timedelta(days=7)):
        clock.follow(tmp_path / "clock")
        send(changed(parcel, until=NOON + timedelta(hours=2)))
    claims, _ = service.received[0].vapid()
    assert abs(claims["exp"] - time.time() - 12 * 3600) < 60


def test_two_sends_share_no_key_and_no_salt(service: PushService, parcel: Parcel, send: Callable[..., Outcome]) -> None:
    send(parcel, parcel)
    first, second = (received.body for received in service.received)
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (200, {}, Outcome("accepted", 200)),
        (201, {}, Outcome("accepted", 201)),
        (202, {}, Outcome("accepted", 202)),
        (204, {}, Outcome("accepted", 204)),
        (404, {}, Outcome("gone", 404)),
        (410, {}, Outcome("gone", 410)),
        (429, {"Retry_After": "7"}, Outcome("wait", 429, timedelta(seconds=7))),
        (503, {"Retry_After": "Thu, 19 Nov 2026 12:02:00 GMT"}, Outcome("wait", 503, timedelta(minutes=2))),
        (503, {}, Outcome("wait", 503, timedelta(seconds=60))),
        (429, {"Retry_After": "soon"}, Outcome("wait", 429, timedelta(seconds=60))),
        (429, {"Retry_After": "-5"}, Outcome("wait", 429, timedelta(seconds=60))),
        (429, {"Retry_After": "9" * 400}, Outcome("wait", 429, timedelta(days=1))),
        (400, {}, Outcome("refused", 400)),
        (401, {}, Outcome("refused", 401)),
        (403, {}, Outcome("refused", 403)),
        (413, {}, Outcome("too_big", 413)),
        (500, {}, Outcome("unknown", 500)),
        (502, {}, Outcome("unknown", 502)),
        (504, {}, Outcome("unknown", 504)),
        (418, {}, Outcome("unknown", 418)),
    ],
)
def test_every_answer_has_one_meaning(
    service: PushService,
    parcel: Parcel,
    send: Callable[..., Outcome],
    status: int,
    headers: dict[str, str],
    expected: Outcome,
) -> None:
    service.tell(status, body=b"" if status == 204 else b"a private reason", **headers)
    assert send(parcel) == expected


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(
    service: PushService, parcel: Parcel, send: Callable[..., Outcome], status: int
) -> None:
    service.tell(status, Location=f"{service.origin}/push/elsewhere")
    assert send(parcel) == Outcome("unknown", status)
    assert [received.token for received in service.received] == ["phone"]
    assert service.gets == 0


def test_a_service_that_hangs_is_given_up_in_time(
    service: PushService, parcel: Parcel, send: Callable[..., Outcome]
) -> None:
    service.tell(201, delay_s=1.5)
    assert send(parcel, timeout_s=0.2) == Outcome("unknown")


def test_a_service_that_is_not_there_is_no_error(parcel: Parcel, send: Callable[..., Outcome]) -> None:
    closed = changed(parcel, endpoint="http://127.0.0.1:9/push/phone", origin="http://127.0.0.1:9")
    assert send(closed, test_origin="http://127.0.0.1:9") == Outcome("unknown")


def test_an_endless_header_is_no_error(service: PushService, parcel: Parcel, send: Callable[..., Outcome]) -> None:
    service.tell(201, X_Long="x" * 50_000)
    assert send(parcel) == Outcome("unknown")


def test_no_proxy_of_the_environment_is_used(
    service: PushService, parcel: Parcel, send: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert send(parcel).kind == "accepted"


def test_nothing_is_sent_in_the_last_minute(service: PushService, parcel: Parcel, send: Callable[..., Outcome]) -> None:
    assert send(changed(parcel, until=NOON + timedelta(seconds=59))) == Outcome("unknown")
    assert service.received == []


def test_a_service_keeps_a_message_for_a_minute_at_least_and_a_day_at_most() -> None:
    assert [message.ttl_s(left) for left in (-5, 0, 60, 7200.9, 10**7)] == [60, 60, 60, 7200, 86_400]


def test_a_message_over_the_limit_is_refused_before_it_is_sent(
    service: PushService, parcel: Parcel, send: Callable[..., Outcome]
) -> None:
    assert send(changed(parcel, prompt_id="x" * 3000)) == Outcome("too_big")
    assert service.received == []
    with pytest.raises(ValueError, match="over the limit"):
        message.padded(b"x" * 2900)


@pytest.mark.parametrize(
    "keys",
    [
        {"p256dh": "BA"},
        {"p256dh": "B" + "A" * 86},
        {"p256dh": ""},
        {"p256dh": "not base64 at all"},
        {"auth": "%%%"},
    ],
)
def test_keys_that_are_no_keys_are_blocked_without_an_error(
    service: PushService, parcel: Parcel, send: Callable[..., Outcome], keys: dict[str, str]
) -> None:
    assert send(changed(parcel, **keys)) == Outcome("blocked")
    assert service.received == []


def test_the_parcel_never_tells_its_endpoint_or_keys(parcel: Parcel) -> None:
    assert parcel.endpoint not in repr(parcel)
    assert parcel.auth not in repr(parcel)
