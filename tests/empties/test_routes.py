"""The page Tabung and what it leads to: each works, a stranger gets 404, a reader 403."""

from __future__ import annotations

import re

import pytest

from market.core import clock, db
from market.core.i18n import format_date
from market.core.permissions import Role
from market.empties import queries, services
from market.ledger import chart
from market.purchasing import queries as orders
from tests import factories
from tests.conftest import Browser
from tests.empties.conftest import CYLINDER, broken, held, order, own, receive, sell

HOME = "/tabung"
FORMS = ("penyerahan", "pembelian", "hitung", "milik")


@pytest.fixture
def browser(app, cast):
    """`browser(cast.sri)`: this person's own, signed in."""
    made: dict[int, Browser] = {}

    def of(actor) -> Browser:
        if actor.user_id not in made:
            made[actor.user_id] = Browser(app).login(actor)
        return made[actor.user_id]

    return of


@pytest.fixture
def delivered(cast):
    """Thirty own ones, fifty came: twenty are owed."""
    with db.transaction():
        own(cast, 30)
        receive(cast, 50)
    return cast


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def part(answer, testid: str) -> str:
    """The words inside the first element with this name."""
    page = answer.get_data(as_text=True)
    found = page.split(f'data-testid="{testid}"', 1)[1][:600]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found))


def now(cast) -> dict[str, int]:
    with db.transaction(read_only=True):
        return held(cast)


def deposit(cast, packs: int = 2) -> int:
    with db.transaction():
        found = queries.deposit_of_sale(sell(cast, packs, empties=0).id)
        return found.id


def purchase(cast, count: int = 20) -> int:
    with db.transaction():
        return services.propose_purchase(cast.budi, CYLINDER, cast.lamongan.id, count, chart.CASH).id


def test_a_cooperative_without_cylinders_is_told_how_to_begin(browser, cast):
    page = browser(cast.budi).get(HOME)
    assert "Catat tabung yang sudah Anda miliki" in part(page, "next")
    assert f"/tabung/{CYLINDER}/milik" in page.get_data(as_text=True)
    assert 'data-testid="next-step"' not in browser(cast.kasir).get(HOME).get_data(as_text=True)


def test_the_page_says_where_every_cylinder_is_and_what_to_do_by_when(browser, delivered):
    page = browser(delivered.kasir).get(HOME)
    with db.transaction(read_only=True):
        (side,) = queries.supplier_sides(delivered.makmur.id)
    assert "beli yang kurang" in part(page, "next")
    assert "20 tabung kosong ke Penggilingan Lamongan Jaya sebelum" in part(page, "next")
    for place, count in (("full", "50"), ("empty", "0"), ("owed", "20"), ("lent", "0"), ("owned", "30")):
        assert count in part(page, place)
    assert f"terutang ke agen 20 {format_date(side.due_on)}" in text(page)
    with db.transaction():
        sell(delivered, 8)
    page = browser(delivered.kasir).get(HOME)
    assert "Catat penyerahan" in text(page)


def test_a_late_hand_back_is_called_late(browser, delivered):
    clock.travel(9 * 86_400)
    assert "lewat tanggal" in part(browser(delivered.kasir).get(HOME), "next")


def test_cylinders_at_the_agent_and_empties_in_the_shop_have_their_own_next_step(browser, cast):
    with db.transaction():
        own(cast, 40)
        receive(cast, 10, empties=15)
    assert "membawa 5 tabung kosong Anda" in part(browser(cast.kasir).get(HOME), "next")
    with db.transaction():
        receive(cast, 5, empties=0)
    page = browser(cast.sri).get(HOME)
    assert "25 tabung kosong siap ditukar isi" in part(page, "next")
    assert "barang=LPG-3" in page.get_data(as_text=True)


def test_board_and_shelf_see_full_and_empty_on_one_line(browser, delivered):
    with db.transaction():
        sell(delivered, 6, empties=4)
    for path in ("/stok", "/hari-ini"):
        line = part(browser(delivered.hadi).get(path), "containers")
        assert "Tabung 3 kg: 44 isi · 4 kosong · 2 di pembeli · 20 terutang ke agen" in line
    assert 'data-testid="containers"' not in browser(delivered.wati).get("/stok").get_data(as_text=True)
    assert 'data-testid="containers"' not in browser(delivered.joko).get("/hari-ini").get_data(as_text=True)


