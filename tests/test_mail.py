"""Mail through a real SMTP server, and on the console until there is one."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from api import config, mail
from api.mail import Letter

LETTER = Letter("rita@hospital.example", "Your Handrail code", "Your code is 123456")


class Keeper:
    """What the server received, parsed."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        from email import message_from_bytes, policy

        content: bytes = envelope.content  # type: ignore[attr-defined]
        self.received.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        return "250 kept"


@pytest.fixture
def server() -> Iterator[Controller]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Keeper(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


def _settings(tmp_path: Path, port: int) -> config.Settings:
    return config.read(
        {
            "HANDRAIL_INSTANCE": str(tmp_path),
            "HANDRAIL_MAIL_HOST": "127.0.0.1",
            "HANDRAIL_MAIL_PORT": str(port),
            "HANDRAIL_MAIL_STARTTLS": "false",
            "HANDRAIL_MAIL_FROM": "Handrail <handrail@hospital.example>",
        }
    )


def test_a_letter_arrives_through_a_real_server(server: Controller, tmp_path: Path) -> None:
    post = mail.mail_for(_settings(tmp_path, server.port))
    assert isinstance(post, mail.SmtpMail)
    post.send(LETTER)
    post.wait()
    (received,) = server.handler.received
    assert received["To"] == "rita@hospital.example"
    assert received["From"] == "Handrail <handrail@hospital.example>"
    assert received["Auto-Submitted"] == "auto-generated"
    assert received.get_content().strip() == "Your code is 123456"


def test_a_dead_server_is_logged_without_the_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from api import logs

    logs.configure()
    post = mail.SmtpMail(_settings(tmp_path, 1))
    post.send(LETTER)
    post.wait()
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert [line["event"] for line in told] == ["mail_not_sent"]
    assert "rita" not in json.dumps(told)


def test_until_a_server_is_set_mail_is_printed(tmp_path: Path) -> None:
    out = io.StringIO()
    assert isinstance(mail.mail_for(config.read({"HANDRAIL_INSTANCE": str(tmp_path)})), mail.ConsoleMail)
    mail.ConsoleMail(out).send(LETTER)
    assert "rita@hospital.example" in out.getvalue()
    assert "123456" in out.getvalue()


def test_a_line_break_in_an_address_cannot_forge_a_header(server: Controller, tmp_path: Path) -> None:
    post = mail.SmtpMail(_settings(tmp_path, server.port))
    post.send(Letter("rita@hospital.example\nBcc: eva@hospital.example", "x", "y"))
    post.send(LETTER)
    post.wait()
    assert [message["To"] for message in server.handler.received] == ["rita@hospital.example"]
