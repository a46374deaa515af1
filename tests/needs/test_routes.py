"""The pages of needs: who may open them, what they do, and what bad input gets."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote_from_bytes

import pytest

from market.core import clock, db, sheets
from market.core.permissions import Role
from market.needs import services
from market.needs.models import Need
from tests import factories
from tests.needs.conftest import pack_id, post


@pytest.fixture
def need(cast):
    """A submitted need of Sri's, committed; its id."""
    with db.transaction():
        return post(cast.sri).id


@pytest.fixture
def draft(cast):
    with db.transaction():
        return post(cast.sri, submit=False).id


def typed(**changes):
    """The form as Bu Sri fills it in."""
    with db.transaction(read_only=True):
        goods = pack_id()
    on = (clock.today() + timedelta(days=8)).isoformat()
    return {"pack_id": goods, "wanted_packs": "40", "needed_by_on": on, "terms": "cod", **changes}


def needs():
    with db.transaction(read_only=True):
        return [(each.state, each.wanted_packs, each.at_most_packs) for each in db.session.query(Need)]


def state_of(need_id):
    with db.transaction(read_only=True):
        return db.session.get_one(Need, need_id).state


# --- it works ------------------------------------------------------------------------------------


def test_sri_chooses_a_good_and_finds_its_ceiling_filled_in(cast, browsers):
    sri = browsers(cast.sri)
    assert "sak 25 kg" in sri.get("/kebutuhan/baru").get_data(as_text=True)
    page = sri.get("/kebutuhan/baru?barang=BRS-PRM-25").get_data(as_text=True)
    assert 'value="372.500"' in page
    assert "Kep. Bapanas 299/2025" in page


def test_a_good_with_a_fixed_price_asks_for_no_ceiling_and_names_the_quota(cast, browsers):
    page = browsers(cast.sri).get("/kebutuhan/baru?barang=BRS-SPHP-5").get_data(as_text=True)
    assert 'name="ceiling_rp"' not in page
    assert "Rp55.000" in page
    assert "sisa 400 kemasan" in page


def test_a_posted_need_is_handed_in_and_shown(cast, browsers):
    sri = browsers(cast.sri)
    answer = sri.post("/kebutuhan", typed(wanted_packs="1 ton", at_most_packs="55"))
    assert answer.status_code == 303
    assert needs() == [("submitted", 40, 55)]
    page = sri.get(answer.location).get_data(as_text=True)
    assert "Menunggu bendahara atau ketua menyetujui" in page
    assert "40 sak" in page


def test_a_draft_is_kept_edited_and_handed_in(cast, browsers):
    sri = browsers(cast.sri)
    shown = sri.post("/kebutuhan", typed(intent="draft")).location
    assert needs() == [("draft", 40, 40)]
    assert 'value="40"' in sri.get(f"{shown}/ubah").get_data(as_text=True)
    assert sri.post(f"{shown}/ubah", typed(wanted_packs="30", intent="draft")).status_code == 303
    assert sri.post(f"{shown}/pengajuan").status_code == 303
    assert needs() == [("submitted", 30, 30)]
    assert sri.get(f"{shown}/ubah").status_code == 302, "a need that was handed in is not edited"


def test_budi_approves_and_the_need_is_open(cast, browsers, need):
    budi = browsers(cast.budi)
    assert "Setujui" in budi.get(f"/kebutuhan/{need}").get_data(as_text=True)
    assert budi.post(f"/kebutuhan/{need}/persetujuan").status_code == 303
    assert state_of(need) == "open"


def test_a_rejection_needs_a_reason_and_brings_the_need_back(cast, browsers, need):
    budi, sri = browsers(cast.budi), browsers(cast.sri)
    refused = budi.post(f"/kebutuhan/{need}/penolakan", {"reason": " "})
    assert (refused.status_code, state_of(need)) == (422, "submitted")
    assert budi.post(f"/kebutuhan/{need}/penolakan", {"reason": "Kas habis"}).status_code == 303
    assert "Kas habis" in sri.get(f"/kebutuhan/{need}").get_data(as_text=True)
    assert sri.post(f"/kebutuhan/{need}/ubah", typed(wanted_packs="10")).status_code == 303
    assert needs() == [("submitted", 10, 10)]


