"""Pushes the product itself would never send, to the phone it knows: sealed and signed as real ones are."""

import datetime
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pywebpush import WebPusher

from api.push.vapid import Signer, private_key
from tests.journeys.handrail import Handrail

SUBJECT = "mailto:operator@handrail.example"


@dataclass
class RawPush:
    """Sends to the one device that has a subscription on this instance."""

    product: Handrail

    def send(self, body: bytes | None) -> int:
        """Push this body as it is, or nothing at all when it is None; returns the push service's status."""
        [(endpoint, p256dh, auth)] = self.product.rows("SELECT endpoint, p256dh, auth FROM push_subscription")
        headers = {"TTL": "600", "Urgency": "high", "Authorization": self._signed(endpoint)}
        sealed = b""
        if body is not None:
            pusher = WebPusher({"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}})
            sealed = pusher.encode(body)["body"]
            headers |= {"Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream"}
        request = urllib.request.Request(endpoint, data=sealed, headers=headers, method="POST")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            return int(answer.status)

    def _signed(self, endpoint: str) -> str:
        parts = urlsplit(endpoint)
        keys = Path(self.product.env["HANDRAIL_INSTANCE"]) / "keys"
        signer = Signer(private_key((keys / "vapid.pem").read_bytes()), SUBJECT)
        return signer.header(f"{parts.scheme}://{parts.netloc}", datetime.datetime.now(datetime.UTC))
