"""What every answer says to the browser, also when it is an error."""

from __future__ import annotations

import re

import pytest

from market.web import security

PATHS = ("/masuk", "/tidak-ada", "/hari-ini", "/static/base.css")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_policy(client, cast, path):
    with client.get(path) as answer:
        headers = answer.headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_pages_of_a_signed_in_person_are_kept_by_nobody(browsers, cast):
    assert "no-store" in browsers(cast.sri).get("/hari-ini").headers["Cache-Control"]


def test_the_cookie_is_not_for_scripts_nor_for_other_sites(client, cast):
    client.login(cast.sri)
    cookie = client.client.get_cookie("lumbung")
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_a_body_that_is_too_large_is_refused(client, cast):
    answer = client.post("/masuk", {"login": "x" * 9_000_000, "password": "y"})
    assert answer.status_code == 413


@pytest.mark.parametrize("typed", ["\x00", "\ud800", "a" * 70_000, "%00", "\u202eevil", "1" * 400])
def test_strange_text_never_breaks_the_server(client, cast, typed):
    data = {"login": typed.encode("utf-8", "surrogatepass"), "password": "x"}
    assert client.post("/masuk", data).status_code in (413, 422)


def test_a_wrong_method_says_which_is_right(client, cast):
    answer = client.client.put("/masuk")
    assert answer.status_code in (400, 405)


def test_long_pages_travel_compressed(client, cast):
    answer = client.get("/masuk", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < 4_000


def test_a_number_that_no_database_holds_is_an_address_that_does_not_exist(browsers, cast):
    assert browsers(cast.sri).get("/kebutuhan/99999999999999999999999").status_code == 404


TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def test_the_form_token_never_stands_in_two_answers_as_the_same_text(client, cast):
    """A secret that is repeated in compressed answers can be guessed from their lengths."""
    first, second = (set(TOKEN.findall(client.get("/masuk").get_data(as_text=True))) for _visit in range(2))
    assert len(first) == len(second) == 1, "one mask for all forms of an answer"
    assert first != second
    below = {security.unmasked(each).partition(".")[0] for each in first | second}
    assert len(below) == 1, "the token itself is the visitor's own"
    seed = below.pop()
    assert all(seed not in each for each in first | second)


@pytest.mark.parametrize("which", [0, 1])
def test_each_of_these_texts_opens_the_form(client, cast, which):
    tokens = [TOKEN.findall(client.get("/masuk").get_data(as_text=True))[0] for _visit in range(2)]
    data = {"csrf_token": tokens[which], "locale": "en", "next": "/masuk"}
    assert client.client.post("/bahasa", data=data).status_code == 303


@pytest.mark.parametrize("sent", ["", "m.", "m.%%", "m.AAAA", "m.AAA", "x", "m.\u00e9"])
def test_a_token_that_is_none_opens_nothing(client, cast, sent):
    client.get("/masuk")
    data = {"csrf_token": sent, "locale": "en", "next": "/masuk"}
    assert client.client.post("/bahasa", data=data).status_code == 400


def test_static_files_are_packed_once(client, cast):
    security._packed.cache_clear()
    for _visit in range(3):
        with client.get("/static/base.css", headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
    assert security._packed.cache_info().misses == 1
