"""The board is live: an event shows without anybody reporting it, to those whose area it is."""

from __future__ import annotations

import pytest
from sqlalchemy import event, update

from market.commodities import queries as commodities
from market.commodities import services as reference
from market.core import clock, db
from market.core.permissions import SYSTEM, Role
from market.identity.models import Organization
from market.ledger import services as ledger
from market.monitoring import routes as monitoring
from market.stock import queries as stocked
from market.stock import services as stock
from tests import factories


@pytest.fixture
def cast(cast):
    with db.transaction():
        reference.load_reference()
        ledger.open_books(SYSTEM, cast.makmur.id)
    return cast


def rice_comes(organization_id: int, packs: int = 4) -> None:
    with db.transaction():
        pack = commodities.pack_by_code("BRS-PRM-25")
        item = stock.item_for_pack(organization_id, pack.id)
        stock.move_in(SYSTEM, organization_id, item.id, packs * pack.size_base, packs * 300_000, "test:1")


def row_of(page: str, name: str) -> str:
    rows = page[page.index("board-rows") :].split("<tr")
    return next(part for part in rows if name in part)


def row_free(page: str) -> str:
    """The rows of the board; nothing when there are none."""
    return page.partition("board-rows")[2]


def board(browser) -> str:
    return browser.get("/papan/").get_data(as_text=True)


def test_a_cooperative_that_has_done_nothing_has_not_started(browsers, cast):
    assert "Belum mulai" in row_of(board(browsers(cast.ratna)), "Ngagelrejo")


def test_goods_that_move_light_the_lamp(browsers, cast):
    rice_comes(cast.makmur.id)
    row = row_of(board(browsers(cast.ratna)), "Ngagelrejo")
    assert "Nyala" in row
    assert "Rp1.200.000" in row


def test_a_lamp_fades_and_goes_out_by_itself(browsers, cast):
    rice_comes(cast.makmur.id)
    clock.travel(15 * 86_400)
    ratna = browsers(cast.ratna)
    assert "Meredup" in row_of(board(ratna), "Ngagelrejo")
    clock.travel(16 * 86_400)
    assert "Padam" in row_of(board(browsers(cast.ratna)), "Ngagelrejo")


def statements(browser, path: str) -> list[str]:
    """What a page asks, without what only sets the transaction up."""
    asked: list[str] = []
    listener = lambda *args: asked.append(args[2])  # noqa: E731
    event.listen(db.engine(), "before_cursor_execute", listener)
    try:
        assert browser.get(path).status_code == 200
    finally:
        event.remove(db.engine(), "before_cursor_execute", listener)
    return [said for said in asked if said.startswith("SELECT ") and "set_config(" not in said]


def test_the_board_asks_as_much_for_many_cooperatives_as_for_two(browsers, cast):
    rice_comes(cast.makmur.id)
    ratna = browsers(cast.ratna)
    board(ratna)  # where the villages lie is read once and for all
    clock.travel(monitoring.KEPT_S)
    few = statements(ratna, "/papan/")
    with db.transaction():
        for n in range(5):
            ledger.open_books(SYSTEM, factories.cooperative(f"Koperasi {n}").id)
    many = statements(ratna, "/papan/")
    assert len(many) == len(few) <= 5 + 1, many  # one is the session's


def test_a_second_look_at_the_same_board_asks_only_whether_anything_happened(browsers, cast):
    ratna, agus = browsers(cast.ratna), browsers(cast.agus)
    board(ratna)
    again = statements(ratna, "/papan/")
    assert len(again) == 2, again  # the session and the version
    assert len(statements(agus, "/papan/hidup")) == 2, "a colleague looks at the same board"
    rice_comes(cast.makmur.id)
    assert len(statements(ratna, "/papan/")) > 2
    assert "Rp1.200.000" in row_of(board(agus), "Ngagelrejo")


def test_what_no_version_tells_is_on_the_board_before_it_asks_again(browsers, cast):
    ratna = browsers(cast.ratna)
    assert "Ngagelrejo" in board(ratna)
    with db.transaction():
        gone = update(Organization).where(Organization.id == cast.makmur.id).values(active=False)
        db.session.execute(gone)
    clock.travel(monitoring.KEPT_S)
    assert "Ngagelrejo" not in row_free(board(ratna))


