"""The pages of stock: who may open them, what they do, and what bad input gets."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

from market.commodities import queries as commodities
from market.core import clock, db
from market.core.permissions import Role
from market.stock import queries, services
from market.stock.models import StockItem, StockMove, WriteOff
from tests import factories
from tests.stock.conftest import SACK, bring, rice


@pytest.fixture
def item(cast):
    """Ten sacks of rice worth Rp3.000.000, committed; the id."""
    with db.transaction():
        made = rice(cast.makmur.id)
        bring(cast.sri, made, 10 * SACK, 3_000_000, expires_on=clock.today())
        return made.id


@pytest.fixture
def asked(cast, item):
    """Sri asks for two wet sacks to be written off; the id."""
    with db.transaction():
        return services.propose_write_off(cast.sri, item, 2 * SACK, "basah kena banjir").id


@pytest.fixture
def lurah(cast):
    """Somebody who reads everything and touches nothing."""
    with db.transaction():
        return factories.actor(Role.LURAH, cast.makmur, "Lurah", "lurah")


def on_hand(item_id: int) -> int:
    with db.transaction(read_only=True):
        return db.session.get_one(StockItem, item_id).on_hand_base // SACK


def moves(item_id: int) -> int:
    with db.transaction(read_only=True):
        return db.session.query(StockMove).filter_by(item_id=item_id).count()


def words(answer) -> str:
    """The text of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


# --- it works --------------------------------------------------------------------------------------


def test_the_shelf_shows_quantity_value_age_and_expiry(cast, browsers, item):
    page = words(browsers(cast.sri).get("/stok"))
    for text in ("10 sak (250 kg)", "Rp3.000.000", "hari ini", "(0 hari lagi)"):
        assert text in page


def test_an_empty_shelf_teaches_the_first_step(cast, browsers):
    page = words(browsers(cast.sri).get("/stok"))
    assert "Rak masih kosong" in page and "Lihat pesanan" in page


def test_a_good_shows_its_moves_with_the_way_to_their_papers(cast, browsers, item):
    answer = browsers(cast.sri).get(f"/stok/{item}")
    assert 'href="/penerimaan/1"' in answer.get_data(as_text=True)
    assert "Diterima dari pemasok" in words(answer)
    assert "+10 sak (250 kg)" in words(answer)


def test_an_entry_of_the_books_leads_to_the_good_that_moved(cast, browsers, item):
    with db.transaction():
        move = services.count_stock(cast.sri, item, 9 * SACK, "hilang")
    answer = browsers(cast.sri).get(f"/stok/gerak/{move.id}")
    assert (answer.status_code, answer.location) == (
        302,
        f"/stok/{item}?sesudah={move.id + 1}#gerak-{move.id}",
    )


def test_a_count_books_the_difference(cast, browsers, item):
    sri = browsers(cast.sri)
    assert "10 sak (250 kg)" in words(sri.get(f"/stok/{item}/hitung"))
    assert sri.post(f"/stok/{item}/hitung", {"counted": "9", "reason": "tikus"}).status_code == 303
    assert on_hand(item) == 9
    assert "tikus" in words(sri.get(f"/stok/{item}"))
    assert sri.post(f"/stok/{item}/hitung", {"counted": "9"}).status_code == 303
    assert moves(item) == 2, "a count that agrees moves nothing"


def test_a_write_off_goes_from_sri_to_budi_and_leaves_the_shelf(cast, browsers, item):
    sri, budi = browsers(cast.sri), browsers(cast.budi)
    typed = {"quantity": "2", "reason": "basah"}
    assert sri.post(f"/stok/{item}/penghapusan", typed).status_code == 303
    page = words(budi.get("/stok/penghapusan"))
    assert "basah" in page and "Rp600.000" in page and "Diusulkan Sri" in page
    assert "Setujui penghapusan" not in words(sri.get("/stok/penghapusan"))
    assert budi.post("/stok/penghapusan/1/persetujuan").status_code == 303
    assert on_hand(item) == 8
    assert "Selesai" in words(budi.get("/stok/penghapusan"))


