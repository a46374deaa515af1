"""A visitor buys as a browser does: cookies, tokens and keys are those of the page, nothing else passes."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs

import pytest

from market.benchmarks.web import checkouts, shoppers
from market.benchmarks.web.checkouts import STEPS, Ask, Browser, Told
from market.benchmarks.web.client import Broken
from market.benchmarks.web.shoppers import Bought, Crowd

KEYS = '<input name="csrf_token" value="{csrf}"><input name="_idem" value="{idem}">'
SHELF = (
    '<form action="/other">' + KEYS.format(csrf="wrong", idem="wrong") + "</form>"
    '<form action="/toko/a/keranjang">' + KEYS + '</form><button name="set" value="7:1">'
)
FULL = (
    '<form action="/toko/a/keranjang"></form><form data-testid="order-form">'
    + KEYS
    + '<input name="expected_total_rp" value="500">'
)
TOKEN = '<input name="csrfmiddlewaretoken" value="{csrf}">'
CHECKOUT = {
    "/basket/add/12/": "/basket/",
    "/checkout/": "/checkout/shipping-address/",
    "/checkout/shipping-address/": "/checkout/shipping-method/",
    "/checkout/preview/": "/checkout/thank-you/",
}
PASSED_ON = ("/checkout/shipping-method/", "/checkout/payment-method/")


class Shop(BaseHTTPRequestHandler):
    """Both shops in small: a visitor is known by cookie, a form is taken with the keys of its page alone."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one piece
    visitors: ClassVar[list[str]] = []
    placed: ClassVar[list[dict[str, str]]] = []
    seen: ClassVar[list[tuple[str, str]]] = []
    broken = ""

    @property
    def visitor(self) -> str:
        found = SimpleCookie(self.headers.get("Cookie", "")).get("sid")
        return found.value if found else ""

    def do_GET(self) -> None:
        Shop.seen.append(("GET", self.path))
        if self.path == Shop.broken:
            self._say(500, "sorry")
            return
        cookie = ""
        if not self.visitor:
            cookie = f"v{len(Shop.visitors)}"
            Shop.visitors.append(cookie)
        who = self.visitor or cookie
        if self.path in PASSED_ON:
            self._say(302, location="/next")
            return
        page = {"/toko/a": SHELF, "/toko/a/keranjang": FULL}.get(self.path, "")
        if self.path == "/goods_12/":
            page = '<form action="/basket/add/12/">' + TOKEN
        elif self.path.startswith("/checkout/"):
            page = f'<form id="place_order_form">{TOKEN}'
        self._say(200, page.format(csrf=f"t&amp;{who}", idem=f"i-{who}"), cookie)

    def do_POST(self) -> None:
        Shop.seen.append(("POST", self.path))
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        sent = {name: values[0] for name, values in parse_qs(body).items()}
        ours = self.path.startswith("/toko/")
        keys = (sent.get("csrf_token" if ours else "csrfmiddlewaretoken"), sent.get("_idem"))
        if keys != (f"t&{self.visitor}", f"i-{self.visitor}" if ours else None):
            self._say(403, "wrong keys")
            return
        if sent.get("action") == "place_order" or self.path.endswith("/pesanan"):
            Shop.placed.append({**sent, "who": self.visitor})
        self._say(303, location="/pesanan-saya/x" if ours else f"http://127.0.0.1{CHECKOUT[self.path]}")

    def _say(self, status: int, text: str = "", cookie: str = "", location: str = "") -> None:
        body = gzip.compress(text.encode())
        self.send_response(status)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        if cookie:
            self.send_header("Set-Cookie", f"sid={cookie}; HttpOnly; Path=/")
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    Shop.visitors, Shop.placed, Shop.seen, Shop.broken = [], [], [], ""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


PLACES = {"lumbung": "/toko/a", "oscar": "/goods_12/"}


