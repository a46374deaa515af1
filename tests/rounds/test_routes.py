"""Pages of rounds: they work, strangers and readers are kept out, bad input comes back at its field."""

from __future__ import annotations

import json
import re

import pytest

from market.core import clock, db
from market.core.permissions import Role
from market.rounds import queries
from market.rounds.models import DECLINE_REASONS, UNMET_REASONS
from matching.reasons import SHORTAGE_REASONS
from tests import factories
from tests.rounds.conftest import asked_id, the_round
from tests.support.papers import pages

READ = {"read_only": True}


def text(answer) -> str:
    return answer.get_data(as_text=True)


def state(round_id) -> str:
    with db.transaction(**READ):
        return the_round(round_id).state


@pytest.fixture
def malang(cast):
    """An officer of another city."""
    with db.transaction():
        return factories.actor(Role.OFFICE_OFFICER, factories.office("3573", "Dinas Malang"))


@pytest.fixture
def viewer(cast):
    """Somebody of the office who may look and no more."""
    with db.transaction():
        return factories.actor(Role.PROVINCE_OFFICER, cast.dinas)


OPEN_FORM = {"title": "Beras Jumat", "closes_at": "tomorrow", "answer_hours": "24"}


# --- four tests for every page -------------------------------------------------------------------


def test_everybody_concerned_sees_the_rounds(market, browsers, viewer, rice):
    market.open()
    for person in (market.cast.ratna, market.cast.sri, viewer):
        assert "Beras Jumat" in text(browsers(person).get("/putaran"))
    assert "Buka putaran" in text(browsers(market.cast.ratna).get("/putaran"))
    assert "Buka putaran" not in text(browsers(viewer).get("/putaran"))


def test_the_rounds_of_another_city_are_not_listed(market, browsers, malang):
    market.open()
    assert "Beras Jumat" not in text(browsers(malang).get("/putaran"))


PAGES = {
    "/putaran": "ratna",
    "/putaran/baru": "ratna",
    "/putaran/{round}": "ratna",
    "/putaran/{round}/langsung": "ratna",
    "/putaran/{round}/rencana/1/masalah.json": "ratna",
    "/putaran/{round}/rencana/1/rencana.json": "ratna",
    "/putaran/{round}/rencana/1/sertifikat.json": "ratna",
    "/hasil-penawaran": "joko",
    "/penugasan": "joko",
    "/penugasan/{assignment}": "joko",
    "/permintaan": "joko",
}
ACTS = {
    "/putaran": "ratna",
    "/putaran/{round}/penutupan": "ratna",
    "/putaran/{round}/pembatalan": "ratna",
    "/putaran/{round}/hitungan": "ratna",
    "/putaran/{round}/penerbitan": "ratna",
    "/penugasan/{assignment}/jawaban": "joko",
}


def filled(path, round_id, market) -> str:
    return path.format(round=round_id, assignment=asked_id(round_id, market.cast.joko))


def test_every_page_opens_for_its_people_and_leads_strangers_to_the_login(market, browsers, client, rice):
    number = market.published()
    for path, who in PAGES.items():
        path = filled(path, number, market)
        assert browsers(getattr(market.cast, who)).get(path).status_code == 200, path
        stranger = client.get(path)
        assert (stranger.status_code, stranger.location[:6]) == (303, "/masuk"), path
    for path in ACTS:
        assert client.post(filled(path, number, market)).location[:6] == "/masuk", path


def test_who_may_only_look_or_is_of_another_trade_is_forbidden(market, browsers, viewer, rice):
    number = market.published()
    reader, seller, supplier = browsers(viewer), browsers(market.cast.sri), browsers(market.cast.joko)
    for path in ("/putaran/baru", "/putaran/{round}/rencana/1/masalah.json"):
        assert reader.get(filled(path, number, market)).status_code == 403
    for path in ACTS:
        assert reader.post(filled(path, number, market)).status_code == 403, path
        assert seller.post(filled(path, number, market)).status_code == 403, path
    for path in ("/penugasan", "/penugasan/{assignment}", "/permintaan"):
        assert seller.get(filled(path, number, market)).status_code == 403
    for path in ("/putaran", "/putaran/{round}", "/putaran/{round}/langsung"):
        assert supplier.get(filled(path, number, market)).status_code == 403


