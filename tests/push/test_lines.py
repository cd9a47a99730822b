"""The lines to a push service: kept alive when that is sure, closed when in doubt, and never in the way of others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from api.push.lines import Answer, Broken, Lines, Refused

REQUEST = b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
OK = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
Ask = Callable[[Lines, str], Coroutine[Any, Any, Any]]


class Wire:
    """A server that writes the given bytes to each request, in turn, and counts connections."""

    def __init__(self, *answers: bytes, closes: bool = False) -> None:
        self.answers, self.closes, self.connections = list(answers), closes, 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                for part in self.answers.pop(0).split(b"|"):
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0.01)
                if self.closes:
                    break
        except (asyncio.IncompleteReadError, ConnectionError, IndexError):
            pass
        writer.close()


def talk(wire: Wire, asks: Ask, allows: Callable[..., bool] = lambda *_: True) -> Any:
    async def both() -> Any:
        server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
        lines = Lines(allows)
        try:
            return await asks(lines, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        finally:
            lines.close()
            server.close()

    return asyncio.run(both())


def several(count: int) -> Ask:
    async def asks(lines: Lines, origin: str) -> list[Any]:
        found: list[Any] = []
        for _ in range(count):
            try:
                found.append((await lines.ask(origin, REQUEST, 5)).status)
            except (OSError, TimeoutError) as error:
                found.append(type(error))
            await asyncio.sleep(0.25)
        return found

    return asks


@pytest.mark.parametrize(
    ("answer", "connections"),
    [
        (OK, 1),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhe|llo", 1),
        (b"HTTP/1.1 2|01 Created\r\nContent-Len|gth: 0\r|\n\r|\n", 1),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 1),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, 1),
        (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n|" + OK, 1),
        (b"HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 3),
        (b"HTTP/1.0 201 Created\r\nContent-Length: 0\r\n\r\n", 3),
        (b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 3),
        (b"HTTP/1.1 201 Created\r\n\r\nno length", 3),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 999999999\r\n\r\n", 3),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nmore than that", 3),
        (OK + b"HTTP/1.1 410 Gone\r\n\r\n", 3),
    ],
)
def test_a_line_is_used_again_only_when_that_is_sure(answer: bytes, connections: int) -> None:
    wire = Wire(*[answer] * 3)
    assert talk(wire, several(3)) in ([201] * 3, [204] * 3)
    assert wire.connections == connections


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/2 201\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"x" * 40_000,
        b"HTTP/1.1 999999\r\n\r\n",
    ],
)
def test_what_is_not_http_is_no_answer(answer: bytes) -> None:
    assert talk(Wire(answer), several(1)) == [Broken]


def test_a_connection_that_ends_is_no_answer_and_the_next_send_takes_a_new_one() -> None:
    wire = Wire(b"", OK, closes=True)
    assert talk(wire, several(2)) == [Broken, 201]
    assert wire.connections == 2


def test_silence_ends_with_the_time_given_and_takes_the_line_with_it() -> None:
    async def asks(lines: Lines, origin: str) -> Any:
        with pytest.raises(TimeoutError):
            await lines.ask(origin, REQUEST, 0.2)
        return await lines.ask(origin, REQUEST, 5)

    class Hangs(Wire):
        async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if not self.connections:
                self.connections += 1
                await reader.read(10_000)
                await asyncio.sleep(0.4)
                writer.close()
            else:
                await super().serve(reader, writer)

    assert talk(Hangs(OK), asks) == Answer(201, None)


def test_a_retry_after_is_told() -> None:
    async def asks(lines: Lines, origin: str) -> Any:
        return await lines.ask(origin, REQUEST, 1)

    answer = b"HTTP/1.1 429 Busy\r\nretry-AFTER:  17 \r\nContent-Length: 0\r\n\r\n"
    assert talk(Wire(answer), asks) == Answer(429, "17")


def test_no_connection_is_made_to_an_address_that_is_not_allowed() -> None:
    wire = Wire(OK)
    assert talk(wire, several(1), allows=lambda *_: False) == [Refused]
    assert wire.connections == 0


def test_many_sends_at_once_share_a_handful_of_lines_afterwards() -> None:
    wire = Wire(*[OK] * 200)

    async def asks(lines: Lines, origin: str) -> int:
        for _ in range(5):
            await asyncio.gather(*(lines.ask(origin, REQUEST, 2) for _ in range(20)))
            await asyncio.sleep(0.05)
        return wire.connections

    assert talk(wire, asks) <= 40
