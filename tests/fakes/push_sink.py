"""A push service that takes everything, over TLS on loopback, as a process of its own: `with Sink() as sink`.

It reads each request off kept-alive connections and answers 201, as RFC 8030 says, and does as little else as it can,
so that a bench measures who sends. A path that begins with /hang is read and never answered.
"""

from __future__ import annotations

import ipaddress
import ssl
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SINK = """
import asyncio, ssl, sys

class Sink(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.held = transport, b''

    def data_received(self, data):
        self.held += data
        while (end := self.held.find(b'\\r\\n\\r\\n')) >= 0:
            head = self.held[:end].lower()
            start = head.index(b'content-length:') + 15
            whole = end + 4 + int(head[start:].split(b'\\r\\n', 1)[0])
            if len(self.held) < whole:
                return
            hangs = self.held.startswith(b'POST /hang')
            self.held = self.held[whole:]
            if not hangs:
                self.transport.write(b'HTTP/1.1 201 Created\\r\\nLocation: /m/1\\r\\nContent-Length: 0\\r\\n\\r\\n')

async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1])
    server = await asyncio.get_running_loop().create_server(Sink, '127.0.0.1', 0, ssl=context, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


class Sink:
    """`origin` is where it listens, `certificate` the PEM file to trust, `tls` a client's context that does."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="handrail-sink-")
        both, self.certificate = Path(self._folder.name, "both.pem"), Path(self._folder.name, "certificate.pem")
        certificate, key = _certificate()
        both.write_bytes(key + certificate)
        self.certificate.write_bytes(certificate)
        command = [sys.executable, "-c", SINK, str(both)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.origin = f"https://127.0.0.1:{int(self._process.stdout.readline())}"
        self.tls = ssl.create_default_context(cafile=str(self.certificate))
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()


def _certificate() -> tuple[bytes, bytes]:
    """A certificate for 127.0.0.1 that signs itself, and its key, both PEM."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a push service on loopback")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return made.public_bytes(serialization.Encoding.PEM), pem