def test_sri_withdraws_what_no_round_has_taken(cast, browsers, need):
    assert browsers(cast.sri).post(f"/kebutuhan/{need}/penarikan").status_code == 303
    assert state_of(need) == "withdrawn"


def test_the_list_has_tabs_by_state_and_leads_on(cast, browsers, need, draft):
    sri = browsers(cast.sri)
    assert "Menunggu (2)" in sri.get("/kebutuhan").get_data(as_text=True)
    assert f"/kebutuhan/{need}" in sri.get("/kebutuhan?keadaan=menunggu").get_data(as_text=True)
    empty = sri.get("/kebutuhan?keadaan=cocok").get_data(as_text=True)
    assert f"/kebutuhan/{need}" not in empty
    assert "Belum ada kebutuhan" in empty


def test_the_list_is_paged_by_key(cast, browsers):
    with db.transaction():
        for _each in range(26):
            post(cast.sri)
    sri = browsers(cast.sri)
    first = sri.get("/kebutuhan").get_data(as_text=True)
    assert "sesudah=3" in first
    assert sri.get("/kebutuhan?sesudah=3").get_data(as_text=True).count('data-state="submitted"') == 2


def test_the_list_leaves_as_a_spreadsheet_without_formulas(cast, browsers):
    with db.transaction():
        post(cast.sri, note="=1+1")
    sri = browsers(cast.sri)
    text = sri.get("/kebutuhan/unduh.csv").get_data().decode("utf-8-sig")
    assert "Beras premium, sak 25 kg;40;40" in text
    assert "Menunggu persetujuan" in text
    answer = sri.get("/kebutuhan/unduh.xlsx")
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    read = sheets.read(
        answer.get_data(), "x.xlsx", [sheets.Column("good", "Barang"), sheets.Column("n", "Nomor")]
    )
    assert [row["good"] for row in read.rows] == ["Beras premium, sak 25 kg"]
    assert sri.get("/kebutuhan/unduh.exe").status_code == 404


def test_an_office_sees_its_city_by_age_but_no_drafts_and_no_cash(cast, browsers, need, draft):
    with db.transaction():
        services.approve_need(cast.budi, need)
    ratna = browsers(cast.ratna)
    assert ratna.get("/kebutuhan").location == "/dinas/kebutuhan"
    page = ratna.get("/dinas/kebutuhan").get_data(as_text=True)
    assert "Koperasi Sumber Makmur" in page
    assert "Menunggu putaran" in page
    assert "Kas yang tersedia" not in ratna.get(f"/kebutuhan/{need}").get_data(as_text=True)
    assert ratna.get(f"/kebutuhan/{draft}").status_code == 404


def test_a_warning_with_figures_stands_where_the_ceiling_would_break(cast, browsers):
    services.configure(lambda *_asked: 370_000)
    page = browsers(cast.sri).get("/kebutuhan/baru?barang=BRS-PRM-25").get_data(as_text=True)
    services.configure(None)
    assert "HET bisa terlampaui" in page
    assert "Rp361.325" in page, "what goods may cost at the door"
    assert "Rp370.000" not in page, "offers are sealed"


# --- who may -------------------------------------------------------------------------------------

PAGES = ("", "/ubah")
ACTS = ("/ubah", "/pengajuan", "/persetujuan", "/penolakan", "/penarikan")
COMMON = ("/kebutuhan", "/kebutuhan/baru", "/kebutuhan/impor", "/kebutuhan/unduh.csv", "/dinas/kebutuhan")