def test_home_reminds_of_empties_owed_and_of_purchases_to_decide(browser, delivered):
    number = purchase(delivered)
    page = browser(delivered.hadi).get("/hari-ini")
    assert "Serahkan tabung kosong ke Penggilingan Lamongan Jaya" in text(page)
    assert "20 tabung kosong masih ditunggu agen" in text(page)
    assert f"/tabung/pembelian/{number}" in page.get_data(as_text=True)
    assert "Setujui pembelian tabung" not in text(browser(delivered.budi).get("/hari-ini"))


def test_the_page_of_cylinders_leads_to_the_counter_which_alone_sells_refills(browser, delivered):
    page = browser(delivered.kasir).get(HOME)
    assert 'href="/kasir"' in page.get_data(as_text=True)


def test_a_cylinder_comes_back_and_another_does_not(browser, delivered):
    number = deposit(delivered)
    page = browser(delivered.kasir).get(f"/tabung/titipan/{number}")
    assert "2 tabung masih dibawa" in part(page, "still-out")
    answer = browser(delivered.kasir).post(f"/tabung/titipan/{number}/kembali", {"count": "1"})
    assert answer.status_code == 303
    nameless = {"count": "1", "reason": ""}
    refused = browser(delivered.kasir).post(f"/tabung/titipan/{number}/tidak-kembali", nameless)
    assert refused.status_code == 422
    form = {"count": "1", "reason": "pindah"}
    assert browser(delivered.kasir).post(f"/tabung/titipan/{number}/tidak-kembali", form).status_code == 303
    late = browser(delivered.kasir).post(f"/tabung/titipan/{number}/kembali", {"count": "1"})
    assert late.status_code == 422 and "Titipan ini sudah selesai" in text(late)
    assert now(delivered)["lent"] == 0
    with db.transaction(read_only=True):
        assert broken() == []


def test_empties_are_handed_to_the_driver(browser, delivered):
    with db.transaction():
        sell(delivered, 8)
    page = browser(delivered.kasir).get(f"/tabung/{CYLINDER}/penyerahan?pemasok={delivered.lamongan.id}")
    assert "terutang 20" in text(page) and 'value="8"' in page.get_data(as_text=True)
    form = {"supplier_id": str(delivered.lamongan.id), "count": "9"}
    assert browser(delivered.kasir).post(f"/tabung/{CYLINDER}/penyerahan", form).status_code == 422
    form["count"] = "8"
    assert browser(delivered.kasir).post(f"/tabung/{CYLINDER}/penyerahan", form).status_code == 303
    assert now(delivered)["supplier"] == -12


def test_buying_takes_two_persons(browser, delivered):
    person, chair = browser(delivered.budi), browser(delivered.hadi)
    page = person.get(f"/tabung/{CYLINDER}/pembelian")
    assert "Kas (Rp" in text(page) and 'value="20"' in page.get_data(as_text=True)
    form = {"supplier_id": str(delivered.lamongan.id), "count": "20", "account": chart.CASH}
    answer = person.post(f"/tabung/{CYLINDER}/pembelian", form)
    assert answer.status_code == 303
    where = answer.location
    assert "Menunggu orang kedua" in text(person.get(where))
    assert 'data-testid="approve"' in chair.get(where).get_data(as_text=True)
    assert "mengusulkan membeli 20 tabung" in part(chair.get(HOME), "purchase-waits")
    assert person.post(f"{where}/persetujuan").status_code == 403
    assert chair.post(f"{where}/penolakan", {"reason": ""}).status_code == 422
    assert chair.post(f"{where}/persetujuan").status_code == 303
    assert chair.post(f"{where}/persetujuan").status_code == 422
    assert now(delivered)["owned"] == 50


def test_a_purchase_is_rejected_with_a_reason(browser, delivered):
    number = purchase(delivered)
    answer = browser(delivered.hadi).post(f"/tabung/pembelian/{number}/penolakan", {"reason": "pinjam dulu"})
    assert answer.status_code == 303 and now(delivered)["owned"] == 30
    shown = text(browser(delivered.hadi).get(f"/tabung/pembelian/{number}"))
    assert "pinjam dulu" in shown


def test_both_are_counted_on_one_page(browser, delivered):
    page = browser(delivered.kasir).get(f"/tabung/{CYLINDER}/hitung")
    assert "Menurut catatan 50" in text(page)
    form = {"full": "49", "empty": "1", "reason": ""}
    assert browser(delivered.kasir).post(f"/tabung/{CYLINDER}/hitung", form).status_code == 422
    form["reason"] = "dihitung ulang"
    assert browser(delivered.kasir).post(f"/tabung/{CYLINDER}/hitung", form).status_code == 303
    assert (now(delivered)["full"], now(delivered)["empty"]) == (49, 1)


