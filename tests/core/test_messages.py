"""What leaves the house: one person, one message, no smuggled headers."""

import io
import smtplib
import socketserver
import threading
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from market.core import messages
from market.core.errors import Refused
from market.core.messages import (
    ConsolePort,
    DeliveryFailed,
    MemoryPort,
    Message,
    SmtpPort,
    normal_phone,
    send,
    wa_link,
)

MAIL = Message("sri@koperasi.id", "Pesanan PO/2026/000123", "Barang datang Sabtu.", key="order-1")


HANGS_UP = ""


class _Server(socketserver.ThreadingTCPServer):
    """Just enough SMTP to receive one mail, or to refuse it with the given replies."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, **replies):
        self.replies, self.mails = replies, []
        super().__init__(("127.0.0.1", 0), _Talk)


class _Talk(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self):
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline():
            verb = line.split()[0].upper().decode()
            if verb == "DATA":
                self.wfile.write(b"354 go\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.mails.append(b"".join(lines))
            reply = self.server.replies.get(verb, "250 ok")
            if reply == HANGS_UP:
                return
            self.wfile.write(f"{reply}\r\n".encode())
            if verb == "QUIT":
                return


@pytest.fixture
def server():
    started = []

    def start(**replies):
        running = _Server(**replies)
        threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        started.append(running)
        return running, SmtpPort(
            "127.0.0.1", running.server_address[1], "Lumbung <kabar@lumbung.id>", starttls=False, timeout_s=5
        )

    yield start
    for running in started:
        running.shutdown()
        running.server_close()


def test_a_mail_arrives_whole(server):
    running, port = server()
    port.send(
        Message("sri@koperasi.id", "Beras — 2 ton", "Baris satu\n.titik", html="<p>Halo</p>", key="order-1")
    )
    mail: Any = message_from_bytes(running.mails[0], policy=policy.default)
    assert (mail["To"], mail["Subject"]) == ("sri@koperasi.id", "Beras — 2 ton")
    assert mail["Message-ID"] == "<order-1@lumbung.id>"
    assert mail["Date"].datetime.tzinfo is not None
    assert "Baris satu" in mail.get_body(["plain"]).get_content()
    assert "<p>Halo</p>" in mail.get_body(["html"]).get_content()


@pytest.mark.parametrize("farewell", ["221 bye", "250 hm", "421 tired", "nonsense", HANGS_UP])
def test_a_mail_once_accepted_is_sent_however_the_server_says_goodbye(server, farewell):
    running, port = server(QUIT=farewell)
    port.send(MAIL)
    assert len(running.mails) == 1


@pytest.mark.parametrize(
    ("verb", "reply", "temporary"),
    [("RCPT", "550 no such user", False), ("RCPT", "451 later", True), ("DATA", "554 spam", False)],
)
def test_a_refused_mail_says_whether_trying_again_can_help(server, verb, reply, temporary):
    _running, port = server(**{verb: reply})
    with pytest.raises(DeliveryFailed) as failed:
        port.send(MAIL)
    assert failed.value.temporary is temporary


def test_a_server_that_is_away_is_worth_another_try():
    with socketserver.TCPServer(("127.0.0.1", 0), _Talk) as closed:
        number = closed.server_address[1]
    with pytest.raises(DeliveryFailed) as failed:
        SmtpPort("127.0.0.1", number, "kabar@lumbung.id", timeout_s=2).send(MAIL)
    assert failed.value.temporary


def test_a_silent_server_is_given_up_in_time(monkeypatch):
    seen = {}

    def silent(_host, _port, timeout):
        seen["timeout"] = timeout
        raise TimeoutError

    monkeypatch.setattr(smtplib, "SMTP", silent)
    with pytest.raises(DeliveryFailed) as failed:
        SmtpPort("mail", 25, "kabar@lumbung.id").send(MAIL)
    assert failed.value.temporary
    assert seen["timeout"] == 10


def test_the_server_comes_from_one_setting():
    port = SmtpPort.from_url("smtp://sri:p%40ss@mail.koperasi.id", "kabar@lumbung.id")
    assert port == SmtpPort("mail.koperasi.id", 587, "kabar@lumbung.id", "sri", "p@ss")
    plain = SmtpPort.from_url("smtp+plain://127.0.0.1:1025", "kabar@lumbung.id")
    assert (plain.port, plain.starttls) == (1025, False)


@pytest.mark.parametrize(
    "url",
    ["", "mail", "http://mail", "smtp://", "smtp+plain://u:p@mail", "smtp://mail:x", "smtp://mail:99999"],
)
def test_an_unsafe_or_unclear_server_is_refused_at_the_start(url):
    with pytest.raises(ValueError) as refused:
        SmtpPort.from_url(url, "kabar@lumbung.id")
    assert "u:p" not in str(refused.value)


def test_the_password_never_shows():
    assert "hush" not in repr(SmtpPort("mail", 25, "kabar@lumbung.id", "u", "hush"))


@pytest.mark.parametrize(
    "to",
    [
        *(
            "",
            "sri",
            "sri@",
            "@koperasi.id",
            "a@b.id\r\nBcc: x@y.id",
            "a@b.id,c@d.id",
            "a b@c.id",
            "a@b.id\n",
            "a@b",
        ),
        *("Sri <a@b.id>", "a@b.id\x00", "a@[127.0.0.1]", "é@b.id", "a" * 65 + "@b.id"),
    ],
)
def test_an_address_that_could_smuggle_is_refused(to):
    with pytest.raises(ValueError, match="address"):
        Message(to, "Judul", "Isi")


@pytest.mark.parametrize("subject", ["a\r\nBcc: x@y.id", "a\nb", "a\rb", "a\x00", "a\u2028b", "a\x85b"])
def test_a_subject_of_two_lines_is_refused(subject):
    with pytest.raises(ValueError, match="head"):
        Message("a@b.id", subject, "Isi")
    with pytest.raises(ValueError, match="head"):
        Message("a@b.id", "Judul", "Isi", key=subject)


def test_a_sender_that_is_no_address_is_refused():
    for sender in ("", "Lumbung", "a@b.id\r\nBcc: x@y.id"):
        with pytest.raises(ValueError, match="sender"):
            SmtpPort("mail", 25, sender)


def test_the_mail_port_carries_mail_only():
    with pytest.raises(DeliveryFailed) as failed:
        SmtpPort("mail", 25, "kabar@lumbung.id").send(
            Message("6281234567890", "", "Halo", channel="whatsapp")
        )
    assert not failed.value.temporary


def test_the_console_shows_the_message_without_obeying_it():
    stream = io.StringIO()
    ConsolePort(stream).send(Message("a@b.id", "Judul", "Satu\n\x1b[31mdua"))
    assert stream.getvalue() == "--- mail > a@b.id: Judul\nSatu\n [31mdua\n"


def test_the_configured_port_carries_what_is_sent():
    port = MemoryPort()
    messages.configure(port)
    try:
        send(MAIL)
    finally:
        messages.configure(ConsolePort())
    assert port.sent == [MAIL]


@pytest.mark.parametrize(
    "typed",
    [
        "0812-3456-7890",
        "+62 812 3456 7890",
        "6281234567890",
        "81234567890",
        "(0812) 3456.7890",
        "+6281234567890",
    ],
)
def test_a_number_is_kept_one_way(typed):
    assert normal_phone(typed) == "6281234567890"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        "12",
        "+1 202 555 0100",
        "0812",
        "62" + "8" * 20,
        "०८१२३४५६७८९०",
        "0812\x003456",
        "9" * 5_000,
        "620812345678",
    ],
)
def test_what_is_no_number_of_ours_is_refused(typed):
    with pytest.raises(Refused, match="misalnya"):
        normal_phone(typed)


def test_a_link_opens_whatsapp_with_the_text_as_it_is():
    text = "Pesanan #12 & ongkir 100%?\nTerima kasih"
    link = urlsplit(wa_link("0812-3456-7890", text))
    assert (link.scheme, link.netloc, link.path) == ("https", "wa.me", "/6281234567890")
    assert parse_qs(link.query) == {"text": [text]}
    assert wa_link("", "Halo") == "https://wa.me/?text=Halo"
