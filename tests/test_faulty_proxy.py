"""The misbehaving network of the sync tests does exactly what it is told, and nothing when it is told nothing."""

import http.client
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.fakes import faults
from tests.fakes.faulty_proxy import FaultyProxy


class Product(ThreadingHTTPServer):
    """Counts what it is asked and answers with that count."""

    def __init__(self) -> None:
        self.asked = 0
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Product)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        body = json.dumps({"asked": self.server.asked, "cookie": self.headers["Cookie"]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def product() -> Iterator[Product]:
    server = Product()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def network(product: Product) -> Iterator[FaultyProxy]:
    with FaultyProxy() as proxy:
        proxy.towards(product.server_port)
        yield proxy


def ask(network: FaultyProxy, body: bytes = b'{"ops": []}') -> tuple[int, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", network.port, timeout=10)
    line.request("POST", "/api/sync", body, {"Cookie": "a=1"})
    answer = line.getresponse()
    return answer.status, answer.read()


def test_what_no_rule_matches_passes_unchanged(network: FaultyProxy, product: Product) -> None:
    assert ask(network) == (200, b'{"asked": 1, "cookie": "a=1"}')
    assert [seen.phone == seen.product for seen in network.seen] == [True]


@pytest.mark.parametrize(("fault", "asked"), [(faults.lost_request, 0), (faults.lost_answer, 1)])
def test_a_lost_message_ends_the_line(fault: faults.Fault, asked: int, network: FaultyProxy, product: Product) -> None:
    rule = network.fail(fault, times=1)
    with pytest.raises((http.client.HTTPException, OSError)):
        ask(network)
    assert (product.asked, rule.met) == (asked, 1)
    assert ask(network)[0] == 200


def test_a_cut_answer_promises_more_than_comes(network: FaultyProxy) -> None:
    network.fail(faults.cut)
    with pytest.raises(http.client.IncompleteRead):
        ask(network)


def test_answers_that_are_not_the_products(network: FaultyProxy, product: Product) -> None:
    network.fail(faults.portal)
    assert b"<!doctype html>" in ask(network)[1]
    network.fail(faults.no_nonce)
    assert "nonce" not in json.loads(ask(network)[1])
    network.fail(faults.status(503, retry_after=7))
    assert ask(network)[0] == 503
    network.fail(faults.gateway(502))
    assert ask(network) == (502, b"<html><h1>502 Bad Gateway</h1></html>")
    assert product.asked == 0
    network.heal()
    assert ask(network)[0] == 200


def test_a_request_arrives_twice_now_and_once_more_later(network: FaultyProxy, product: Product) -> None:
    network.fail(faults.twice)
    assert json.loads(ask(network)[1])["asked"] == 2
    network.heal()
    assert network.replay(network.seen[0]).json()["asked"] == 3


def test_a_gate_holds_a_request_or_its_answer(network: FaultyProxy, product: Product) -> None:
    for after, before_release in ((False, 0), (True, 2)):
        gate = network.hold(after=after, ops=False)
        thread = threading.Thread(target=ask, args=(network,))
        thread.start()
        gate.wait()
        assert product.asked == before_release
        network.heal()
        thread.join(10)
        assert product.asked == (1 if not after else 2)


def test_a_rule_can_spare_the_exchanges_that_bring_nothing(network: FaultyProxy, product: Product) -> None:
    network.fail(faults.lost_request, only=faults.carries_ops)
    assert ask(network)[0] == 200
    with pytest.raises((http.client.HTTPException, OSError)):
        ask(network, b'{"ops": [{}]}')


def test_a_product_that_is_away_is_a_line_that_ends(network: FaultyProxy, product: Product) -> None:
    network.towards(1)
    with pytest.raises((http.client.HTTPException, OSError)):
        ask(network)
