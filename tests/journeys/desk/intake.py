"""The application server's side of the push service: RFC 8030 with the checks strict real services make.

RFC 8030 (TTL, Topic, Urgency), 8188 and 8291 (one encrypted record), 8292 (VAPID), and Apple's rules about `sub`.
"""

import base64
import json
import re
import time
from typing import Any

from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.journeys.desk.mail import Message, Subscription

MAX_BODY = 4096  # A service must accept at least this many octets (RFC 8030, 7.2); most accept no more.
MAX_TOKEN_LIFE_S = 24 * 3600
TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
URGENCIES = {"very-low", "low", "normal", "high"}
SUBJECT = re.compile(r"mailto:[^\s<>@]+@[^\s<>@]+\.[A-Za-z]{2,}|https://[^\s/]+\.[^\s]+")


class Refused(Exception):
    """The service says no, with the status a real one uses."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


def message_from(
    request: web.Request, body: bytes, subscription: Subscription | None, origin: str, version: str
) -> tuple[Message, Subscription]:
    """The message in this request, checked from its headers to its signature. Raises Refused."""
    if subscription is None:
        raise Refused(404, "unknown subscription")
    if subscription.gone:
        raise Refused(410, "unsubscribed")
    ttl = request.headers.get("TTL", "")
    if not re.fullmatch(r"\d{1,10}", ttl):
        raise Refused(400, "TTL is required")
    topic, urgency = request.headers.get("Topic"), request.headers.get("Urgency", "normal")
    if topic is not None and not TOPIC.fullmatch(topic):
        raise Refused(400, "a topic has at most 32 base64url characters")
    if urgency not in URGENCIES:
        raise Refused(400, "unknown urgency")
    _check_body(request, body)
    claims = _vapid_claims(request.headers.get("Authorization", ""), subscription, origin)
    return Message(
        version=version,
        browser=subscription.browser,
        channel=subscription.channel,
        ttl=int(ttl),
        topic=topic,
        urgency=urgency,
        body=body,
        claims=claims,
    ), subscription


def unb64u(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _check_body(request: web.Request, body: bytes) -> None:
    if len(body) > MAX_BODY:
        raise Refused(413, f"{len(body)} bytes are more than {MAX_BODY}")
    if not body:
        return
    if request.headers.get("Content-Encoding") != "aes128gcm":
        raise Refused(415, "the encoding must be aes128gcm")
    if len(body) < 86 + 17 or body[20] != 65:
        raise Refused(400, "not an encrypted body of RFC 8291")
    if len(body) - 86 > int.from_bytes(body[16:20], "big"):
        raise Refused(400, "more than one record")


def _vapid_claims(header: str, subscription: Subscription, origin: str) -> dict[str, Any] | None:
    """The signed claims; None where neither the request nor the subscription names a key."""
    if not header:
        if subscription.key:
            raise Refused(401, "this subscription belongs to a key")
        return None
    claims, point = _verified(header)
    if claims.get("aud") != origin:
        raise Refused(403, f"aud is {claims.get('aud')!r}, this is {origin!r}")
    life = claims.get("exp", 0) - time.time()
    if not 0 <= life <= MAX_TOKEN_LIFE_S + 60:
        raise Refused(403, "exp is past or more than 24 h ahead")
    if not SUBJECT.fullmatch(str(claims.get("sub"))):
        raise Refused(403, f"sub {claims.get('sub')!r} names no way to reach the sender")
    if subscription.key and unb64u(subscription.key.rstrip("=")) != point:
        raise Refused(403, "not the key this subscription was made with")
    return claims


def _verified(header: str) -> tuple[dict[str, Any], bytes]:
    scheme, _, rest = header.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
    try:
        head, body, signature = parts["t"].split(".")
        raw, point = unb64u(signature), unb64u(parts["k"])
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        kind, claims = json.loads(unb64u(head)), json.loads(unb64u(body))
    except (KeyError, ValueError) as error:
        raise Refused(401, "unreadable VAPID header") from error
    if scheme.lower() != "vapid" or kind.get("alg") != "ES256" or len(raw) != 64:
        raise Refused(401, "VAPID wants ES256")
    pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    try:
        key.verify(pair, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise Refused(403, "bad signature") from error
    return claims, point
