"""Pages that are put together from compressed pieces: what a browser unpacks is the page."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.web import holes

TEXT = st.text(max_size=300).filter(lambda text: "~" not in text)
VALUE = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=200)


@given(st.lists(TEXT, min_size=1, max_size=6), st.data())
def test_what_is_unpacked_is_the_page_with_its_holes_filled(pieces, data):
    kinds = [data.draw(st.sampled_from([holes.CSRF, holes.KEY])) for _ in pieces[1:]]
    values = [data.draw(VALUE) for _ in kinds]
    html = pieces[0] + "".join(holes.mark(k) + p for k, p in zip(kinds, pieces[1:], strict=True))
    page = holes.page(html)
    assert page.holes == "".join(kinds)
    rest = iter(values)
    filled = page.filled(lambda _kind: next(rest))
    whole = pieces[0] + "".join(v + p for v, p in zip(values, pieces[1:], strict=True))
    assert page.body(filled).decode() == whole
    assert gzip.decompress(page.gzipped(filled)).decode() == whole


def test_a_stream_reader_unpacks_it_too_and_finds_nothing_behind_it():
    page = holes.page("<p>" + "panjang " * 9_000 + holes.mark(holes.CSRF) + "</p>")
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    text = reader.decompress(page.gzipped([b"token"]))
    assert text.endswith(b"token</p>") and reader.eof and reader.unused_data == b""


def test_it_is_as_short_as_a_page_that_is_compressed_in_one_piece():
    html = "".join(f"<li>barang {n % 40} dari dapur {n % 7}</li>" for n in range(600))
    page = holes.page(html[:9_000] + holes.mark(holes.CSRF) + html[9_000:])
    assert len(page.gzipped([b"t" * 180])) < 1.4 * len(gzip.compress(html.encode(), 6)) + 400


@pytest.mark.parametrize("text", ["~c~", "~k~", "~0123456789abcdefc~", "~~"])
def test_nobody_can_write_a_hole_into_a_page(text):
    assert holes.page(f"<p>{text}</p>").holes == ""


def test_each_key_of_a_page_is_its_own():
    page = holes.page(holes.mark(holes.KEY) + "-" + holes.mark(holes.KEY))
    numbers = iter(range(9))
    assert page.filled(lambda kind: f"{kind}{next(numbers)}") == [b"k0", b"k1"]