def test_own_cylinders_enter_the_books(browser, cast):
    page = browser(cast.budi).get(f"/tabung/{CYLINDER}/milik")
    assert "150.000" in page.get_data(as_text=True)
    form = {"count": "12", "unit_rp": "140.000"}
    assert browser(cast.budi).post(f"/tabung/{CYLINDER}/milik", form).status_code == 303
    assert now(cast)["rp"] == 12 * 140_000
    assert (
        browser(cast.budi).post(f"/tabung/{CYLINDER}/milik", {"count": "0", "unit_rp": "0"}).status_code
        == 422
    )


def test_the_receipt_counts_empties_and_prints_them(browser, cast):
    with db.transaction():
        own(cast, 30)
        made = order(cast, 20)
        line = orders.goods_lines(made.id)[0]
    person = browser(cast.kasir)
    page = person.get(f"/pesanan/{made.id}/terima")
    assert "Di gerai ada 30 kosong" in text(page)
    assert re.search(rf'name="empties_{line.id}"[^>]*value="20"', page.get_data(as_text=True))
    form = {f"accepted_{line.id}": "20", f"empties_{line.id}": "31"}
    assert person.post(f"/pesanan/{made.id}/terima", form).status_code == 422
    form[f"empties_{line.id}"] = "18"
    answer = person.post(f"/pesanan/{made.id}/terima", form)
    assert answer.status_code == 303
    assert "18 tabung kosong diserahkan" in part(person.get(answer.location), "handed-back")
    assert person.get(f"{answer.location}.pdf").data.startswith(b"%PDF")
    assert now(cast) == {"full": 20, "empty": 12, "lent": 0, "supplier": -2, "owned": 30, "rp": 4_500_000}


def test_rice_asks_for_no_empties(browser, cast):
    with db.transaction():
        made = order(cast, 20, code="BRS-PRM-25")
    page = browser(cast.kasir).get(f"/pesanan/{made.id}/terima").get_data(as_text=True)
    assert 'name="accepted_' in page and 'name="empties_' not in page


def test_an_entry_of_the_books_leads_to_its_paper(browser, delivered):
    number = deposit(delivered)
    with db.transaction():
        services.return_containers(delivered.kasir, number, 1)
        moves = {row[0].kind: row[0].id for row in queries.moves_of(delivered.makmur.id)}
    person = browser(delivered.budi)
    assert person.get(f"/tabung/gerak/{moves['returned']}").location.endswith(f"/tabung/titipan/{number}")
    assert person.get(f"/tabung/gerak/{moves['received']}").location.endswith(f"#gerak-{moves['received']}")


def paths(cast) -> dict[str, tuple[str, ...]]:
    """Every page with who may not open it: (address, reader, stranger)."""
    given, bought = deposit(cast), purchase(cast)
    with db.transaction(read_only=True):
        sale = queries.deposit_for(cast.kasir, given).sale_id
        move = queries.moves_of(cast.makmur.id)[0][0].id
    return {
        "own": (f"/tabung/titipan/{given}", f"/tabung/pembelian/{bought}", f"/tabung/penjualan/{sale}"),
        "moves": (f"/tabung/gerak/{move}",),
        "acts": (
            f"/tabung/titipan/{given}/kembali",
            f"/tabung/titipan/{given}/tidak-kembali",
            f"/tabung/pembelian/{bought}/persetujuan",
            f"/tabung/pembelian/{bought}/penolakan",
        ),
        "forms": tuple(f"/tabung/{CYLINDER}/{each}" for each in FORMS),
    }


def test_a_stranger_finds_nothing_and_a_reader_changes_nothing(browser, delivered):
    found = paths(delivered)
    with db.transaction():
        stranger = factories.actor(Role.TREASURER, delivered.tetangga)
        head = factories.actor(Role.CHAIR, delivered.tetangga)
        reader = factories.actor(Role.LURAH, delivered.makmur)
    for path in (*found["own"], *found["moves"]):
        assert browser(stranger).get(path).status_code == 404
        assert browser(reader).get(path).status_code in (200, 302)
    for path in found["acts"]:
        who = head if "pembelian" in path else stranger
        assert browser(who).post(path, {"count": "1", "reason": "x"}).status_code == 404
        assert browser(reader).post(path, {"count": "1", "reason": "x"}).status_code == 403
        assert browser(reader).get(path).status_code == 405
    for path in found["forms"]:
        assert browser(reader).get(path).status_code == 403
        assert browser(reader).post(path).status_code == 403
    assert browser(delivered.joko).get(HOME).status_code == 403
    assert browser(delivered.kasir).get("/tabung/GALON/hitung").status_code == 404
