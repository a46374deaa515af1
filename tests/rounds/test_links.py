"""Answering behind a signed link and a code: one assignment, one round, until the deadline, five tries."""

from __future__ import annotations

import pytest

from market.core import clock, db, messages
from market.core.history import history_of
from market.purchasing.models import PurchaseOrder
from market.rounds import queries, services
from market.rounds.models_answers import AnswerPass
from tests.conftest import Browser
from tests.rounds.conftest import asked
from tests.rounds.test_answer_page import exceptions
from tests.rounds.test_routes import READ, text


@pytest.fixture
def number(market, rice):
    return market.published()


@pytest.fixture
def pass_(market, number) -> tuple[str, str]:
    """Link and code for Lamongan's assignment."""
    with db.transaction(**READ):
        mine = asked(number, market.cast.joko)
        return services.link_of(mine), services.code_of(mine)


def tries() -> int:
    with db.transaction(**READ):
        return sum(row.tries for row in db.session.query(AnswerPass))


def test_the_link_asks_for_the_code_and_shows_nothing_before_it(client, pass_):
    link, code = pass_
    assert client.get(link).location == f"{link}/kode"
    page = text(client.get(f"{link}/kode"))
    assert "Kode enam angka" in page
    assert "Ngagelrejo" not in page
    assert "295.000" not in page
    assert code not in page
    assert tries() == 0, "looking writes nothing"


def test_with_the_code_the_whole_answer_is_given_without_a_password(client, market, number, pass_):
    link, code = pass_
    assert client.post(f"{link}/kode", {"code": f"{code[:3]} {code[3:]}"}).location == link
    page = client.get(link)
    assert "Terima semua" in text(page)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert client.post(f"{link}/jawaban", {"answer": "accept"}).location == link
    assert "Pesanan pembelian sudah terbit" in text(client.get(link))
    with db.transaction(**READ):
        mine = asked(number, market.cast.joko)
        assert mine.state == "accepted"
        last = history_of(mine)[-1]
        assert (last.actor_id, last.actor_name) == (None, "Lewat tautan")
        assert db.session.query(PurchaseOrder).count() == 1
    assert client.post(f"{link}/jawaban", {"answer": "accept"}).status_code == 409


def test_changes_are_previewed_and_sent_behind_the_link_too(client, market, number, pass_):
    link, code = pass_
    client.post(f"{link}/kode", {"code": code})
    form = exceptions(number, market.cast.joko, price="300.000", reason="price_rose")
    assert "Pembeli memutuskan" in text(client.post(f"{link}/jawaban/pratinjau", form))
    bad = exceptions(number, market.cast.joko, price="900.000", reason="price_rose")
    assert "Rp309.750" in text(client.post(f"{link}/jawaban", bad))
    assert client.post(f"{link}/jawaban", form).status_code == 303
    assert "menunggu pembelinya" in text(client.get(link))


def test_five_wrong_codes_kill_the_link_and_the_right_one_does_not_revive_it(client, pass_):
    link, code = pass_
    wrong = "000000" if code != "000000" else "000001"
    for left in (4, 3, 2, 1, 0):
        assert client.post(f"{link}/kode", {"code": wrong}).location == link
        assert f"Sisa {left} kali" in text(client.get(f"{link}/kode"))
    refused = client.post(f"{link}/kode", {"code": code})
    assert (refused.status_code, "Terlalu sering salah" in text(refused)) == (422, True)
    assert client.get(link).status_code == 303
    assert "Kode enam angka" not in text(client.get(f"{link}/kode"))
    assert tries() == 5


def test_a_right_code_costs_no_try(client, pass_):
    link, code = pass_
    for _again in range(6):
        assert client.post(f"{link}/kode", {"code": code}).status_code == 303
    assert tries() == 0


def test_without_the_code_nothing_is_answered(client, app, pass_):
    link, code = pass_
    assert client.post(f"{link}/jawaban", {"answer": "accept"}).status_code == 403
    assert client.post(f"{link}/jawaban/pratinjau", {"answer": "adjust"}).status_code == 403
    client.post(f"{link}/kode", {"code": code})
    assert Browser(app).post(f"{link}/jawaban", {"answer": "accept"}).status_code == 403, "another device"


def test_the_code_of_one_link_opens_no_other(client, market, number, pass_):
    link, code = pass_
    with db.transaction(**READ):
        other = services.link_of(asked(number, market.cast.nur))
    client.post(f"{link}/kode", {"code": code})
    assert client.post(f"{other}/jawaban", {"answer": "accept"}).status_code == 403
    number_, signature = link.removeprefix("/jawab/").split("-")
    mixed = f"/jawab/{int(number_) + 1}-{signature}"
    for forged in (mixed, f"/jawab/{number_}-{'0' * 40}", "/jawab/x", f"/jawab/{10**30}-{'0' * 40}"):
        assert client.get(forged).status_code == 404, forged


def test_the_link_ends_with_the_deadline(client, market, pass_):
    link, code = pass_
    client.post(f"{link}/kode", {"code": code})
    clock.travel(24 * 3600 + 1)
    assert client.get(link).status_code == 404
    assert client.post(f"{link}/jawaban", {"answer": "accept"}).status_code == 404


def test_nothing_but_this_assignment_opens_behind_the_link(client, pass_):
    link, code = pass_
    client.post(f"{link}/kode", {"code": code})
    for path in ("/penugasan", "/rapor", "/hari-ini", "/penawaran"):
        assert client.get(path).location[:6] == "/masuk", path


def test_an_unpublished_assignment_has_no_link(client, market, rice):
    number = market.solved()
    with db.transaction(**READ):
        link = services.link_of(queries.assignments_of_round(number)[0])
    assert client.get(link).status_code == 404


def test_the_link_goes_by_mail_and_the_code_by_another_way(market, number, pass_, monkeypatch):
    port = messages.MemoryPort()
    messages.configure(port, "https://lumbung.test")
    with db.transaction():
        holder = services.linking.identity.seat_holders(market.cast.lamongan.id, ("supplier_sales",))[0]
        holder.email, holder.phone = "joko@example.com", "0812-3456-7890"
    market.work()
    link, code = pass_
    sent = {(m.channel, m.to): m.text for m in port.sent if m.key.startswith("answer")}
    mail, phone = sent["mail", "joko@example.com"], sent["whatsapp", "6281234567890"]
    assert f"https://lumbung.test{link}" in mail
    assert code not in mail
    assert code in phone
    assert link not in phone


def test_the_office_reads_the_code_out_and_the_supplier_finds_it_on_its_page(market, browsers, number, pass_):
    _link, code = pass_
    office = browsers(market.cast.ratna)
    assert f"/putaran/{number}/kode-jawaban" in text(office.get(f"/putaran/{number}"))
    assert code in text(office.get(f"/putaran/{number}/kode-jawaban"))
    with db.transaction(**READ):
        mine = asked(number, market.cast.joko).id
    assert code in text(browsers(market.cast.joko).get(f"/penugasan/{mine}"))
    assert browsers(market.cast.sri).get(f"/putaran/{number}/kode-jawaban").status_code == 403
