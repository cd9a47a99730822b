"""Where a push may go: refused at intake, and refused again when something hostile stands in the table."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api import clock
from api.addresses import is_public, origin_of
from api.push import vapid
from api.push.endpoints import endpoint_trouble, key_troubles
from api.push.parcel import Parcel
from api.push.sender import Sender
from tests.fakes.push_service import BrowserKeys, PushService, b64
from tests.push.hostile import HOSTILE, PRIVATE_ADDRESSES, WELCOME

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
FOLDER = tempfile.TemporaryDirectory()
RING = vapid.Ring(Path(FOLDER.name))


def send(endpoint: str, origin: str, test_origin: str | None = None) -> str:
    async def once() -> str:
        async with Sender(RING, "mailto:a@b.example", "https://handrail.example.org", 5, test_origin) as sender:
            keys = BrowserKeys().wire
            parcel = Parcel(
                "a", "p", "d", endpoint, origin, keys["p256dh"], keys["auth"], "T", NOON + timedelta(hours=1)
            )
            return (await sender.send(parcel, NOON)).kind

    with clock.frozen(NOON):
        return asyncio.run(once())


def test_there_are_at_least_sixty_hostile_endpoints() -> None:
    assert len(set(HOSTILE)) >= 60


@pytest.mark.parametrize("endpoint", HOSTILE)
def test_a_hostile_endpoint_is_refused_at_intake(endpoint: str) -> None:
    assert endpoint_trouble(endpoint)
    assert endpoint_trouble(endpoint, "http://127.0.0.1:8765")


@pytest.mark.parametrize("endpoint", WELCOME)
def test_the_known_services_are_taken(endpoint: str) -> None:
    assert endpoint_trouble(endpoint) is None


def test_a_hostile_endpoint_that_got_into_the_table_is_never_connected_to(connects: list[Any]) -> None:
    assert {send(endpoint, "https://fcm.googleapis.com") for endpoint in HOSTILE} == {"blocked"}
    assert connects == []


def test_an_origin_that_is_not_its_endpoints_own_is_never_connected_to(connects: list[Any]) -> None:
    for origin in ("https://evil.example", "https://127.0.0.1", "https://169.254.169.254", "http://localhost:8000"):
        assert send("https://fcm.googleapis.com/fcm/send/1", origin) == "blocked"
    assert connects == []


def test_a_name_that_changes_its_address_is_looked_at_before_every_connection(
    connects: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """First public, then this machine: what was found good for one connection says nothing about the next."""
    looked = iter(["127.0.0.1", "10.0.0.1", "127.0.0.1"])

    def rebind(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(looked), 443))]

    monkeypatch.setattr(socket, "getaddrinfo", rebind)
    for _ in range(3):
        assert send("https://fcm.googleapis.com/fcm/send/1", "https://fcm.googleapis.com") == "blocked"
    assert connects == []


@pytest.mark.parametrize("address", PRIVATE_ADDRESSES)
def test_a_known_name_that_leads_to_a_private_address_is_never_connected_to(
    address: str, connects: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    place = (address, 443, 0, 0) if ":" in address else (address, 443)

    def lie(*_: Any, **__: Any) -> list[Any]:
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", place)]

    monkeypatch.setattr(socket, "getaddrinfo", lie)
    assert not is_public(address)
    assert send("https://fcm.googleapis.com/fcm/send/1", "https://fcm.googleapis.com") == "blocked"
    assert connects == []


def test_the_test_origin_opens_no_other_way_to_this_machine(
    connects: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with PushService() as service:
        port = int(service.origin.rpartition(":")[2])
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        )
        assert send("https://fcm.googleapis.com/1", "https://fcm.googleapis.com", service.origin) == "blocked"
        assert send(f"http://127.0.0.1:{port + 1}/1", service.origin, service.origin) == "blocked"
        assert send(f"http://localhost:{port}/1", service.origin, service.origin) == "blocked"
        assert connects == []
        assert send(service.endpoint(), service.origin, service.origin) == "accepted"
        assert len(connects) == 1


@pytest.mark.parametrize("address", ["8.8.8.8", "142.250.74.10", "2a00:1450:4001:813::200a"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


def test_an_origin_is_scheme_and_host_in_one_spelling() -> None:
    assert {origin_of(f"https://{host}/a") for host in ("FCM.googleapis.com", "fcm.googleapis.com:443")} == {
        "https://fcm.googleapis.com"
    }


def test_the_keys_of_a_browser_are_good_keys_padded_or_not() -> None:
    keys = BrowserKeys().wire
    assert key_troubles(keys["p256dh"], keys["auth"]) == {}
    assert key_troubles(keys["p256dh"] + "=", keys["auth"] + "==") == {}


@pytest.mark.parametrize(
    ("p256dh", "auth", "wrong"),
    [
        ("", "", {"p256dh", "auth"}),
        (b64(b"\x04" + b"\x05" * 64), None, {"p256dh"}),
        (b64(b"\x02" + b"\x05" * 32), None, {"p256dh"}),
        (b64(b"\x05" * 65), None, {"p256dh"}),
        (b64(b"\x04" * 66), None, {"p256dh"}),
        (b64(b"\x00" * 65), None, {"p256dh"}),
        (None, b64(b"x" * 15), {"auth"}),
        (None, b64(b"x" * 17), {"auth"}),
        (None, "a b c", {"auth"}),
        (None, "A", {"auth"}),
        (None, "é" * 22, {"auth"}),
    ],
)
def test_keys_that_are_no_keys_are_named(p256dh: str | None, auth: str | None, wrong: set[str]) -> None:
    good = BrowserKeys().wire
    troubles = key_troubles(good["p256dh"] if p256dh is None else p256dh, good["auth"] if auth is None else auth)
    assert set(troubles) == wrong