def test_what_belongs_to_others_does_not_exist(market, browsers, malang, rice):
    number = market.published()
    elsewhere, rival = browsers(malang), browsers(market.cast.nur)
    for path in PAGES:
        if "{round}" in path:
            assert elsewhere.get(filled(path, number, market)).status_code == 404, path
    for path in ACTS:
        if "{round}" in path:
            assert elsewhere.post(filled(path, number, market), {"reason": "x"}).status_code == 404, path
    mine = filled("/penugasan/{assignment}", number, market)
    assert rival.get(mine).status_code == 404
    assert rival.post(f"{mine}/jawaban", {"answer": "accept"}).status_code == 404
    for number in (0, 10**30):
        assert elsewhere.get(f"/putaran/{number}").status_code == 404
        assert rival.get(f"/penugasan/{number}").status_code == 404


def test_each_address_knows_its_method(market, browsers, rice):
    number = market.published()
    officer, supplier = browsers(market.cast.ratna), browsers(market.cast.joko)
    for path, who in {**PAGES, **ACTS}.items():
        browser = officer if who == "ratna" else supplier
        path = filled(path, number, market)
        if path != "/putaran":
            wrong = (
                browser.get(path) if path in [filled(p, number, market) for p in ACTS] else browser.post(path)
            )
            assert wrong.status_code == 405, path


# --- the office ----------------------------------------------------------------------------------


def test_an_officer_opens_closes_publishes_and_reads_the_certificate(market, browsers, rice):
    browser = browsers(market.cast.ratna)
    opened = browser.post("/putaran", OPEN_FORM)
    assert opened.status_code == 303
    address = opened.location
    assert "Putaran dibuka" in text(browser.get(address))
    assert 'data-testid="pool-BRS-PRM-25"' in text(browser.get(address))
    assert browser.post(f"{address}/penutupan").location == address
    assert 'data-state="closed"' in text(browser.get(address))
    market.work()
    page = text(browser.get(address))
    assert "Rp23.840.000" in page
    assert "Diperiksa ulang" in page
    assert "Penggilingan Ngawi Subur" in page
    assert browser.post(f"{address}/penerbitan").location == address
    assert "2 penugasan dikirim" in text(browser.get(address))
    problem = json.loads(text(browser.get(f"{address}/rencana/1/masalah.json")))
    assert problem["format"] == "lumbung-problem/1"
    plan = browser.get(f"{address}/rencana/1/rencana.json")
    assert json.loads(text(plan))["cost_rp"] == 23_840_000
    assert plan.headers["Content-Disposition"].startswith('attachment; filename="rencana-PTR-')
    assert browser.get(f"{address}/rencana/9/rencana.json").status_code == 404


def test_a_bad_form_comes_back_with_what_was_typed(market, browsers):
    browser = browsers(market.cast.ratna)
    for wrong, says in (
        ({"title": ""}, "Wajib diisi"),
        ({"title": "x" * 500}, "Terlalu panjang"),
        ({"title": "Be\x00ras"}, "huruf tersembunyi"),
        ({"closes_at": "kapan-kapan"}, "Pilih salah satu"),
        ({"answer_hours": "9" * 400}, "Pilih salah satu"),
    ):
        answer = browser.post("/putaran", {**OPEN_FORM, **wrong})
        assert (answer.status_code, says in text(answer)) == (422, True), wrong
    kept = text(browser.post("/putaran", {**OPEN_FORM, "answer_hours": "7"}))
    assert 'value="Beras Jumat"' in kept
    assert re.search(r"<option selected value=\"tomorrow\"", kept)


def test_a_choice_that_has_passed_is_not_offered(market, browsers):
    browser = browsers(market.cast.ratna)
    clock.travel(18 * 3600, to=clock.start_of(clock.today()))
    page = text(browser.get("/putaran/baru"))
    assert "Hari ini 17.00" not in page
    assert "Besok 17.00" in page
    assert browser.post("/putaran", {**OPEN_FORM, "closes_at": "today"}).status_code == 422


