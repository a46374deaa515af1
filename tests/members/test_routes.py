"""The register of members by kind of person: who reads it, who decides, and who finds nothing."""

from __future__ import annotations

import pytest

from market.core import db
from market.core.permissions import ANONYMOUS, Role
from market.members import queries, services
from market.members.types import Identity, masked
from tests import factories

NIK = "3578014505804321"
ACTS = ("penerimaan", "identitas", "penolakan", "keluar", "kembali", "kartu", "nik")
VILLAGE = {"place_code": "3578081003"}
COUNTER = {"name": "Tutik", "phone": "0812-3456-7890", "nik": NIK, "family": "", "agreed": "y"}


@pytest.fixture
def asked(cast) -> int:
    with db.transaction():
        return services.apply(ANONYMOUS, cast.makmur.id, "Tutik", "0812-3456-7890", identity=Identity(NIK)).id


def member(cast, member_id: int):
    with db.transaction(read_only=True):
        return queries.member_for(cast.sri, member_id)


def test_who_asks_is_declined_with_a_reason_and_may_ask_again(cast, asked, browsers):
    sri = browsers(cast.sri)
    assert sri.post(f"/anggota/{asked}/penolakan", {"reason": ""}).status_code == 422
    assert sri.post(f"/anggota/{asked}/penolakan", {"reason": "Di luar wilayah"}).status_code == 303
    assert member(cast, asked).state == "declined"
    with db.transaction():
        assert services.apply(ANONYMOUS, cast.makmur.id, "Tutik", "0812-3456-7890").id != asked


def test_a_member_leaves_is_taken_back_and_gets_a_new_card(cast, asked, browsers):
    sri = browsers(cast.sri)
    assert sri.post(f"/anggota/{asked}/penerimaan", VILLAGE).status_code == 303
    with db.transaction():
        services.activate(cast.sri, asked)
    number, card = member(cast, asked).number, member(cast, asked).card_token
    assert sri.post(f"/anggota/{asked}/kartu", {}).status_code == 303
    assert sri.get(f"/anggota/{asked}/kartu").status_code == 200
    with db.transaction(read_only=True):
        assert queries.by_card(cast.makmur.id, card) is None
    assert sri.post(f"/anggota/{asked}/keluar", {"reason": "Pindah"}).status_code == 303
    assert sri.get(f"/anggota/{asked}/kartu").status_code == 404
    assert sri.post(f"/anggota/{asked}/kembali", {}).status_code == 303
    again = member(cast, asked)
    assert (again.state, again.number) == ("verified", number)


@pytest.mark.parametrize(
    ("who", "reading", "acting"), [("budi", 200, 403), ("wati", 404, 404), ("joko", 403, 403)]
)
def test_others_read_or_find_nothing_and_decide_nothing(cast, asked, browsers, who, reading, acting):
    browser = browsers(getattr(cast, who))
    assert browser.get(f"/anggota/{asked}").status_code == reading
    sent = {"reason": "mencoba", "nik": NIK, "agreed": "y", **VILLAGE}
    assert {browser.post(f"/anggota/{asked}/{act}", sent).status_code for act in ACTS} == {acting}
    assert member(cast, asked).state == "asked"


def test_only_who_decides_reads_the_whole_phone_number(cast, asked, browsers):
    full = "0812-3456-7890"
    assert full in browsers(cast.sri).get(f"/anggota/{asked}").get_data(as_text=True)
    assert full not in browsers(cast.budi).get(f"/anggota/{asked}").get_data(as_text=True)


def test_at_the_counter_somebody_is_written_down_and_still_pays_before_she_belongs(cast, browsers):
    sri = browsers(cast.sri)
    without = sri.post("/anggota", {**COUNTER, "agreed": ""})
    assert without.status_code == 422
    assert NIK in without.get_data(as_text=True), "what was typed is still there"
    answer = sri.post("/anggota", COUNTER)
    assert answer.status_code == 303
    assert member(cast, int(answer.location.rsplit("/", 1)[1])).state == "asked"


def test_every_page_shows_the_nik_masked(cast, asked, browsers):
    for who in (cast.sri, cast.hadi, cast.budi):
        page = browsers(who).get(f"/anggota/{asked}").get_data(as_text=True)
        assert masked(NIK) in page and NIK not in page
    assert NIK not in browsers(cast.sri).get("/anggota?lihat=menunggu").get_data(as_text=True)


def test_a_nik_opens_with_a_reason_for_its_opener_alone_and_chair_and_supervisor_read_of_it(
    cast, asked, browsers
):
    sri = browsers(cast.sri)
    assert sri.post(f"/anggota/{asked}/nik", {"reason": ""}).status_code == 422
    opened = sri.post(f"/anggota/{asked}/nik", {"reason": "Mencocokkan KTP di gerai"})
    page = sri.get(opened.location)
    assert NIK in page.get_data(as_text=True) and "no-store" in page.headers["Cache-Control"]
    assert browsers(cast.hadi).get(opened.location).status_code == 404, "the chair gives a reason of her own"
    with db.transaction():
        watcher = factories.actor(Role.SUPERVISOR, cast.makmur)
    for who in (cast.hadi, watcher):
        log = browsers(who).get("/anggota/nik").get_data(as_text=True)
        assert "Mencocokkan KTP di gerai" in log and "Sri" in log and NIK not in log
    assert sri.get("/anggota/nik").status_code == 403


def test_what_the_server_remembers_of_a_sent_form_holds_no_nik(cast, asked, browsers):
    sri = browsers(cast.sri)
    sri.post("/anggota", {**COUNTER, "phone": "081234567000", "nik": "3578014505809999"})
    sri.get(sri.post(f"/anggota/{asked}/nik", {"reason": "Mencocokkan KTP"}).location)
    with db.transaction(read_only=True):
        kept = db.session.connection().exec_driver_sql("SELECT body FROM idempotency_key").scalars()
        assert not any(nik in (body or "") for body in kept for nik in (NIK, "3578014505809999"))


def test_the_supervisor_reads_the_register_and_changes_nothing(cast, asked, browsers):
    with db.transaction():
        watcher = factories.actor(Role.LURAH, cast.makmur)
    browser = browsers(watcher)
    assert browser.get("/anggota").status_code == 200
    assert browser.get(f"/anggota/{asked}").status_code == 200
    acts = {browser.post(f"/anggota/{asked}/{act}", {"reason": "x"}).status_code for act in ACTS}
    assert acts == {403}
