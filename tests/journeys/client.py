"""A plain HTTP client with a cookie jar: what a program, not a browser, can do with the product."""

import json
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from typing import Any


class Refusal(AssertionError):
    """The product answered with a problem. `status` and `code` are its own."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.code = status, body.get("code")


class Client:
    """Sends what a same-origin page would send."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        # No proxy of this machine may stand between a test and the product.
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def get(self, path: str) -> Any:
        return self._ask("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._ask("POST", path, body)

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return self._ask("PUT", path, body)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": self.origin, "Content-Type": "application/json"}
        request = urllib.request.Request(
            self.origin + path, method=method, headers=headers, data=None if body is None else json.dumps(body).encode()
        )
        try:
            with self._opener.open(request, timeout=20) as answer:
                raw = answer.read()
        except urllib.error.HTTPError as error:
            raise Refusal(error.code, _object(error.read())) from None
        return json.loads(raw) if raw else None


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        return {"text": raw[:200].decode(errors="replace")}
    return found if isinstance(found, dict) else {"text": str(found)}
