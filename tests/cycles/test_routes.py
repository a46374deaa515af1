"""Pages of cycles, of proposals and of the invitation, as their people use them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.commodities import queries as commodities
from market.core import clock, db
from market.cycles.models import CycleDate, NeedWidening, OrderCycle
from market.needs.models import Need
from tests.cycles.conftest import open_due, planned
from tests.cycles.test_asking import near, on_the_shelf  # noqa: F401
from tests.rounds.conftest import RICE

TYPED = {
    "title": "Beras dua mingguan",
    "family": "beras",
    "first_opens_on": "2027-02-02",
    "every_weeks": "2",
    "open_days": "3",
    "answer_hours": "24",
    "delivery_days": "5",
}


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def ratna(browsers, cast, monday):
    return browsers(cast.ratna)


class TestTheOffice:
    def test_plans_a_cycle_and_sees_its_next_dates(self, ratna):
        assert "Belum ada siklus" in text(ratna.get("/siklus"))
        answer = ratna.post("/siklus", TYPED)
        assert answer.status_code == 303
        page = text(ratna.get(answer.location))
        for at in ("Sel 2 Feb 08.00", "Jum 5 Feb 17.00", "Kam 11 Feb", "Sel 16 Feb 08.00"):
            assert at in page, at
        assert "Beras dua mingguan" in text(ratna.get("/siklus"))

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"first_opens_on": "2027-01-01"}, "paling cepat hari ini"),
            ({"every_weeks": "1", "open_days": "5"}, ""),
            ({"title": ""}, "wajib"),
            ({"title": "\x00"}, "tersembunyi"),
            ({"family": "emas"}, "Pilih salah satu"),
            ({"every_weeks": "3"}, "Pilih salah satu"),
            ({"first_opens_on": "32-13-2027"}, "tanggal"),
        ],
    )
    def test_bad_input_is_said_at_its_field_and_kept(self, ratna, changed, says):
        answer = ratna.post("/siklus", {**TYPED, **changed})
        if not says:
            assert answer.status_code == 303
            return
        assert answer.status_code == 422
        assert says.lower() in text(answer).lower()
        with db.transaction(read_only=True):
            assert db.session.query(OrderCycle).count() == 0

    def test_pauses_goes_on_skips_a_date_enters_a_holiday_and_ends(self, ratna):
        at = ratna.post("/siklus", TYPED).location
        assert ratna.post(f"{at}/jeda", {"reason": ""}).status_code == 422
        assert ratna.post(f"{at}/jeda", {"reason": "menunggu anggaran"}).status_code == 303
        assert "Dijeda" in text(ratna.get(at))
        assert ratna.post(f"{at}/lanjut").status_code == 303
        assert ratna.post(f"{at}/lewati", {"planned_on": "2027-02-03", "reason": "x"}).status_code == 422
        assert (
            ratna.post(f"{at}/lewati", {"planned_on": "2027-02-02", "reason": "pasar murah"}).status_code
            == 303
        )
        holiday = {"day_on": "2027-02-19", "name": "Libur lokal", "source": "SKB 3 Menteri"}
        assert ratna.post(f"{at}/libur", holiday).status_code == 303
        page = text(ratna.get(at))
        assert "pasar murah" in page and "Digeser karena Libur lokal" in page
        assert ratna.post(f"{at}/libur", holiday).status_code == 422
        assert ratna.post(f"{at}/akhir", {"reason": "selesai"}).status_code == 303
        assert ratna.post(f"{at}/lanjut").status_code == 409
        assert "Belum ada siklus" in text(ratna.get("/siklus"))

    def test_sees_what_became_of_past_dates(self, ratna, market):
        cycle = planned(market.cast.ratna)
        open_due()
        clock.travel(5 * 86_400)
        page = text(ratna.get(f"/siklus/{cycle.id}"))
        assert 'data-testid="cycle-past"' in page
        with db.transaction(read_only=True):
            row = db.session.query(CycleDate).one()
            assert f"/putaran/{row.round_id}" in page


class TestKeptOut:
    def test_cooperatives_read_the_calendar_and_change_nothing(self, browsers, market, monday):
        cycle = planned(market.cast.ratna)
        sri = browsers(market.cast.sri)
        page = text(sri.get("/siklus"))
        assert cycle.title in page
        assert "Buat siklus" not in page
        for path in ("/siklus/baru", f"/siklus/{cycle.id}"):
            assert sri.get(path).status_code == 403
        for act in ("jeda", "lanjut", "akhir", "lewati", "libur"):
            assert sri.post(f"/siklus/{cycle.id}/{act}", {"reason": "x"}).status_code == 403

    def test_suppliers_see_neither_the_calendar_of_offices_nor_proposals(self, browsers, market, monday):
        joko = browsers(market.cast.joko)
        for path in ("/siklus/baru", "/kebutuhan/usulan", "/kebutuhan/1/kelonggaran"):
            assert joko.get(path).status_code == 403

    def test_another_cooperatives_need_is_no_address(self, browsers, market, near):  # noqa: F811
        assert browsers(market.cast.head).get(f"/kebutuhan/{near}/kelonggaran").status_code == 404


class TestProposals:
    def test_the_figures_are_said_and_what_is_left_ticked_is_asked_for(self, browsers, market, monday):
        planned(market.cast.ratna)
        with db.transaction():
            on_the_shelf(market, kilograms=100, sold_kg=560, sold_days_ago=27)
        sri = browsers(market.cast.sri)
        page = text(sri.get("/kebutuhan/usulan"))
        for said in ("560 kg", "28 hari", "100 kg", 'value="15"'):
            assert said in page, said
        with db.transaction(read_only=True):
            pack = commodities.pack_by_code(RICE)
        assert sri.post("/kebutuhan/usulan", {f"packs_{pack.id}": "0"}).status_code == 422
        assert sri.post("/kebutuhan/usulan", {f"packs_{pack.id}": "banyak"}).status_code == 422
        assert sri.post("/kebutuhan/usulan", {f"packs_{pack.id}": "14"}).status_code == 303
        with db.transaction(read_only=True):
            need = db.session.query(Need).one()
            assert (need.wanted_packs, need.state, need.pack_id) == (14, "submitted", pack.id)

    def test_an_amount_for_a_good_that_was_not_proposed_is_not_taken(self, browsers, market, monday):
        sri = browsers(market.cast.sri)
        assert "Belum ada usulan" in text(sri.get("/kebutuhan/usulan"))
        assert sri.post("/kebutuhan/usulan", {"packs_1": "14"}).status_code == 422
        with db.transaction(read_only=True):
            assert db.session.query(Need).count() == 0


class TestInvitation:
    def test_the_treasurer_sees_how_many_are_missing_and_allows_more(self, browsers, market, near):  # noqa: F811
        budi = browsers(market.cast.budi)
        page = text(budi.get(f"/kebutuhan/{near}/kelonggaran"))
        assert "Kurang 5 sak" in page and "Rp35.000" in page and "45 dari 50" in page
        for typed in ("29", "0", "seribu", "9" * 30):
            assert budi.post(f"/kebutuhan/{near}/kelonggaran", {"at_most_packs": typed}).status_code == 422
        answer = budi.post(f"/kebutuhan/{near}/kelonggaran", {"at_most_packs": "36"})
        assert answer.status_code == 303
        with db.transaction(read_only=True):
            assert db.session.get_one(Need, near).at_most_packs == 36
            assert db.session.query(NeedWidening).count() == 1

    def test_after_the_closing_the_page_says_so(self, browsers, market, near):  # noqa: F811
        clock.travel(timedelta(days=4).total_seconds())
        market.close()
        answer = browsers(market.cast.budi).get(f"/kebutuhan/{near}/kelonggaran")
        assert answer.status_code == 409
