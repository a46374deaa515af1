"""A supplier's answer on its page: one button, exceptions by line, a no with its reason."""

from __future__ import annotations

import pytest

from market.core import clock, db
from market.rounds import queries
from tests.rounds.conftest import asked, asked_id
from tests.rounds.test_routes import READ, text


def test_a_supplier_accepts_with_one_button_and_finds_the_order(market, browsers, rice):
    number = market.published()
    browser, mine = browsers(market.cast.joko), asked_id(number, market.cast.joko)
    address = f"/penugasan/{mine}"
    page = text(browser.get(address))
    for shown in ("48 sak", "Rp295.000", "Rp14.160.000", "Terima semua", "Ngagelrejo"):
        assert shown in page
    assert "Jawab" in text(browser.get("/penugasan"))
    assert browser.post(f"{address}/jawaban", {"answer": "accept"}).location == address
    page = text(browser.get(address))
    assert "Pesanan pembelian sudah terbit" in page
    assert "PO/" in page
    assert "Terima semua" not in page
    assert browser.post(f"{address}/jawaban", {"answer": "accept"}).status_code == 409


def exceptions(number, actor, **changes) -> dict[str, object]:
    with db.transaction(**READ):
        mine = asked(number, actor)
        line = queries.lines_of(mine.id)[0]
        fields = {"packs": line.packs, "delivery_on": mine.delivery_on.isoformat(), "reason": "", **changes}
    return {"answer": "adjust", **{f"{name}_{line.id}": value for name, value in fields.items()}}


def test_a_supplier_accepts_less_with_a_reason(market, browsers, rice):
    number = market.published()
    browser, address = browsers(market.cast.joko), f"/penugasan/{asked_id(number, market.cast.joko)}"
    form = exceptions(number, market.cast.joko, packs="40", reason="no_stock")
    assert browser.post(f"{address}/jawaban", form).status_code == 303
    assert "yang Anda sanggupi" in text(browser.get(address))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"packs": "40"}, "Pilih alasan mengurangi"),
        ({"packs": "49"}, "Isi antara 0 dan 48"),
        ({"packs": "empat"}, "angka bulat"),
        ({"packs": "-1"}, "Paling sedikit 0"),
        ({"packs": "9" * 60}, "angka bulat"),
        ({"packs": ""}, "Wajib diisi"),
        ({"delivery_on": "2020-01-01"}, "sudah lewat"),
        ({"delivery_on": "kemarin"}, "Tanggal tidak dikenal"),
        ({"packs": "40", "reason": "karena"}, "Pilih salah satu"),
        ({"packs": "0", "reason": "no_stock"}, "Semua baris nol"),
    ],
)
def test_an_impossible_exception_comes_back_at_its_field_with_what_was_typed(
    market, browsers, rice, changes, says
):
    number = market.published()
    address = f"/penugasan/{asked_id(number, market.cast.joko)}"
    form = exceptions(number, market.cast.joko, **changes)
    answer = browsers(market.cast.joko).post(f"{address}/jawaban", form)
    assert (answer.status_code, says in text(answer)) == (422, True)
    typed = changes.get("packs")
    assert typed is None or f'value="{typed}"' in text(answer)
    with db.transaction(**READ):
        assert asked(number, market.cast.joko).state == "offered"


def test_a_supplier_declines_with_a_reason_and_is_told_what_follows(market, browsers, rice):
    number = market.published()
    browser, address = browsers(market.cast.joko), f"/penugasan/{asked_id(number, market.cast.joko)}"
    without = browser.post(f"{address}/jawaban", {"answer": "decline", "note": "truk <rusak>"})
    assert (without.status_code, "Wajib diisi" in text(without)) == (422, True)
    assert "truk &lt;rusak&gt;" in text(without)
    given = {"answer": "decline", "decline_reason": "no_truck", "note": "truk rusak"}
    assert browser.post(f"{address}/jawaban", given).status_code == 303
    page = text(browser.get(address))
    assert "Anda menolak" in page
    assert "Truk tidak ada" in page


@pytest.mark.parametrize("answer", ["", "perhaps", "accept\x00"])
def test_an_answer_that_is_none_is_refused(market, browsers, rice, answer):
    number = market.published()
    address = f"/penugasan/{asked_id(number, market.cast.joko)}/jawaban"
    assert browsers(market.cast.joko).post(address, {"answer": answer}).status_code == 422


def test_a_late_answer_is_told_so_on_the_page(market, browsers, rice):
    number = market.published()
    browser, address = browsers(market.cast.joko), f"/penugasan/{asked_id(number, market.cast.joko)}"
    clock.travel(25 * 3600)
    assert "Waktu menjawab sudah lewat" in text(browser.get(address))
    late = browser.post(f"{address}/jawaban", {"answer": "accept"})
    assert (late.status_code, "lewat" in text(late)) == (422, True)
