"""A strict push service on loopback for both browsers: no outside network, no accounts."""

import asyncio
import datetime
import ipaddress
import secrets
import ssl
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.journeys.desk.autopush import FirefoxLine
from tests.journeys.desk.fcm import ChromiumLine, registration_routes
from tests.journeys.desk.intake import Refused, message_from
from tests.journeys.desk.mail import PostOffice


class PushService:
    """`port` takes messages and Firefox's sockets, `delivery_port` Chromium's TLS connections; both are free ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.office = PostOffice()
        self.port = self.delivery_port = 0
        self.origin = ""

    async def start(self) -> None:
        app = web.Application(client_max_size=1 << 20)
        app.add_routes(
            [
                web.get("/", self._socket),
                web.post("/wpush/v2/{token}", self._post),
                web.post("/fcm/send/{token}", self._post),
                web.post("/wp/{token}", self._post),
                *registration_routes(self.office),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.origin = f"http://127.0.0.1:{self.port}"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self_signed(self.folder))
        self._delivery = await asyncio.start_server(self._chromium, "127.0.0.1", 0, ssl=context)
        self.delivery_port = self._delivery.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        for line in list(self.office.lines.values()):
            await line.hang_up()
        self._delivery.close()
        await self._runner.cleanup()

    async def drop_lines(self) -> None:
        """Cut every browser's connection, as a tunnel does."""
        for line in list(self.office.lines.values()):
            await line.hang_up()

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        return await FirefoxLine(self.office, self.origin).serve(request)

    async def _chromium(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ChromiumLine(self.office, reader, writer).serve()

    async def _post(self, request: web.Request) -> web.Response:
        body = await request.read()
        subscription = self.office.subscriptions.get(request.match_info["token"])
        try:
            message, owner = message_from(request, body, subscription, self.origin, secrets.token_hex(16))
        except Refused as refusal:
            self.office.refused.append((refusal.status, refusal.reason))
            return web.json_response({"reason": refusal.reason}, status=refusal.status)
        await self.office.post(message, owner)
        return web.Response(
            status=201, headers={"Location": f"{self.origin}/m/{message.version}", "TTL": str(message.ttl)}
        )


def self_signed(folder: Path) -> Path:
    """Key and certificate of the delivery port in one file only we can read."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "delivery.pem"
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