def test_sending_the_same_form_twice_opens_one_round(market, browsers):
    browser = browsers(market.cast.ratna)
    form = {**browser.tokens(), **OPEN_FORM}
    answers = [browser.client.post("/putaran", data=form) for _twice in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    with db.transaction(**READ):
        assert len(queries.rounds_of(market.cast.ratna)) == 1


def test_a_refusal_is_a_page_and_changes_nothing(market, browsers, rice):
    browser = browsers(market.cast.ratna)
    number = market.close()
    assert browser.post(f"/putaran/{number}/penutupan").status_code in (409, 422)
    assert browser.post(f"/putaran/{number}/penerbitan").status_code == 409
    empty = browser.post(f"/putaran/{number}/pembatalan", {"reason": ""})
    assert (empty.status_code, "Wajib diisi" in text(empty)) == (422, True)
    assert state(number) == "closed"
    assert browser.post(f"/putaran/{number}/pembatalan", {"reason": "salah tanggal"}).status_code == 303
    assert state(number) == "cancelled"
    assert "dibatalkan" in text(browser.get(f"/putaran/{number}"))


def test_a_failed_round_says_so_and_offers_another_try(market, browsers, broken_matcher, rice):
    broken_matcher("fails")
    number = market.solved()
    broken_matcher(None)
    browser = browsers(market.cast.ratna)
    page = text(browser.get(f"/putaran/{number}"))
    assert "Hitungan gagal" in page
    assert "ran out of luck" in page
    assert "ran out of luck" not in text(browsers(market.cast.sri).get(f"/putaran/{number}"))
    assert browser.post(f"/putaran/{number}/hitungan").status_code == 303
    market.work()
    assert 'data-state="solved"' in text(browser.get(f"/putaran/{number}"))


def test_the_moving_part_is_sent_again_only_when_something_has_happened(market, browsers, rice):
    number = market.open()
    browser = browsers(market.cast.ratna)
    address = f"/putaran/{number}/langsung?keadaan=open"
    first = browser.get(address)
    assert "<form" not in text(first)
    seen = {"If-None-Match": first.headers["ETag"]}
    assert browser.get(address, headers=seen).status_code == 304
    market.need(5)
    changed = browser.get(address, headers=seen)
    assert (changed.status_code, "HX-Refresh" in changed.headers) == (200, False)
    market.close(number)
    assert browser.get(address, headers=seen).headers["HX-Refresh"] == "true"


def test_an_answer_is_news_for_the_moving_part(market, browsers, rice):
    number = market.published()
    browser = browsers(market.cast.ratna)
    address = f"/putaran/{number}/langsung?keadaan=published"
    seen = {"If-None-Match": browser.get(address).headers["ETag"]}
    assert browser.get(address, headers=seen).status_code == 304
    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    assert 'data-state="accepted"' in text(browser.get(address, headers=seen))


# --- sealed bids ---------------------------------------------------------------------------------


def test_a_cooperative_sees_no_supplier_and_no_price_before_the_plan_is_published(market, browsers, rice):
    number = market.solved()
    browser = browsers(market.cast.sri)
    page = text(browser.get(f"/putaran/{number}"))
    assert "menerbitkan" in page
    for secret in ("Penggilingan", "295.000", "302.500", "23.840.000"):
        assert secret not in page
        assert secret not in text(browser.get(f"/putaran/{number}/langsung"))
    market.publish(number)
    page = text(browser.get(f"/putaran/{number}"))
    for shown in ("Penggilingan Lamongan Jaya", "Rp295.000", "Rp23.840.000", "80 dari 80 sak"):
        assert shown in page


def test_a_cooperative_sees_only_its_own_needs(market, browsers, rice):
    market.need(7, by=market.cast.wati)
    number = market.published()
    page = text(browsers(market.cast.wati).get(f"/putaran/{number}"))
    assert "7 dari 7 sak" in page
    assert "Sumber Makmur" not in page
    assert "80" not in re.sub(r"Rp[0-9.]+|\d{4,}|[a-f0-9]{20,}", "", re.sub(r"<[^>]+>", "", page))


def test_a_supplier_sees_neither_rivals_nor_their_prices(market, browsers, rice):
    number = market.published()
    page = text(browsers(market.cast.joko).get(f"/penugasan/{asked_id(number, market.cast.joko)}"))
    assert "Koperasi Sumber Makmur" in page
    for secret in ("Ngawi", "302.500", "9.680.000", "23.840.000"):
        assert secret not in page
    assert "Penugasan" in text(browsers(market.cast.nur).get("/penugasan"))


def test_an_assignment_that_nobody_published_does_not_exist_for_its_supplier(market, browsers, rice):
    number = market.solved()
    browser = browsers(market.cast.joko)
    assert browser.get(f"/penugasan/{asked_id(number, market.cast.joko)}").status_code == 404
    assert "Belum ada penugasan" in text(browser.get("/penugasan"))


def test_price_steps_of_the_pool_show_only_what_several_suppliers_offer_together(market, browsers):
    market.need(30)
    market.offer(market.cast.joko, 300_000, 90, tiers=[(1, 300_000), (50, 290_000)])
    number = market.open()
    office, buyer, other = (browsers(getattr(market.cast, who)) for who in ("ratna", "sri", "wati"))
    assert "290.000" not in text(office.get(f"/putaran/{number}"))
    market.offer(market.cast.nur, 298_000, 90)
    for browser in (office, buyer):
        page = text(browser.get(f"/putaran/{number}"))
        assert "Rp290.000" in page
        assert "Rp298.000" in page
        assert "Rp300.000" not in page
        assert "Penggilingan" not in page
    assert "290.000" not in text(other.get(f"/putaran/{number}"))


# --- gaps and their reasons ----------------------------------------------------------------------


def test_a_need_that_goes_short_is_told_why_and_what_to_do(market, browsers):
    market.need(80, ceiling_rp=290_000)
    market.offer(market.cast.joko, 295_000, 48)
    number = market.published()
    page = text(browsers(market.cast.sri).get(f"/putaran/{number}"))
    assert "Harga sampai di tempat Anda lebih tinggi" in page
    assert "Kurang Rp5.000" in page
    assert "Naikkan batas harga" in page
    assert "ikut putaran berikutnya" in page
    assert "Harga sampai di tempat" in text(browsers(market.cast.ratna).get(f"/putaran/{number}"))


def test_every_reason_has_a_sentence_and_a_remedy():
    assert set(queries.UNMET_WORDS) == set(queries.UNMET_REMEDIES) == set(UNMET_REASONS)
    assert set(UNMET_REASONS) >= SHORTAGE_REASONS
    assert set(queries.DECLINE_WORDS) == set(DECLINE_REASONS)


def test_home_knows_what_waits(market, rice):
    number = market.solved()
    with db.transaction(**READ):
        waiting = [db.session.execute(each).all() for each in queries.today(market.cast.ratna)]
        assert [(row.kind, row.subject_id) for rows in waiting for row in rows] == [("round_waits", number)]
        assert [db.session.execute(each).all() for each in queries.today(market.cast.joko)] == [[]]
        assert queries.today(market.cast.sri) == []
    market.publish(number)
    with db.transaction(**READ):
        found = db.session.execute(queries.today(market.cast.joko)[0]).one()
        assert (found.kind, found.amount) == ("assignment_waits", 48)


def test_a_cooperative_takes_its_results_home_on_paper_and_nobody_elses(market, browsers, rice):
    number = market.published()
    address = f"/putaran/{number}/hasil.pdf"
    answer = browsers(market.cast.budi).get(address)
    assert answer.status_code == 200 and answer.content_type == "application/pdf"
    text = " ".join(pages(answer.data))
    said = ["Hasil putaran", "Koperasi Sumber Makmur", "Penggilingan Lamongan Jaya", "Biaya sampai di tempat"]
    assert [word for word in said if word not in text] == []
    assert {browsers(who).get(address).status_code for who in (market.cast.ratna,)} == {404}
    assert browsers(market.cast.joko).get(address).status_code == 403


def test_there_is_no_paper_before_a_round_is_published(market, browsers, rice):
    number = market.solved()
    assert browsers(market.cast.budi).get(f"/putaran/{number}/hasil.pdf").status_code == 404
