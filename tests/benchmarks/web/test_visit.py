"""Bytes as sent: everything a page refers to counts once, what a phone does not fetch does not."""

from __future__ import annotations

import gzip

import pytest

from market.benchmarks.web import visit
from market.benchmarks.web.visit import Parts, Visit
from market.benchmarks.web.visitor import Forms, Page

HTML = """<link rel="stylesheet" href="/a.css"><link rel="icon" href="/i.svg">
<link rel="canonical" href="/no">
<script src="/a.js"></script><img src="/p/640" srcset="/p/96 96w, /p/176 176w, /p/320 320w">
<img src="/q" loading="lazy">
<svg><use href="/icons.svg#pin"/></svg><svg><use href="/icons.svg#go"/></svg><svg><use href="#here"/></svg>"""


def test_a_page_names_its_parts():
    parts = Parts()
    parts.feed(HTML)
    assert parts.text == ["/a.css", "/a.js"]
    assert parts.pictures == ["/i.svg", "/icons.svg"]
    assert parts.photos == ["/p/176", "/q"]


def test_every_part_is_counted_once_and_as_it_is_sent(monkeypatch):
    files = {
        "/page": HTML.encode(),
        "/a.css": b"@font-face { src: url('/f.woff2') } .x { top: url(data:abc) } i { mask: url(/f.woff2) }",
        "/a.js": b"1;" * 400,
        "/i.svg": b"i" * 30,
        "/p/176": b"p" * 3_000,
        "/q": b"q" * 500,
        "/icons.svg": b"u" * 20,
        "/f.woff2": b"wOF2" + b"f" * 96,
    }
    fetched: list[str] = []

    def fetch(_port: int, address: str) -> tuple[int, bytes]:
        fetched.append(address)
        return len(gzip.compress(files[address])) if address == "/a.js" else len(files[address]), files[
            address
        ]

    monkeypatch.setattr(visit, "_fetch", fetch)
    found = visit.first(1, "/page")
    assert sorted(fetched) == sorted(files), "each once"
    assert found.files == 8
    assert found.text["/a.js"] < 60 and found.rest["/f.woff2"] == 100
    assert found.all_bytes == found.text_bytes + 100 + 30 + 3_000 + 500 + 20


def test_a_visit_without_parts_weighs_nothing():
    assert (Visit().all_bytes, Visit().files) == (0, 0)


def test_a_form_is_sent_as_a_browser_would():
    html = """<form action="/x/pesanan"><input name="csrf_token" value="t">
    <input type="radio" name="pay" value="qris">
    <input type="radio" name="pay" value="pickup" checked><input type="checkbox" name="no" value="1">
    <select name="day"><option value="">-</option><option value="2" selected>Sel</option></select></form>"""
    assert Page(200, {}, html).form("/pesanan") == {"csrf_token": "t", "pay": "pickup", "day": "2"}
    with pytest.raises(LookupError):
        Page(200, {}, html).form("/lain")
    assert Forms().found == []
