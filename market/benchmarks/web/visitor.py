"""One person with a browser's memory: cookies, the hidden fields of a form, redirects left to the caller."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

from market.benchmarks.web.client import HOST


class Forms(HTMLParser):
    """The fields of each form of a page that have a value already, by the form's address."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("action", ""), {}))
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select and self.found:
            fields = self.found[-1][1]
            if self._select not in fields or "selected" in given:
                fields[self._select] = given.get("value", "")
        elif tag == "input" and given.get("name") and self.found:
            self._input(given)

    def _input(self, given: dict[str, str]) -> None:
        choice = given.get("type") in ("radio", "checkbox")
        if not choice or "checked" in given:
            self.found[-1][1][given["name"]] = given.get("value", "")


@dataclass(frozen=True)
class Page:
    """An answer: status, headers by lower-case name, text."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def location(self) -> str:
        """Path of a redirect."""
        split = urlsplit(self.headers.get("location", ""))
        return split.path + (f"?{split.query}" if split.query else "")

    def form(self, action: str) -> dict[str, str]:
        """Hidden and filled fields of the form whose address ends with `action`. Raises LookupError."""
        forms = Forms()
        forms.feed(self.text)
        for address, fields in forms.found:
            if address.endswith(action):
                return dict(fields)
        raise LookupError(f"no form for {action}")


class Visitor:
    """Speaks to one server over one connection that is kept."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.port, self.cookies, self.requests = port, dict(cookies or {}), 0
        self._connection = http.client.HTTPConnection(HOST, port, timeout=60)

    @property
    def cookie(self) -> str:
        """The header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, path: str) -> Page:
        """A page."""
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> Page:
        """What a form sends."""
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, body: str | None = None) -> Page:
        headers = {"Cookie": self.cookie} if self.cookies else {}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://{HOST}:{self.port}{path}"
        self.requests += 1
        self._connection.request(method, path, body=body, headers=headers)
        answer = self._connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _equals, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return Page(answer.status, {n.lower(): v for n, v in answer.getheaders()}, text)

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()


def expect(page: Page, *statuses: int) -> Page:
    """The page, if it has one of the statuses. Raises RuntimeError with the beginning of its text."""
    if page.status not in statuses:
        raise RuntimeError(f"answered {page.status}: {page.text[:300]}")
    return page


def sign_in(port: int, login: str, password: str) -> Visitor:
    """Somebody who has signed in. Raises RuntimeError when the server refuses."""
    visitor = Visitor(port)
    fields = visitor.get("/masuk").form("/masuk")
    expect(visitor.post("/masuk", fields | {"login": login, "password": password}), 303, 302)
    return visitor


def with_basket(port: int, slug: str, product_ids: list[int]) -> Visitor:
    """A guest with some products of a shop in the basket."""
    visitor = Visitor(port)
    for product_id in product_ids:
        page = expect(visitor.get(f"/toko/{slug}/{product_id}"), 200)
        fields = page.form(f"/toko/{slug}/keranjang")
        expect(visitor.post(f"/toko/{slug}/keranjang", fields | {"set": f"{product_id}:1"}), 303, 302)
    return visitor
