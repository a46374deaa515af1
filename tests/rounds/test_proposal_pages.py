"""Pages of changed answers: their preview, the buyer's decision, the office's and the supplier's view."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db
from market.core.permissions import Role
from market.rounds import queries
from market.rounds.models_answers import AnswerProposal
from tests import factories
from tests.rounds.conftest import asked, asked_id
from tests.rounds.test_answer_page import exceptions
from tests.rounds.test_routes import READ, text


def address(number, actor) -> str:
    return f"/penugasan/{asked_id(number, actor)}"


@pytest.fixture
def number(market, rice):
    return market.published()


def proposal() -> AnswerProposal:
    with db.transaction(**READ):
        return db.session.query(AnswerProposal).one()


def proposed(market, browsers, number, **changes) -> str:
    """Joko sends a dearer answer through his page; the address of what became of it."""
    form = exceptions(number, market.cast.joko, **{"price": "300.000", "reason": "price_rose", **changes})
    answer = browsers(market.cast.joko).post(f"{address(number, market.cast.joko)}/jawaban", form)
    assert answer.status_code == 303, text(answer)
    return f"/usulan/{proposal().id}"


def test_a_preview_says_what_would_follow_and_stores_nothing(market, browsers, number):
    browser, mine = browsers(market.cast.joko), address(number, market.cast.joko)
    form = exceptions(number, market.cast.joko, packs="40", price="300.000", reason="price_rose")
    page = browser.post(f"{mine}/jawaban/pratinjau", form)
    assert page.status_code == 200
    for shown in ("Belum terkirim", "40 dari 48", "Rp300.000", "Pembeli memutuskan", "83 %", 'value="40"'):
        assert shown in text(page), shown
    with db.transaction(**READ):
        assert asked(number, market.cast.joko).state == "offered"
        assert db.session.query(AnswerProposal).count() == 0
    assert browser.post(f"{mine}/jawaban", form).status_code == 303, "what was previewed can be sent"


def test_a_preview_of_something_impossible_says_why(market, browsers, number):
    browser, mine = browsers(market.cast.joko), address(number, market.cast.joko)
    form = exceptions(number, market.cast.joko, price="400.000", reason="price_rose")
    page = browser.post(f"{mine}/jawaban/pratinjau", form)
    assert (page.status_code, "Rp309.750" in text(page)) == (422, True)
    assert 'data-testid="preview"' not in text(page)


def test_the_page_says_what_each_answer_does_to_the_own_score(market, browsers, number):
    page = text(browsers(market.cast.joko).get(address(number, market.cast.joko)))
    for shown in ("Akibat bagi rapor Anda", "Terima semua", "Tolak", "Diam", "100 %"):
        assert shown in page


def test_one_word_for_all_destinations_is_not_sixty_clicks(market, browsers):
    for _twice in range(2):
        market.need(10)
    market.need(12, by=market.cast.wati)
    market.offer(market.cast.joko, 295_000, 100)
    number = market.published()
    with db.transaction(**READ):
        mine = asked(number, market.cast.joko)
        lines = queries.lines_of(mine.id)
        form = {"answer": "adjust", "all_price": "300000", "all_reason": "price_rose"}
        for line in lines:
            form |= {f"packs_{line.id}": line.packs, f"delivery_on_{line.id}": mine.delivery_on.isoformat()}
    assert len(lines) == 3
    answer = browsers(market.cast.joko).post(f"/penugasan/{mine.id}/jawaban", form)
    assert answer.status_code == 303, text(answer)
    with db.transaction(**READ):
        found = [
            (p.buyer_id, p.price_rp) for p in db.session.query(AnswerProposal).order_by(AnswerProposal.id)
        ]
    assert sorted(price for _buyer, price in found) == [300_000] * 3


def test_a_split_delivery_is_typed_and_becomes_two_orders(market, browsers, number):
    later = (clock.today() + timedelta(days=5)).isoformat()
    form = exceptions(number, market.cast.joko, more_packs_1="8", more_on_1=later)
    browser, mine = browsers(market.cast.joko), address(number, market.cast.joko)
    half = exceptions(number, market.cast.joko, more_packs_1="8")
    assert "Isi jumlah dan tanggalnya" in text(browser.post(f"{mine}/jawaban", half))
    assert browser.post(f"{mine}/jawaban", form).status_code == 303
    with db.transaction(**READ):
        line = queries.lines_of(asked(number, market.cast.joko).id)[0]
        assert len(queries.orders_of_need(line.need_id)) == 2


def test_the_buyer_sees_what_changed_and_takes_it(market, browsers, number):
    where = proposed(market, browsers, number)
    browser = browsers(market.cast.budi)
    assert where in text(browser.get("/hari-ini"))
    assert where in text(browser.get("/usulan"))
    page = text(browser.get(where))
    for shown in ("Rp295.000", "Rp300.000", "Harga naik", "Rp240.000", "Ambil", "Tidak ambil"):
        assert shown in page, shown
    assert browser.post(f"{where}/keputusan", {"choice": "confirm"}).location == where
    page = text(browser.get(where))
    assert "Harga ini tetap" in page
    assert "PO/" in page
    assert browser.post(f"{where}/keputusan", {"choice": "withdraw"}).status_code == 409


def test_a_decision_that_is_none_and_a_late_one_are_refused(market, browsers, number):
    where = proposed(market, browsers, number)
    browser = browsers(market.cast.budi)
    assert browser.post(f"{where}/keputusan", {"choice": "perhaps"}).status_code == 422
    clock.travel(25 * 3600)
    late = browser.post(f"{where}/keputusan", {"choice": "confirm"})
    assert (late.status_code, "Waktu memutuskan sudah lewat" in text(late)) == (422, True)
    assert "Keputusan Anda" not in text(browser.get(where))


def test_a_price_above_what_the_board_had_approved_says_so(market, browsers):
    market.need(40, ceiling_rp=296_000)
    market.offer(market.cast.joko, 295_000, 60)
    number = market.published()
    where = proposed(market, browsers, number)
    assert "Di atas harga tertinggi" in text(browsers(market.cast.budi).get(where))


def test_strangers_readers_and_wrong_methods(market, browsers, client, number):
    where = proposed(market, browsers, number)
    neighbour, poster, rival = (browsers(getattr(market.cast, who)) for who in ("head", "sri", "nur"))
    assert client.get(where).location[:6] == "/masuk"
    assert neighbour.get(where).status_code == 404
    assert neighbour.post(f"{where}/keputusan", {"choice": "confirm"}).status_code == 404
    assert "Ketua atau bendahara" in text(poster.get(where))
    assert poster.post(f"{where}/keputusan", {"choice": "confirm"}).status_code == 403
    assert rival.get(where).status_code == 403
    assert poster.post(where).status_code == 405
    assert poster.get(f"{where}/keputusan").status_code == 405
    assert poster.get(f"/usulan/{10**30}").status_code == 404
    other = f"{address(number, market.cast.joko)}/jawaban/pratinjau"
    assert rival.post(other, {"answer": "adjust"}).status_code == 404


# --- scorecards ----------------------------------------------------------------------------------


def test_a_supplier_reads_its_score_and_answers_to_a_fact_once(market, browsers, number):
    market.answer(market.cast.joko, asked_id(number, market.cast.joko), decline_reason="no_stock")
    browser = browsers(market.cast.joko)
    page = text(browser.get("/rapor"))
    for shown in ("Disanggupi kurang", "48 dari 48", "100 %", "0 %", "Arti angka-angka ini"):
        assert shown in page, shown
    with db.transaction(**READ):
        fact = f"less:assignment:{asked(number, market.cast.joko).id}"
    assert browser.post("/rapor/tanggapan", {"fact": fact, "text": ""}).status_code == 422
    assert browser.post("/rapor/tanggapan", {"fact": "less:assignment:0", "text": "x"}).status_code == 404
    assert browser.post("/rapor/tanggapan", {"fact": fact, "text": "Gudang <banjir>."}).status_code == 303
    assert "Gudang &lt;banjir&gt;." in text(browser.get("/rapor"))
    assert browser.post("/rapor/tanggapan", {"fact": fact, "text": "lagi"}).status_code == 409
    office = browsers(market.cast.ratna)
    assert "Penggilingan" in text(office.get("/dinas/rapor-pemasok"))
    page = text(office.get(f"/dinas/rapor-pemasok/{market.cast.lamongan.id}"))
    assert "Gudang &lt;banjir&gt;." in page
    assert "Simpan tanggapan" not in page


def test_scorecards_are_for_the_supplier_and_its_office(market, browsers, number):
    with db.transaction():
        malang = factories.actor(Role.OFFICE_OFFICER, factories.office("3573", "Dinas Malang"))
    theirs = f"/dinas/rapor-pemasok/{market.cast.lamongan.id}"
    assert browsers(malang).get(theirs).status_code == 404
    assert browsers(market.cast.sri).get(theirs).status_code == 403
    assert browsers(market.cast.joko).get(theirs).status_code == 403
    assert browsers(market.cast.joko).get("/dinas/rapor-pemasok").status_code == 403
    assert browsers(market.cast.sri).get("/rapor").status_code == 403
    assert "Belum ada pemasok" in text(browsers(malang).get("/dinas/rapor-pemasok"))
    rival = browsers(market.cast.nur)
    with db.transaction(**READ):
        fact = f"less:assignment:{asked(number, market.cast.joko).id}"
    assert rival.post("/rapor/tanggapan", {"fact": fact, "text": "bukan saya"}).status_code == 404


def test_the_offer_form_says_that_confirmed_prices_hold(market, browsers):
    assert "juga bila ada koperasi yang mundur" in text(browsers(market.cast.joko).get("/penawaran/baru"))
