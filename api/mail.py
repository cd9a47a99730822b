"""Mail: printed on the console until an SMTP server is set, sent through it afterwards.

A mail never says more than a push would: it carries a code or an invitation, and nothing about a check-in.
"""

from __future__ import annotations

import smtplib
import ssl
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from queue import Queue
from threading import Thread
from typing import Protocol, TextIO

import structlog

from api.config import Settings

log = structlog.get_logger()

SMTP_TIMEOUT_S = 15


@dataclass(frozen=True)
class Letter:
    """One mail to one person, plain text; `headers` are further ones, by name."""

    to: str
    subject: str
    text: str
    headers: tuple[tuple[str, str], ...] = ()


class Mail(Protocol):
    def send(self, letter: Letter) -> None:
        """Take the letter. It is not promised to arrive: whoever waits for a code can ask for another."""

    def post(self, letter: Letter) -> bool:
        """Deliver the letter now, and tell whether it was taken. For the worker, which may wait."""

    def wait(self) -> None:
        """Return when every letter taken so far was tried. A command calls it before it ends."""


class ConsoleMail:
    """Prints letters, so that a fresh instance works before anybody set up SMTP."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out

    def send(self, letter: Letter) -> None:
        out = self.out or sys.stdout
        print(f"\n--- mail to {letter.to}: {letter.subject}\n{letter.text}\n---", file=out, flush=True)

    def post(self, letter: Letter) -> bool:
        self.send(letter)
        return True

    def wait(self) -> None:
        """Printing does not wait for anybody."""


class SmtpMail:
    """Sends letters through the operator's SMTP server, over TLS unless told otherwise.

    `send` only hands the letter to a thread: an answer that waited for the mail server would tell, by its time, which
    addresses have an account.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._posted: Queue[Letter] = Queue()
        Thread(target=self._deliver_all, daemon=True).start()

    def send(self, letter: Letter) -> None:
        self._posted.put(letter)

    def wait(self) -> None:
        self._posted.join()

    def _deliver_all(self) -> None:
        while True:
            letter = self._posted.get()
            try:
                self.post(letter)
            finally:
                self._posted.task_done()

    def post(self, letter: Letter) -> bool:
        taken = False
        try:
            with smtplib.SMTP(self.settings.mail_host or "", self.settings.mail_port, timeout=SMTP_TIMEOUT_S) as server:
                if self.settings.mail_starttls:
                    server.starttls(context=ssl.create_default_context())
                if self.settings.mail_user:
                    server.login(self.settings.mail_user, self.settings.mail_password or "")
                server.send_message(self._message(letter))
                # What goes wrong from here on is the farewell; the letter is theirs.
                taken = True
        except (OSError, ValueError, smtplib.SMTPException) as error:
            # The address is left out on purpose: logs hold no names and no addresses.
            if not taken:
                log.error("mail_not_sent", kind=type(error).__name__)
        return taken

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.settings.mail_from
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = formatdate(localtime=False)
        message["Message-ID"] = make_msgid(domain="handrail.invalid")
        message["Auto-Submitted"] = "auto-generated"
        for name, value in letter.headers:
            message[name] = value
        message.set_content(letter.text)
        return message


def mail_for(settings: Settings) -> Mail:
    return SmtpMail(settings) if settings.mail_host else ConsoleMail()
