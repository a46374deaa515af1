"""The gateway for SMS and WhatsApp, against a real server that fails in every way servers do."""

from __future__ import annotations

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from market.core.gateway import HttpPort
from market.core.messages import DeliveryFailed, Message

TEXT = 'Kode 123456. "{to}" tetap begini\n'


class Gateway:
    """Answers with what the test says, and remembers what it was sent."""

    def __init__(self) -> None:
        self.status, self.body, self.wait_s, self.location = 200, b'{"status": true}', 0.0, ""
        self.seen: list[tuple[str, dict[str, str], object]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                outer.seen.append((self.path, dict(self.headers), json.loads(self.rfile.read(length))))
                if outer.wait_s:
                    time.sleep(outer.wait_s)
                self.send_response(outer.status)
                if outer.location:
                    self.send_header("Location", outer.location)
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/kirim?a=1"


@pytest.fixture
def gateway():
    made = Gateway()
    yield made
    made.server.shutdown()
    made.server.server_close()


def send(url, **how) -> None:
    port = HttpPort(url, "rahasia", **{"timeout_s": 3.0, **how})
    port.send(Message("6281234567890", "", TEXT, channel="whatsapp", key="code-7"))


def failure(url, **how) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as failed:
        send(url, **how)
    assert "123456" not in str(failed.value) and "rahasia" not in str(failed.value)
    return failed.value


def test_a_message_goes_out_once_with_token_and_key(gateway):
    body = '{"target": "{to}", "parts": [{"text": "{text}"}], "id": "{key}", "by": "{channel}", "n": 1}'
    send(gateway.url, body=body)
    path, headers, said = gateway.seen[0]
    assert path == "/kirim?a=1" and len(gateway.seen) == 1
    assert headers["Authorization"] == "Bearer rahasia" and headers["Idempotency-Key"] == "code-7"
    whole = {"target": "6281234567890", "parts": [{"text": TEXT}], "id": "code-7", "by": "whatsapp", "n": 1}
    assert said == whole


def test_the_header_is_the_gateways_own(gateway):
    send(gateway.url, header="X-Api-Key:")
    assert gateway.seen[0][1]["X-Api-Key"] == "rahasia" and "Authorization" not in gateway.seen[0][1]


@pytest.mark.parametrize(("status", "temporary"), [(500, True), (503, True), (429, True), (401, False)])
def test_a_refusal_says_whether_another_try_can_help(gateway, status, temporary):
    gateway.status = status
    assert failure(gateway.url).temporary is temporary


def test_a_redirect_is_not_followed(gateway):
    gateway.status, gateway.location = 302, gateway.url
    assert failure(gateway.url).temporary is False
    assert len(gateway.seen) == 1


def test_a_gateway_that_says_nothing_is_left_after_a_while(gateway):
    gateway.wait_s = 2.0
    assert failure(gateway.url, timeout_s=0.3).temporary


def test_a_gateway_that_is_not_there_may_come_back():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/"
    assert failure(nobody).temporary


def test_what_is_no_http_at_all_is_a_passing_failure():
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def babble() -> None:
            line, _who = listening.accept()
            line.recv(100_000)
            line.sendall(b"nonsense\r\n\r\n")
            line.close()

        threading.Thread(target=babble, daemon=True).start()
        assert failure(f"http://127.0.0.1:{listening.getsockname()[1]}/").temporary


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"other": 1}', b'"x"'])
def test_an_answer_that_says_neither_yes_nor_no_is_tried_again(gateway, answer):
    gateway.body = answer
    assert failure(gateway.url, ok_field="status").temporary


@pytest.mark.parametrize("answer", [b'{"status": false}', b'{"status": "failed"}', b'{"status": 0}'])
def test_two_hundred_and_a_no_is_a_no(gateway, answer):
    gateway.body = answer
    assert failure(gateway.url, ok_field="status").temporary is False


def test_a_yes_is_a_yes_and_without_the_field_nobody_reads_the_answer(gateway):
    send(gateway.url, ok_field="status")
    gateway.body = b"<html>"
    send(gateway.url)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://gateway.example/"},
        {"url": "http://gateway.example/"},
        {"url": "https://user:password@gateway.example/"},
        {"url": "https://gateway.example/a b"},
        {"body": "to={to}"},
        {"body": '{"to": "{to}"}'},
        {"header": "X: a\r\nY"},
        {"token": "a\r\nX: b"},
        {"channel": "mail"},
    ],
)
def test_a_setting_that_cannot_work_is_refused_at_the_start(wrong):
    with pytest.raises(ValueError):
        HttpPort(**{"url": "https://gateway.example/", **wrong})