def test_a_rejection_has_a_reason(cast, browsers, item, asked):
    budi = browsers(cast.budi)
    silent = budi.post(f"/stok/penghapusan/{asked}/penolakan", {"reason": " "})
    assert silent.status_code == 422 and "Wajib diisi" in words(silent)
    assert budi.post(f"/stok/penghapusan/{asked}/penolakan", {"reason": "masih layak"}).status_code == 303
    assert on_hand(item) == 10
    with db.transaction(read_only=True):
        assert db.session.get_one(WriteOff, asked).state == "rejected"


def test_repacking_fills_small_packs(cast, browsers, item):
    sri = browsers(cast.sri)
    page = words(sri.get(f"/stok/{item}/kemas-ulang"))
    assert "(1 jadi 5)" in page
    with db.transaction(read_only=True):
        small = commodities.pack_by_code("BRS-PRM-5").id
    answer = sri.post(f"/stok/{item}/kemas-ulang", {"packs": "2", "to_pack_id": small})
    assert answer.status_code == 303
    assert "10 sak (50 kg)" in words(sri.get(answer.location)) or "(50 kg)" in words(sri.get(answer.location))
    assert on_hand(item) == 8


def test_the_shelf_can_be_taken_away_as_a_sheet(cast, browsers, item):
    sri = browsers(cast.sri)
    xlsx = sri.get("/stok.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(xlsx.data)).active.values)
    assert rows[1][2:7] == (250_000, "g", 0, 250_000, 3_000_000)
    assert "250000" in sri.get("/stok.csv").get_data(as_text=True)


# --- who may ---------------------------------------------------------------------------------------

READ = ["/stok", "/stok.csv", "/stok/{item}", "/stok/penghapusan"]
ACT = ["/stok/{item}/hitung", "/stok/{item}/penghapusan", "/stok/{item}/kemas-ulang"]
DECIDE = ["/stok/penghapusan/{asked}/persetujuan", "/stok/penghapusan/{asked}/penolakan"]


def test_a_stranger_finds_nothing(cast, browsers, item, asked):
    wati = browsers(cast.wati)
    for path in READ[2:3] + ACT:
        assert wati.get(path.format(item=item, asked=asked)).status_code == 404, path
    for path in ACT:
        typed = {"counted": "1", "quantity": "1", "reason": "x", "packs": "1", "to_pack_id": "1"}
        assert wati.post(path.format(item=item, asked=asked), typed).status_code == 404, path
    assert words(wati.get("/stok")).count("sak") == 0
    with db.transaction():
        ketua = factories.actor(Role.CHAIR, cast.tetangga, "Ketua lain", "ketua2")
    for path in DECIDE:
        answer = browsers(ketua).post(path.format(item=item, asked=asked), {"reason": "x"})
        assert answer.status_code == 404, path
    assert (on_hand(item), moves(item)) == (10, 1)


def test_a_reader_sees_everything_and_touches_nothing(cast, browsers, item, asked, lurah):
    reader = browsers(lurah)
    for path in READ:
        assert reader.get(path.format(item=item, asked=asked)).status_code == 200, path
    for path in ACT:
        assert reader.get(path.format(item=item, asked=asked)).status_code == 403, path
        assert reader.post(path.format(item=item, asked=asked), {"counted": "1"}).status_code == 403, path
    for path in DECIDE:
        assert reader.post(path.format(item=item, asked=asked), {"reason": "x"}).status_code == 403, path
    assert "Hitung" not in words(reader.get(f"/stok/{item}"))


def test_suppliers_and_offices_have_no_shelf(cast, browsers, item):
    for actor in (cast.joko, cast.ratna):
        for path in READ:
            assert browsers(actor).get(path.format(item=item)).status_code == 403, path


def test_the_wrong_method_is_told_so(cast, browsers, item, asked):
    budi = browsers(cast.budi)
    for path in READ[:3]:
        assert budi.post(path.format(item=item)).status_code == 405, path
    for path in DECIDE:
        assert budi.get(path.format(asked=asked)).status_code == 405, path


def test_anonymous_people_are_led_to_the_login(client, cast, item):
    for path in READ + ACT:
        answer = client.get(path.format(item=item))
        assert answer.status_code == 303 and answer.location.startswith("/masuk"), path


# --- bad input -------------------------------------------------------------------------------------

BAD = ["", "-1", "1,5", "NaN", "10 sak", "१२", "9" * 30, "\u0000", "1e3"]


@pytest.mark.parametrize(
    ("page", "field", "rest"),
    [
        ("hitung", "counted", {"reason": "tikus"}),
        ("penghapusan", "quantity", {"reason": "basah"}),
        ("kemas-ulang", "packs", {"to_pack_id": "small"}),
    ],
)
def test_a_bad_number_is_told_at_its_field_and_kept(cast, browsers, item, page, field, rest):
    sri = browsers(cast.sri)
    with db.transaction(read_only=True):
        rest = {k: commodities.pack_by_code("BRS-PRM-5").id if v == "small" else v for k, v in rest.items()}
    for typed in BAD:
        answer = sri.post(f"/stok/{item}/{page}", {field: typed, **rest})
        html = answer.get_data(as_text=True)
        assert answer.status_code == 422, typed
        assert f'id="{field}-error"' in html, typed
        if typed.isascii() and typed.isprintable() and typed:
            assert f'value="{typed}"' in html
    assert moves(item) == 1
    with db.transaction(read_only=True):
        assert db.session.query(WriteOff).count() == 0


@pytest.mark.parametrize(
    ("page", "typed", "field"),
    [
        ("hitung", {"counted": "9"}, "reason"),
        ("hitung", {"counted": "9", "reason": "x" * 301}, "reason"),
        ("penghapusan", {"quantity": "2"}, "reason"),
        ("penghapusan", {"quantity": "11", "reason": "x"}, "quantity"),
        ("kemas-ulang", {"packs": "1", "to_pack_id": "999999"}, "to_pack_id"),
        ("kemas-ulang", {"packs": "1"}, "to_pack_id"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(cast, browsers, item, page, typed, field):
    answer = browsers(cast.sri).post(f"/stok/{item}/{page}", typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert moves(item) == 1


def test_goods_sold_meanwhile_stop_the_approval_with_a_reason(cast, browsers, item, asked):
    with db.transaction():
        services.move_out(cast.kasir, cast.makmur.id, item, 9 * SACK, "retail_order:1:1")
    answer = browsers(cast.budi).post(f"/stok/penghapusan/{asked}/persetujuan")
    assert answer.status_code == 422
    assert "tinggal 25 kg" in words(answer)
    assert on_hand(item) == 1


def test_the_same_press_twice_moves_goods_once(cast, browsers, item):
    sri = browsers(cast.sri)
    with db.transaction(read_only=True):
        small = commodities.pack_by_code("BRS-PRM-5").id
    typed = {**sri.tokens(), "packs": "2", "to_pack_id": small}
    for _press in range(2):
        assert sri.client.post(f"/stok/{item}/kemas-ulang", data=typed).status_code == 303
    assert on_hand(item) == 8


def test_a_decided_write_off_stays_decided(cast, browsers, item, asked):
    budi = browsers(cast.budi)
    budi.post(f"/stok/penghapusan/{asked}/persetujuan")
    again = browsers(cast.hadi).post(f"/stok/penghapusan/{asked}/persetujuan")
    assert again.status_code == 422 and "sudah diputuskan" in words(again)
    assert on_hand(item) == 8
    with db.transaction(read_only=True):
        assert queries.waiting_write_offs(cast.makmur.id) == []