def test_a_stranger_gets_404_for_everything_about_a_need(cast, browsers, need):
    with db.transaction():
        rival = factories.actor(Role.CHAIR, cast.tetangga)
    chair = browsers(rival)
    answers = [chair.get(f"/kebutuhan/{need}{page}").status_code for page in PAGES]
    answers += [chair.post(f"/kebutuhan/{need}{act}", typed(reason="x")).status_code for act in ACTS]
    assert answers == [404] * 7
    assert state_of(need) == "submitted"


def test_those_who_only_read_get_403_for_acts(cast, browsers, need):
    with db.transaction():
        lurah = factories.actor(Role.LURAH, cast.makmur)
    reader = browsers(lurah)
    assert reader.get(f"/kebutuhan/{need}").status_code == 200
    assert reader.get("/kebutuhan").status_code == 200
    closed = [
        reader.get(path).status_code
        for path in ("/kebutuhan/baru", f"/kebutuhan/{need}/ubah", "/kebutuhan/impor")
    ]
    closed += [reader.post(f"/kebutuhan/{need}{act}", typed(reason="x")).status_code for act in ACTS]
    closed.append(reader.post("/kebutuhan", typed()).status_code)
    assert closed == [403] * 9
    assert state_of(need) == "submitted"


def test_a_secretary_may_not_approve_and_a_supplier_sees_no_needs(cast, browsers, need):
    assert browsers(cast.sri).post(f"/kebutuhan/{need}/persetujuan").status_code == 403
    joko = browsers(cast.joko)
    assert [joko.get(path).status_code for path in (*COMMON, f"/kebutuhan/{need}")] == [403] * 6
    assert browsers(cast.sri).get("/dinas/kebutuhan").status_code == 403


def test_the_anonymous_are_led_to_the_login(cast, client, need):
    for path in (*COMMON, f"/kebutuhan/{need}", f"/kebutuhan/{need}/ubah", "/kebutuhan/impor/1"):
        answer = client.get(path)
        assert (answer.status_code, answer.location.split("?")[0]) == (303, "/masuk"), path
    assert client.post(f"/kebutuhan/{need}/persetujuan").location.startswith("/masuk")


def test_the_wrong_method_gets_405(cast, browsers, need):
    sri = browsers(cast.sri)
    for act in ("/pengajuan", "/persetujuan", "/penolakan", "/penarikan"):
        assert sri.get(f"/kebutuhan/{need}{act}").status_code == 405
    assert sri.post(f"/kebutuhan/{need}", typed()).status_code == 405
    assert sri.post("/kebutuhan/baru", typed()).status_code == 405


def test_ids_that_cannot_be_are_404(cast, browsers):
    sri = browsers(cast.sri)
    for wrong in ("0", "999999", "9" * 30):
        assert sri.get(f"/kebutuhan/{wrong}").status_code == 404
        assert sri.post(f"/kebutuhan/{wrong}/penarikan").status_code == 404
        assert sri.get(f"/kebutuhan/impor/{wrong}").status_code == 404


def test_a_need_is_not_withdrawn_twice(cast, browsers, need):
    sri = browsers(cast.sri)
    assert sri.post(f"/kebutuhan/{need}/penarikan").status_code == 303
    assert sri.post(f"/kebutuhan/{need}/penarikan").status_code == 409


