"""Mail through a real SMTP server, and on the console until there is one."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from api import config, mail
from api.mail import Letter

LETTER = Letter("rita@hospital.example", "Your Handrail code", "Your code is 123456")


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


def test_a_letter_arrives_through_a_real_server(letter_box: Controller, tmp_path: Path) -> None:
    post = mail.mail_for(_settings(tmp_path, letter_box.port))
    assert isinstance(post, mail.SmtpMail)
    post.send(LETTER)
    post.wait()
    (received,) = letter_box.handler.received
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


def test_a_line_break_in_an_address_cannot_forge_a_header(letter_box: Controller, tmp_path: Path) -> None:
    post = mail.SmtpMail(_settings(tmp_path, letter_box.port))
    post.send(Letter("rita@hospital.example\nBcc: eva@hospital.example", "x", "y"))
    post.send(LETTER)
    post.wait()
    assert [message["To"] for message in letter_box.handler.received] == ["rita@hospital.example"]