@pytest.mark.parametrize("shop", ["lumbung", "oscar"])
def test_visitors_buy_one_after_another_each_with_an_empty_browser(port, shop):
    bought = shoppers.drive(Crowd(shop, port, (PLACES[shop],), seconds=0.5, visitors=3, first=40))
    assert bought.requests == pytest.approx(bought.visits * STEPS[shop])
    assert len(bought.ms) >= 3 and len(Shop.placed) >= len(bought.ms)
    buyers = [order["who"] for order in Shop.placed]
    assert len(set(buyers)) == len(buyers), "nobody orders twice, nobody takes another's cookies"
    assert abs(len(Shop.visitors) - len(Shop.placed)) <= 3


def test_each_visit_has_a_phone_number_of_its_own(port):
    shoppers.drive(Crowd("lumbung", port, ("/toko/a",), seconds=0.3, visitors=2, first=100_000))
    phones = [order["phone"] for order in Shop.placed]
    assert len(set(phones)) == len(phones) and all(len(phone) == 12 for phone in phones)


@pytest.mark.parametrize(("shop", "posts"), [("lumbung", 2), ("oscar", 4)])
def test_a_visit_is_what_a_guest_does_and_no_more(port, shop, posts):
    shoppers.drive(Crowd(shop, port, (PLACES[shop],), seconds=0.3, visitors=1))
    first = Shop.seen[: STEPS[shop]]
    assert [method for method, _path in first].count("POST") == posts
    assert first[0] == ("GET", PLACES[shop])
    assert first[-1] == ("GET", {"lumbung": "/pesanan-saya/x", "oscar": "/checkout/thank-you/"}[shop])


def test_a_page_that_fails_ends_the_measurement(port):
    Shop.broken = "/pesanan-saya/x"
    with pytest.raises(RuntimeError, match="answered 500: sorry"):
        shoppers.drive(Crowd("lumbung", port, ("/toko/a",), seconds=5, visitors=1))


def test_a_visit_of_another_length_is_not_counted_as_one(port, monkeypatch):
    monkeypatch.setitem(checkouts.STEPS, "lumbung", 4)
    with pytest.raises(Broken, match="5 requests, not 4"):
        shoppers.drive(Crowd("lumbung", port, ("/toko/a",), seconds=5, visitors=1))


def test_what_was_under_way_counts_by_its_share():
    assert Bought(2.0, 13 / 5, 13, ()).rate == pytest.approx(1.3)
    assert shoppers.median([Bought(1.0, n, 5 * n, ()) for n in (9, 1, 2)]) == 2


def test_the_crowd_runs_in_a_process_of_its_own(port):
    bought = shoppers.run(Crowd("lumbung", port, ("/toko/a",), seconds=0.2, visitors=1))
    assert bought.requests and bought.wall_s == 0.2
    Shop.broken = "/toko/a"
    with pytest.raises(RuntimeError, match="answered 500"):
        shoppers.run(Crowd("lumbung", port, ("/toko/a",), seconds=5, visitors=1))


def test_a_shelf_without_goods_is_told():
    visit = checkouts.lumbung("/toko/a", 1)
    next(visit)
    with pytest.raises(LookupError, match="/toko/a"):
        visit.send(Told("", "<main>Rak masih kosong</main>"))


def test_a_browser_forgets_a_cookie_that_is_taken_back():
    def visit():
        yield Ask("/a")
        yield Ask("/b", {"x": "1 2"})

    browser = Browser(visit(), "127.0.0.1:1")
    head = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nset-cookie: b=; Max-Age=0; Path=/\r\nX: y: z"
    browser.cookies["b"] = "old"
    assert not browser.hear(200, head, b"")
    assert browser.cookies == {"a": "1"}
    text = browser.request().decode()
    assert text.startswith("POST /b HTTP/1.1\r\n") and text.endswith("\r\n\r\nx=1+2")
    assert "Cookie: a=1\r\n" in text and "Content-Length: 5\r\n" in text
