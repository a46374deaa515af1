"""What a browser fetches: the page and everything it refers to, in bytes as sent."""

from __future__ import annotations

import gzip
import http.client
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from market.benchmarks.web.client import HOST

FIRST_SCREEN = 4
"""Photos that a phone of 360 px shows without scrolling, marked lazy or not; others come when scrolled to."""
PHOTO_WIDTH = 176
"""Device pixels of a card's photo on such a phone."""
_CSS_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)")


class Parts(HTMLParser):
    """Addresses of what a page needs: styles, scripts, icons; photos apart."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.pictures: list[str] = []
        self.photos: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and given.get("rel") in ("stylesheet", "icon", "preload"):
            self._add(given.get("href", ""), self.pictures if given["rel"] == "icon" else self.text)
        elif tag == "script" and given.get("src"):
            self._add(given["src"], self.text)
        elif tag == "img":
            self._add(_smallest(given), self.photos)
        elif tag == "use":
            self._add(given.get("href", "").partition("#")[0], self.pictures)

    @staticmethod
    def _add(address: str, found: list[str]) -> None:
        if address and not address.startswith("data:") and address not in found:
            found.append(address)


def _smallest(image: dict[str, str]) -> str:
    """What a phone takes of a `srcset`: the first that is wide enough."""
    choices = [part.split() for part in image.get("srcset", "").split(",") if part.strip()]
    wide = [(int(width[:-1]), address) for address, width in (c for c in choices if len(c) == 2)]
    fitting = sorted(pair for pair in wide if pair[0] >= PHOTO_WIDTH)
    return fitting[0][1] if fitting else image.get("src", "")


@dataclass
class Visit:
    """Bytes of a visit by file; `text` counts HTML, CSS and scripts, `all` fonts and pictures too."""

    text: dict[str, int] = field(default_factory=dict)
    rest: dict[str, int] = field(default_factory=dict)

    @property
    def text_bytes(self) -> int:
        return sum(self.text.values())

    @property
    def all_bytes(self) -> int:
        return self.text_bytes + sum(self.rest.values())

    @property
    def files(self) -> int:
        return len(self.text) + len(self.rest)


def first(port: int, path: str) -> Visit:
    """A first visit with an empty cache. Raises RuntimeError for a part that does not answer 200."""
    found = Visit()
    page = _fetch(port, path)
    found.text[path] = page[0]
    parts = Parts()
    parts.feed(page[1].decode("utf-8", "replace"))
    for address in parts.text:
        size, body = _fetch(port, urljoin(path, address))
        if body[:4] == b"wOF2":  # a preloaded font
            found.rest[address] = size
            continue
        found.text[address] = size
        if ".css" in address:
            _of_style(port, address, body, found)
    for address in (*parts.pictures, *parts.photos[:FIRST_SCREEN]):
        found.rest.setdefault(address, _fetch(port, urljoin(path, address))[0])
    return found


def _of_style(port: int, address: str, body: bytes, found: Visit) -> None:
    for link in _CSS_URL.findall(body.decode("utf-8", "replace")):
        if not link.startswith("data:"):
            full = urljoin(address, link)
            if full not in found.rest and full not in found.text:
                found.rest[full] = _fetch(port, full)[0]


def _fetch(port: int, address: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Bytes of the body as sent, and the body itself."""
    split = urlsplit(address)
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        target = split.path + (f"?{split.query}" if split.query else "")
        connection.request("GET", target, headers={"Accept-Encoding": "gzip", **(headers or {})})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{address} answers {answer.status}")
        packed = answer.getheader("Content-Encoding") == "gzip"
        return len(body), gzip.decompress(body) if packed else body
    finally:
        connection.close()


def again(port: int, path: str, cookie: str, etag: str) -> tuple[int, int]:
    """Status and bytes (head included) of a repeat visit; files with a hash in their address are kept."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        headers = {"Accept-Encoding": "gzip", "Cookie": cookie, "If-None-Match": etag}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
        return answer.status, head + len(answer.read())
    finally:
        connection.close()
