"""A visitor's cookie is read once a day; what a request does with it stays that request's own."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, session
from flask.testing import FlaskClient

from market.core import clock
from market.web.sessions import DAY_S, Sessions


def shop() -> Flask:
    app = Flask("shop")
    app.secret_key = "a key of this test alone"
    app.session_interface = Sessions(app)

    @app.get("/put/<word>")
    def put(word: str) -> str:
        session.setdefault("basket", []).append(word)
        session.modified = True
        return ",".join(session["basket"])

    @app.get("/spoil")
    def spoil() -> str:
        session.get("basket", []).append("never stored")
        session.modified = False
        return ""

    @app.get("/see")
    def see() -> str:
        return ",".join(session.get("basket", []))

    return app


def seen(client: FlaskClient) -> str:
    return client.get("/see").text


def test_a_visitor_finds_what_was_put_into_the_cookie() -> None:
    client = shop().test_client()
    client.get("/put/a")
    assert client.get("/put/b").text == "a,b"
    assert seen(client) == "a,b"


def test_what_a_request_changes_and_does_not_send_is_gone() -> None:
    client = shop().test_client()
    client.get("/put/a")
    client.get("/spoil")
    assert seen(client) == "a"


def test_two_visitors_with_the_same_cookie_do_not_share_what_one_changes() -> None:
    app = shop()
    one, other = app.test_client(), app.test_client()
    one.get("/put/a")
    cookie = one.get_cookie("session")
    assert cookie is not None
    other.set_cookie("session", cookie.value)
    assert one.get("/put/b").text == "a,b"
    assert seen(other) == "a"


def test_a_cookie_that_somebody_else_signed_is_none() -> None:
    foreign, app = shop(), shop()
    foreign.secret_key = "another key"
    client = foreign.test_client()
    client.get("/put/a")
    cookie = client.get_cookie("session")
    assert cookie is not None
    here = app.test_client()
    here.set_cookie("session", cookie.value)
    assert seen(here) == ""
    assert Sessions(app).read(cookie.value) is None


def test_a_cookie_that_is_too_old_is_found_out_the_next_day_at_the_latest() -> None:
    app = shop()
    client = app.test_client()
    client.get("/put/a")
    sessions, cookie = app.session_interface, client.get_cookie("session")
    assert isinstance(sessions, Sessions) and cookie is not None
    assert sessions.read(cookie.value) == {"basket": ["a"]}
    app.permanent_session_lifetime = timedelta(seconds=-1)
    clock.travel(DAY_S)
    assert sessions.read(cookie.value) is None
