"""The inbox: read, opened, emptied; nobody reads another's."""

from __future__ import annotations

import pytest

from market.core import db
from market.core.permissions import Role
from market.notices import queries, services

NASTY = "<script>alert(1)</script>"


@pytest.fixture
def news(cast):
    with db.transaction():
        return services.notify(
            cast.makmur.id, (Role.SECRETARY,), "sold", "Terjual 3", "Hak Anda Rp27.000", "/hari-ini"
        )[0]


def unread(actor) -> int:
    with db.transaction(read_only=True):
        return queries.unread(actor)


def test_news_stands_in_the_inbox(browsers, cast, news):
    page = browsers(cast.sri).get("/kabar").get_data(as_text=True)
    assert "Terjual 3" in page
    assert "1 belum dibaca" in page
    assert 'data-testid="unread"' in page


def test_an_empty_inbox_says_what_will_come(browsers, cast):
    assert "Belum ada kabar" in browsers(cast.sri).get("/kabar").get_data(as_text=True)


def test_opening_marks_it_read_and_leads_on(browsers, cast, news):
    sri = browsers(cast.sri)
    answer = sri.post(f"/kabar/{news.id}/dibaca")
    assert (answer.status_code, answer.location) == (303, "/hari-ini")
    assert unread(cast.sri) == 0
    assert 'data-testid="read"' in sri.get("/kabar").get_data(as_text=True)


def test_all_of_it_is_marked_read(browsers, cast, news):
    assert browsers(cast.sri).post("/kabar/dibaca").status_code == 303
    assert unread(cast.sri) == 0


@pytest.mark.parametrize("who", ["budi", "wati", "joko"])
def test_somebody_elses_news_is_not_found(browsers, cast, news, who):
    stranger = browsers(getattr(cast, who))
    assert stranger.post(f"/kabar/{news.id}/dibaca").status_code == 404
    assert "Terjual 3" not in stranger.get("/kabar").get_data(as_text=True)
    stranger.post("/kabar/dibaca")
    assert unread(cast.sri) == 1


def test_signed_out_people_are_led_to_the_login(client, news):
    assert client.get("/kabar").status_code == 303
    assert client.post(f"/kabar/{news.id}/dibaca").status_code == 303
    assert client.post("/kabar/dibaca").status_code == 303


def test_wrong_methods_and_numbers_are_refused(browsers, cast, news):
    sri = browsers(cast.sri)
    assert sri.get(f"/kabar/{news.id}/dibaca").status_code == 405
    assert sri.post("/kabar").status_code == 405
    assert sri.post(f"/kabar/{'9' * 30}/dibaca").status_code == 404
    assert sri.post("/kabar/-1/dibaca").status_code == 404


def test_what_people_typed_is_shown_as_text(browsers, cast):
    with db.transaction():
        services.notify(cast.makmur.id, (Role.SECRETARY,), "x", NASTY, NASTY, "/kabar")
    page = browsers(cast.sri).get("/kabar").get_data(as_text=True)
    assert NASTY not in page
    assert "&lt;script&gt;" in page


def test_the_inbox_asks_few_questions_however_full_it_is(browsers, cast):
    with db.transaction():
        for number in range(60):
            services.notify(cast.makmur.id, (Role.SECRETARY,), "x", f"Kabar {number}", "Isi", "/kabar")
    page = browsers(cast.sri).get("/kabar").get_data(as_text=True)
    assert page.count('data-testid="unread"') == 50
    assert "60 belum dibaca" in page
