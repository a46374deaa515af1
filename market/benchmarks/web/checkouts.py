"""A guest's purchase, request by request, in the product and in its peer: what a browser asks and sends.

A visit is a generator: it hands out what is to be asked and gets the answer back. Only what a form needs is
read from a page, by a pattern: the visitors share the machine with the server.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Generator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlencode, urlsplit

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Ask:
    """One request; `fields` of a form make it a POST. `wanted` is the status without which all is off."""

    path: str
    fields: dict[str, str] | None = None
    wanted: tuple[int, ...] = (200,)


@dataclass(frozen=True)
class Told:
    """One answer: where it leads, and its page."""

    location: str
    page: str

    def hidden(self, name: str, after: str = "") -> str:
        """The value of a hidden field, the first behind the text `after`. Raises LookupError."""
        at = self.page.find(after)
        found = re.compile(rf'name="{name}" value="([^"]*)"').search(self.page, max(0, at))
        if at < 0 or found is None:
            raise LookupError(f"no field {name} behind {after!r}")
        return unescape(found.group(1))


Visit = Generator[Ask, Told, None]
Visits = Callable[[str, int], Visit]
"""(place to start from, number of the visit) -> the visit"""

SEE_OTHER = (302, 303)
_BUTTON = re.compile(r'name="set" value="(\d+):[1-9]\d*"')
_CSRF = "csrfmiddlewaretoken"


def lumbung(shop: str, number: int) -> Visit:
    """Shop page, into the basket, basket, order, tracking page."""
    shelf = yield Ask(shop)
    goods = _BUTTON.findall(shelf.page)
    if not goods:
        raise LookupError(f"nothing can be put into the basket at {shop}")
    basket = f"{shop}/keranjang"
    keys = {name: shelf.hidden(name, f'action="{basket}"') for name in ("csrf_token", "_idem")}
    wish = {"set": f"{goods[number % len(goods)]}:1", "back": "basket"}
    yield Ask(basket, keys | wish, SEE_OTHER)
    full = yield Ask(basket)
    form = 'data-testid="order-form"'
    fields = {name: full.hidden(name, form) for name in ("csrf_token", "_idem", "expected_total_rp")}
    buyer = {"buyer_name": f"Pembeli {number}", "phone": f"08{number % 10**9 + 11 * 10**8}", "note": ""}
    placed = yield Ask(f"{shop}/pesanan", fields | buyer | {"pay": "pickup", "way": "pickup"}, SEE_OTHER)
    yield Ask(placed.location)


def oscar(product: str, number: int) -> Visit:
    """Product, into the basket, basket, e-mail, address, delivery, payment, preview, order, thanks."""
    page = yield Ask(product)
    add = f"/basket/add/{product.rstrip('/').rpartition('_')[2]}/"
    wish = {_CSRF: page.hidden(_CSRF, f'action="{add}"'), "quantity": "1"}
    yield Ask(add, wish | {"next": "/basket/"}, SEE_OTHER)
    yield Ask("/basket/")
    gate = yield Ask("/checkout/")
    mail = {"username": f"pembeli{number}@example.com", "options": "anonymous"}
    yield Ask("/checkout/", {_CSRF: _token(gate), **mail}, SEE_OTHER)
    form = yield Ask("/checkout/shipping-address/")
    address = {
        "first_name": "Pembeli",
        "last_name": str(number),
        "line1": "Jl. Contoh 1",
        "line4": "Surabaya",
    }
    sent = {_CSRF: _token(form), **address, "postcode": "60111"}
    yield Ask("/checkout/shipping-address/", sent, SEE_OTHER)
    yield Ask("/checkout/shipping-method/", wanted=SEE_OTHER)
    yield Ask("/checkout/payment-method/", wanted=SEE_OTHER)
    yield Ask("/checkout/payment-details/")
    preview = yield Ask("/checkout/preview/")
    order = {_CSRF: preview.hidden(_CSRF, 'id="place_order_form"'), "action": "place_order"}
    placed = yield Ask("/checkout/preview/", order, SEE_OTHER)
    yield Ask(placed.location)


def _token(page: Told) -> str:
    """Every form of a page carries the same one."""
    return page.hidden(_CSRF)


STEPS = {"lumbung": 5, "oscar": 13}
VISITS: dict[str, Visits] = {"lumbung": lumbung, "oscar": oscar}


class Browser:
    """What a visitor's browser remembers while one visit lasts."""

    def __init__(self, visit: Visit, host: str) -> None:
        self.visit, self.host, self.cookies = visit, host, dict[str, str]()
        self.steps, self.ask = 0, next(visit)

    def request(self) -> bytes:
        """What is asked now, as it goes over the line."""
        lines = [f"Host: {self.host}", "Accept: text/html", "Accept-Encoding: gzip"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if self.ask.fields is None:
            return "\r\n".join([f"GET {self.ask.path} HTTP/1.1", *lines, "\r\n"]).encode()
        body = urlencode(self.ask.fields).encode()
        lines.append("Content-Type: application/x-www-form-urlencoded")
        lines += [f"Origin: http://{self.host}", f"Content-Length: {len(body)}"]
        return "\r\n".join([f"POST {self.ask.path} HTTP/1.1", *lines, "\r\n"]).encode() + body

    def hear(self, status: int, head: bytes, body: bytes) -> bool:
        """Take the answer; True when the visit is over. Raises RuntimeError for another status."""
        headers = _headers(head)
        if status not in self.ask.wanted:
            raise RuntimeError(f"{self.ask.path} answered {status}: {_text(headers, body)[:2000]}")
        for name, value in headers:
            if name == "set-cookie":
                self._remember(value)
        self.steps += 1
        told = Told(_location(headers), _text(headers, body) if status == 200 else "")
        try:
            self.ask = self.visit.send(told)
        except StopIteration:
            return True
        return False

    def _remember(self, cookie: str) -> None:
        name, _equals, rest = cookie.partition("=")
        value, _semicolon, attributes = rest.partition(";")
        if "max-age=0" in attributes.lower():
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value


def _headers(head: bytes) -> Headers:
    lines = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    return [(name.lower(), value.strip()) for name, _colon, value in lines]


def _location(headers: Headers) -> str:
    split = urlsplit(dict(headers).get("location", ""))
    return split.path + (f"?{split.query}" if split.query else "")


def _text(headers: Headers, body: bytes) -> str:
    packed = dict(headers).get("content-encoding") == "gzip"
    return (zlib.decompress(body, wbits=31) if packed else body).decode("utf-8", "replace")