# --- what bad input gets -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"wanted_packs": ""}, "Wajib diisi"),
        ({"wanted_packs": "1.010 kg"}, "1.000 kg atau 1.025 kg"),
        ({"wanted_packs": "banyak"}, "misalnya 40"),
        ({"wanted_packs": "-5"}, "Tulis jumlah"),
        ({"wanted_packs": "9" * 39}, "Paling banyak"),
        ({"at_most_packs": "39"}, "sama atau lebih"),
        ({"needed_by_on": "2020-01-01"}, "sudah lewat"),
        ({"needed_by_on": "31-02-2027"}, "Tanggal tidak dikenal"),
        ({"needed_by_on": "2199-01-01"}, "Terlalu jauh"),
        ({"ceiling_rp": "372.501"}, "Di atas HET: paling tinggi Rp372.500 per sak"),
        ({"ceiling_rp": "12,5"}, "rupiah bulat"),
        ({"ceiling_rp": "9" * 30}, "terlalu besar"),
        ({"cash_rp": "100.000"}, "belum cukup untuk satu sak"),
        ({"terms": "barter"}, "Pilih salah satu"),
        ({"place_code": "3573011001"}, "Pilih salah satu"),
        ({"truck_access": "perahu"}, "Pilih salah satu"),
        ({"max_suppliers": "0"}, "Paling sedikit 1"),
        ({"pack_id": "999999"}, "Pilih salah satu"),
        ({"pack_id": "9" * 400}, "Pilih salah satu"),
        ({"pack_id": "abc"}, "Pilih salah satu"),
        ({"note": "pintu\0belakang"}, "tersembunyi atau rusak"),
        ({"note": "\u202eterbalik"}, "tersembunyi atau rusak"),
        ({"note": "x" * 501}, "Terlalu panjang"),
    ],
)
def test_bad_input_is_told_at_the_field_and_what_was_typed_is_kept(cast, browsers, changes, words):
    answer = browsers(cast.sri).post("/kebutuhan", typed(**{"note": "jangan hilang", **changes}))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert 'class="error"' in page
    (name, value) = next(iter(changes.items()))
    if name not in ("terms", "place_code", "truck_access", "pack_id", "note"):
        assert f'value="{value}"' in page
    if name != "note":
        assert "jangan hilang" in page
    assert needs() == []


def test_two_mistakes_are_told_at_once(cast, browsers):
    page = (
        browsers(cast.sri)
        .post("/kebutuhan", typed(wanted_packs="", needed_by_on="kapan"))
        .get_data(as_text=True)
    )
    assert page.count('class="error"') == 2


def test_a_lone_surrogate_is_4xx_never_500(cast, browsers):
    sri = browsers(cast.sri)
    body = "&".join(f"{name}={value}" for name, value in {**sri.tokens(), **typed()}.items())
    broken = quote_from_bytes(b"\xed\xa0\x80 pintu")
    answer = sri.client.post(
        "/kebutuhan", data=f"{body}&note={broken}", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code in (303, 422)
    assert sri.get("/kebutuhan?keadaan=%ED%A0%80&sesudah=%00").status_code == 200
    assert sri.get("/kebutuhan/baru?barang=%00%ED%A0%80").status_code == 200


def test_ten_megabytes_of_text_are_4xx(cast, browsers):
    answer = browsers(cast.sri).post("/kebutuhan", typed(note="x" * 10_000_000))
    assert answer.status_code == 413
    assert needs() == []


def test_the_quota_is_told_at_the_form(cast, browsers):
    with db.transaction(read_only=True):
        sphp = pack_id("BRS-SPHP-5")
    page = (
        browsers(cast.sri)
        .post("/kebutuhan", typed(pack_id=sphp, wanted_packs="3 ton"))
        .get_data(as_text=True)
    )
    assert "Jatah Beras SPHP 2.000 kg per koperasi dalam 7 hari" in page
    assert needs() == []


def test_a_need_sent_twice_is_one_need(cast, browsers):
    sri = browsers(cast.sri)
    form = {**sri.tokens(), **typed()}
    first, second = (sri.client.post("/kebutuhan", data=form) for _each in range(2))
    assert first.location == second.location
    assert len(needs()) == 1


def test_a_draft_changed_by_another_meanwhile_is_409(cast, browsers, draft):
    with db.transaction():
        version = db.session.get_one(Need, draft).version
        services.update_need(cast.hadi, draft, note="diubah ketua")
    answer = browsers(cast.sri).post(f"/kebutuhan/{draft}/ubah", typed(version=version))
    assert answer.status_code == 409
