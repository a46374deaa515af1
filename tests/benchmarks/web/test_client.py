"""The load counts every answer once, whatever pieces it comes in, and keeps its connections."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from market.benchmarks.web import client, speed
from market.benchmarks.web.client import Answer, Load, Seen


class Handler(BaseHTTPRequestHandler):
    """Answers by path; counts connections and requests."""

    protocol_version = "HTTP/1.1"
    connections = 0
    seen: list[str] = []

    def setup(self) -> None:
        Handler.connections += 1
        super().setup()

    def do_GET(self) -> None:
        Handler.seen.append(self.path)
        status = {"/gone": 404, "/same": 304}.get(self.path, 200)
        body = b"" if status == 304 else b"x" * 50
        self.send_response(status)
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"5\r\nhello\r\n0\r\n\r\n")
            return
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        if self.path == "/bye":
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    Handler.connections, Handler.seen = 0, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def test_as_many_requests_as_asked_over_connections_that_are_kept(port):
    seen = client.drive(Load(port, ("/a", "/b"), count=30, connections=4))
    assert len(seen.ms) == 30 == len(Handler.seen) and seen.statuses == {"200": 30}
    assert Handler.connections == 4
    assert Handler.seen.count("/a") == Handler.seen.count("/b") == 15
    assert seen.bytes == 50 and seen.rate > 0


def test_a_server_that_keeps_no_connection_is_called_again(port):
    seen = client.drive(Load(port, ("/bye",), count=12, connections=3))
    assert seen.statuses == {"200": 12} and Handler.connections == 12


def test_every_status_is_counted_as_what_it_is(port):
    seen = client.drive(Load(port, ("/a", "/gone", "/same", "/chunked"), count=8, connections=2))
    assert seen.statuses == {"200": 4, "404": 2, "304": 2}


def test_the_time_ends_a_load_that_its_count_does_not(port):
    seen = client.drive(Load(port, ("/a",), count=10**9, connections=2, seconds=0.2))
    assert 2 <= len(seen.ms) == len(Handler.seen)


def test_a_server_that_hangs_up_is_told(monkeypatch):
    with pytest.raises(client.Broken):
        Answer().feed(b"nonsense\r\n\r\n")
    answer = Answer()
    assert not answer.feed(b"HTTP/1.1 200 OK\r\ncontent-le")
    assert not answer.feed(b"ngth: 3\r\n\r\nab")
    assert answer.feed(b"c") and answer.body_bytes == 3


def test_percentiles_are_answers_that_came():
    seen = Seen(1.0, tuple(float(n) for n in range(1, 101)), {"200": 100}, 1)
    assert (seen.percentile(0.5), seen.percentile(0.99), seen.percentile(1)) == (50.0, 99.0, 100.0)
    assert seen.rate == 100


def test_another_status_than_wanted_is_no_pace(monkeypatch):
    monkeypatch.setattr(client, "run", lambda load: Seen(1.0, (1.0,), {"503": 1}, 10))
    with pytest.raises(RuntimeError, match="503"):
        speed.race([speed.Entrant("list", 1, ("/",))], speed.QUICK)


def test_rounds_alternate_and_the_median_counts(monkeypatch):
    order: list[int] = []
    walls = {1: [9.0, 1.0, 2.0, 4.0], 2: [9.0, 10.0, 10.0, 10.0]}

    def run(load: Load) -> Seen:
        order.append(load.port)
        return Seen(walls[load.port].pop(0), (5.0,) * 100, {"200": 100}, 10)

    monkeypatch.setattr(client, "run", run)
    entrants = [speed.Entrant("a", 1, ("/",)), speed.Entrant("b", 2, ("/",))]
    found = speed.race(entrants, speed.Effort(rounds=3))
    assert order == [1, 2] * 4, "a warm round first, then by turns"
    assert (found["a"].rate, found["b"].rate) == (50.0, 10.0)