def test_a_narrowed_board_is_not_taken_for_the_whole(browsers, cast):
    rice_comes(cast.makmur.id)
    ratna = browsers(cast.ratna)
    whole = board(ratna)
    dark = ratna.get("/papan/?keadaan=dormant").get_data(as_text=True)
    assert "Ngagelrejo" in row_of(whole, "Ngagelrejo")
    assert "Ngagelrejo" not in row_free(dark)
    assert board(ratna).count("<tr") == whole.count("<tr")


def test_a_line_that_is_kept_follows_its_figures_and_the_readers_language(browsers, cast):
    rice_comes(cast.makmur.id)
    ratna = browsers(cast.ratna)
    assert "Rp1.200.000" in row_of(board(ratna), "Ngagelrejo")
    with db.transaction():
        item = stocked.stock_of(cast.makmur.id)[0]
        stock.move_in(SYSTEM, cast.makmur.id, item.id, item.on_hand_base, 300_000, "test:2")
    assert "Rp1.500.000" in row_of(board(ratna), "Ngagelrejo")
    ratna.post("/bahasa", {"locale": "en"})
    row = row_of(board(ratna), "Ngagelrejo")
    assert "Lit" in row and "Nyala" not in row


def test_the_picture_of_lamps_is_drawn_anew_when_a_lamp_is_lit(browsers, cast):
    def lamps() -> int:
        return board(browsers(cast.ratna)).count('class="lamp alive"')

    before = lamps()
    assert lamps() == before
    rice_comes(cast.makmur.id)
    assert lamps() == before + 2  # on the map and in the words below it


def test_an_open_board_fetches_what_lets_it_renew_itself(browsers, cast):
    page = board(browsers(cast.ratna))
    assert "htmx.min.js" in page.partition("<body")[0] and 'hx-trigger="every 5s"' in page


def test_an_open_board_costs_nothing_until_something_happens(browsers, cast):
    ratna = browsers(cast.ratna)
    first = ratna.get("/papan/hidup")
    tag = first.headers["ETag"]
    assert ratna.get("/papan/hidup", headers={"If-None-Match": tag}).status_code == 304
    rice_comes(cast.makmur.id)
    fresh = ratna.get("/papan/hidup", headers={"If-None-Match": tag})
    assert fresh.status_code == 200
    assert "Nyala" in row_of(fresh.get_data(as_text=True), "Ngagelrejo")


def test_the_board_can_be_narrowed_to_one_state(browsers, cast):
    rice_comes(cast.makmur.id)
    page = browsers(cast.ratna).get("/papan/?keadaan=alive").get_data(as_text=True)
    table = page[page.index("board-rows") :]
    assert "Ngagelrejo" in table
    assert "Wonokromo" not in table


def test_an_office_sees_only_its_own_city(browsers, cast):
    with db.transaction():
        malang = factories.cooperative("Koperasi Blimbing", "3573011001")
    ratna = browsers(cast.ratna)
    assert "Blimbing" not in board(ratna)
    assert ratna.get(f"/papan/koperasi/{malang.id}").status_code == 404


def test_one_cooperatives_page_tells_why(browsers, cast):
    rice_comes(cast.makmur.id)
    page = browsers(cast.ratna).get(f"/papan/koperasi/{cast.makmur.id}").get_data(as_text=True)
    assert "Koperasi Sumber Makmur" in page
    assert "100 kg" in page


def test_supervisors_of_a_district_see_their_district(browsers, cast):
    with db.transaction():
        district = factories.office("357804", "Kecamatan Wonokromo")
        camat = factories.actor(Role.CAMAT, district)
    page = board(browsers(camat))
    assert "Wonokromo" in page
    assert "Ngagelrejo" not in page


@pytest.mark.parametrize("path", ["/papan/", "/papan/hidup", "/papan/kebutuhan", "/papan/koperasi/1"])
def test_cooperatives_and_suppliers_do_not_see_the_board(browsers, client, cast, path):
    assert browsers(cast.sri).get(path).status_code == 403
    assert browsers(cast.joko).get(path).status_code == 403
    assert client.get(path).status_code == 303
    assert client.post(path).status_code == 405
