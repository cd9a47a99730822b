"""A feed over https: only from a server that proves its name, and never longer than its time."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from api.shifts import feed
from api.shifts.feed import fetch
from api.shifts.trouble import CalendarTrouble
from tests.fakes.feed_server import FeedServer, Told


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, signed by itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = folder / "server.pem"
    file.write_bytes(key.private_bytes(*form) + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FeedServer]:
    with FeedServer(certificate(tmp_path)) as running:
        running.told["/a.ics"] = Told(b"BEGIN")
        yield running


def refused(url: str, test_origin: str) -> str:
    with pytest.raises(CalendarTrouble) as caught:
        fetch(url, None, None, test_origin)
    return caught.value.reason


def test_a_server_that_cannot_prove_its_name_is_told_nothing(server: FeedServer) -> None:
    assert refused(f"{server.origin}/a.ics", server.origin) == "no_answer"
    assert server.asked == []


def test_a_server_that_proves_its_name_is_read(
    server: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = ssl.create_default_context

    def trusting(**_: Any) -> ssl.SSLContext:
        return usual(cafile=str(tmp_path / "server.pem"))

    monkeypatch.setattr(feed.ssl, "create_default_context", trusting)
    assert fetch(f"{server.origin}/a.ics", None, None, server.origin).body == b"BEGIN"


def test_a_server_that_never_shakes_hands_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "TOTAL_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        origin = f"https://127.0.0.1:{mute.getsockname()[1]}"
        began = time.monotonic()
        assert refused(f"{origin}/a.ics", origin) == "no_answer"
        assert time.monotonic() - began < 3
