"""Signing in, staying in, getting out."""

from __future__ import annotations

from argon2 import Type

from market.core import db
from market.identity.models import Session
from tests import factories


def test_a_right_password_opens_the_home_page(client, cast):
    client.login(cast.sri)
    page = client.get("/hari-ini")
    assert page.status_code == 200
    assert "Koperasi Sumber Makmur" in page.get_data(as_text=True)


def test_wrong_passwords_are_counted_although_the_request_is_refused(client, cast):
    for _try in range(6):
        answer = client.post("/masuk", {"login": "sri", "password": "salah-salah"})
        assert answer.status_code == 422
    blocked = client.post("/masuk", {"login": "sri", "password": "beras-pulen-2026"})
    assert blocked.status_code == 422, "the right password must wait after six wrong ones"


def test_an_unknown_name_gets_the_same_words_as_a_wrong_password(client, cast):
    unknown = client.post("/masuk", {"login": "siapa", "password": "salah-salah"}).get_data(as_text=True)
    wrong = client.post("/masuk", {"login": "sri", "password": "salah-salah"}).get_data(as_text=True)
    assert "tidak cocok" in unknown
    assert "tidak cocok" in wrong


def test_a_cookie_from_before_signing_out_is_worthless(client, cast):
    client.login(cast.sri)
    old = client.client.get_cookie("lumbung").value
    client.post("/keluar")
    client.client.set_cookie("lumbung", old)
    assert client.get("/hari-ini").status_code == 303
    with db.transaction(read_only=True):
        assert db.session.query(Session).count() == 0


def test_a_stranger_is_led_to_the_login_and_back(client, cast):
    answer = client.get("/hari-ini")
    assert answer.status_code == 303
    assert answer.location == "/masuk?next=/hari-ini"
    signed = client.post("/masuk", {"login": "sri", "password": "beras-pulen-2026", "next": "/orang"})
    assert signed.location == "/orang"


def test_login_never_leads_to_another_site(client, cast):
    for target in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        signed = client.post("/masuk", {"login": "sri", "password": "beras-pulen-2026", "next": target})
        assert signed.location == "/hari-ini"
        client.post("/keluar")


def test_a_form_without_its_token_is_refused(client, cast):
    assert client.client.post("/masuk", data={"login": "sri", "password": "x"}).status_code == 400


def test_passwords_are_hashed_at_least_as_owasp_asks():
    """The tests themselves hash cheaply; this is about the product's own hasher."""
    hasher = factories.PRODUCT_HASHER
    assert hasher.type is Type.ID
    assert hasher.memory_cost >= 19 * 1024 and hasher.time_cost >= 2 and hasher.parallelism >= 1
    assert hasher.hash("kata sandi").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
