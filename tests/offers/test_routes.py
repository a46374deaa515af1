"""The pages of offers: who may open them, what they do, and what bad input gets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.commodities import queries as commodities
from market.core import clock, db
from market.offers import queries, services
from market.offers.models import Offer, SupplierAuthorisation, TripRate
from tests.offers.conftest import authorise, make, pack_id


@pytest.fixture
def offer(cast):
    """A live offer of Joko's, committed; its id."""
    with db.transaction():
        return make(cast.joko).id


def typed(code="BRS-PRM-25", **changes):
    """The form as Joko fills it in."""
    with db.transaction(read_only=True):
        goods = pack_id(code)
    return {
        "pack_id": goods,
        "capacity_packs": "440",
        "terms": "cod",
        "valid_until_on": (clock.today() + timedelta(days=14)).isoformat(),
        "tier_1_from": "1",
        "tier_1_price": "350.000",
        "tier_2_from": "40",
        "tier_2_price": "345.000",
        "zone_1_place": "3578",
        "zone_1_freight": "6.000",
        "zone_1_drop": "20.000",
        **changes,
    }


def offers():
    with db.transaction(read_only=True):
        return [(each.state, queries.price_curve(each)) for each in db.session.query(Offer)]


# --- it works ------------------------------------------------------------------------------------


def test_joko_publishes_an_offer_and_sees_its_curve(cast, browsers):
    joko = browsers(cast.joko)
    assert joko.get("/penawaran/baru").status_code == 200
    credit = {"terms": "tempo", "credit_days": "14"}
    answer = joko.post("/penawaran", typed(capacity_packs="11 ton", lead_days="3", **credit))
    assert answer.status_code == 303
    assert offers() == [("live", [(1, 350_000), (40, 345_000)])]
    page = joko.get(answer.location).get_data(as_text=True)
    assert "<svg" in page
    assert "Dari Rp350.000 turun sampai Rp345.000 mulai 40 sak" in page
    assert "11.000 kg" in page


def test_the_curve_is_shown_before_anything_is_stored(cast, browsers):
    joko = browsers(cast.joko)
    answer = joko.post("/penawaran/pratinjau", typed(capacity_packs="", zone_1_place=""))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "turun sampai Rp345.000" in page
    assert 'value="345.000"' in page, "what was typed is still there"
    assert 'class="error"' not in page, "a preview does not complain about what is not yet filled in"
    assert offers() == []


def test_after_a_preview_the_same_form_can_still_be_sent(cast, browsers):
    joko = browsers(cast.joko)
    form = {**joko.tokens(), **typed()}
    assert joko.client.post("/penawaran/pratinjau", data=form).status_code == 200
    assert joko.client.post("/penawaran", data={**form, "tier_2_price": "340.000"}).status_code == 303


def test_a_preview_of_tiers_out_of_order_names_the_row(cast, browsers):
    answer = browsers(cast.joko).post("/penawaran/pratinjau", typed(tier_2_price="360.000"))
    assert answer.status_code == 422
    assert "Baris 2" in answer.get_data(as_text=True)


def test_a_draft_is_published_changed_copied_and_withdrawn(cast, browsers):
    joko = browsers(cast.joko)
    shown = joko.post("/penawaran", typed(intent="draft")).location
    assert joko.post(f"{shown}/terbit").status_code == 303
    assert 'value="350.000"' in joko.get(f"{shown}/ubah").get_data(as_text=True)
    assert joko.post(f"{shown}/ubah", typed(tier_1_price="349.000")).status_code == 303
    assert offers() == [("live", [(1, 349_000), (40, 345_000)])]
    copied = joko.get(f"/penawaran/baru?salin={shown.rpartition('/')[2]}").get_data(as_text=True)
    assert 'value="349.000"' in copied
    assert joko.post(f"{shown}/penarikan").status_code == 303
    assert offers()[0][0] == "withdrawn"
    assert joko.get(f"{shown}/ubah").status_code == 302


def test_the_list_shows_own_offers_by_state_and_leaves_as_a_sheet(cast, browsers, offer):
    joko = browsers(cast.joko)
    assert "Berlaku (1)" in joko.get("/penawaran").get_data(as_text=True)
    assert "Rp350.000 turun ke Rp341.000" in joko.get("/penawaran?keadaan=berlaku").get_data(as_text=True)
    assert "Belum ada penawaran" in joko.get("/penawaran?keadaan=konsep").get_data(as_text=True)
    text = joko.get("/penawaran/unduh.csv").get_data().decode("utf-8-sig")
    assert "Beras premium, sak 25 kg;440" in text
    assert joko.get("/penawaran/unduh.xlsx").status_code == 200
    assert joko.get("/penawaran/unduh.pdf").status_code == 404


def test_a_price_above_the_reference_is_allowed_with_a_warning(cast, browsers):
    joko = browsers(cast.joko)
    answer = joko.post("/penawaran", typed("GULA-50", tier_1_price="900.000", tier_2_price="890.000"))
    assert answer.status_code == 303
    assert "harga acuan (HAP) Rp875.000" in joko.get(answer.location).get_data(as_text=True)


def test_trucks_are_kept_and_shown_again(cast, browsers):
    joko = browsers(cast.joko)
    row = {
        "trip_1_place": "3578",
        "trip_1_vehicle": "cde",
        "trip_1_capacity": "2 ton",
        "trip_1_cost": "405.000",
    }
    answer = joko.post("/penawaran/armada", {"max_weight": "14 ton", **row})
    assert answer.status_code == 303
    page = joko.get("/penawaran/armada").get_data(as_text=True)
    assert 'value="2.000 kg"' in page
    assert 'value="14.000 kg"' in page
    assert joko.post("/penawaran/armada", {}).status_code == 303
    with db.transaction(read_only=True):
        assert db.session.query(TripRate).count() == 0


def test_half_a_truck_is_refused_at_its_row(cast, browsers):
    row = {"trip_1_place": "3578", "trip_1_vehicle": "cde", "trip_1_capacity": "2 ton"}
    answer = browsers(cast.joko).post("/penawaran/armada", row)
    assert answer.status_code == 422
    assert "Baris 1 belum lengkap" in answer.get_data(as_text=True)
    gap = {name.replace("1", "2"): value for name, value in {**row, "trip_1_cost": "1"}.items()}
    assert "isi dahulu baris 1" in browsers(cast.joko).post("/penawaran/armada", gap).get_data(as_text=True)


# --- the office ----------------------------------------------------------------------------------


def test_the_office_sees_how_much_is_offered_but_no_price(cast, browsers, offer):
    page = browsers(cast.ratna).get("/dinas/penawaran").get_data(as_text=True)
    assert "Beras premium, sak 25 kg" in page
    assert "440" in page
    assert "Rp" not in page.split("<main")[1]
    assert browsers(cast.ratna).get(f"/penawaran/{offer}").status_code == 403


def test_the_office_notes_and_ends_an_authorisation(cast, browsers):
    ratna = browsers(cast.ratna)
    with db.transaction(read_only=True):
        goods = commodities.pack_by_code("BRS-SPHP-5").commodity_id
    paper = {"supplier_id": cast.lamongan.id, "commodity_id": goods, "reference": "Surat Bulog 1/2026"}
    day = {"valid_from_on": clock.today().isoformat()}
    assert ratna.post("/dinas/izin-pemasok", {**paper, **day}).status_code == 303
    assert "Surat Bulog 1/2026" in ratna.get("/dinas/izin-pemasok").get_data(as_text=True)
    assert ratna.post("/dinas/izin-pemasok", {**paper, **day}).status_code == 422
    assert ratna.post("/dinas/izin-pemasok", {**paper, "valid_from_on": "kemarin"}).status_code == 422
    with db.transaction(read_only=True):
        held = db.session.query(SupplierAuthorisation).one().id
    assert ratna.post(f"/dinas/izin-pemasok/{held}/akhir").status_code == 303
    assert ratna.post("/dinas/izin-pemasok/999/akhir").status_code == 404


# --- who may -------------------------------------------------------------------------------------

ACTS = ("/ubah", "/terbit", "/penarikan")
OWN = ("/penawaran", "/penawaran/baru", "/penawaran/armada", "/penawaran/impor", "/penawaran/unduh.csv")
OFFICE = ("/dinas/penawaran", "/dinas/izin-pemasok")


def test_another_supplier_gets_404_for_everything_about_an_offer(cast, browsers, offer):
    nur = browsers(cast.nur)
    answers = [nur.get(f"/penawaran/{offer}{page}").status_code for page in ("", "/ubah")]
    answers += [nur.post(f"/penawaran/{offer}{act}", typed()).status_code for act in ACTS]
    answers.append(nur.get(f"/penawaran/baru?salin={offer}").status_code)
    assert answers == [404] * 6
    assert offers()[0][0] == "live"
    assert f"/penawaran/{offer}" not in nur.get("/penawaran").get_data(as_text=True)


def test_cooperatives_and_offices_get_403_for_offers(cast, browsers, offer):
    for actor in (cast.sri, cast.ratna):
        browser = browsers(actor)
        answers = [browser.get(path).status_code for path in (*OWN, f"/penawaran/{offer}")]
        answers += [browser.post(f"/penawaran/{offer}{act}", typed()).status_code for act in ACTS]
        answers += [
            browser.post(path, typed()).status_code for path in ("/penawaran", "/penawaran/pratinjau")
        ]
        assert answers == [403] * 11
    assert [browsers(cast.joko).get(path).status_code for path in OFFICE] == [403] * 2
    assert [browsers(cast.sri).get(path).status_code for path in OFFICE] == [403] * 2


def test_the_anonymous_are_led_to_the_login(cast, client, offer):
    for path in (*OWN, *OFFICE, f"/penawaran/{offer}", f"/penawaran/{offer}/ubah"):
        answer = client.get(path)
        assert (answer.status_code, answer.location.split("?")[0]) == (303, "/masuk"), path


def test_the_wrong_method_gets_405(cast, browsers, offer):
    joko = browsers(cast.joko)
    for act in ("/terbit", "/penarikan"):
        assert joko.get(f"/penawaran/{offer}{act}").status_code == 405
    assert joko.post(f"/penawaran/{offer}", typed()).status_code == 405
    assert joko.get("/penawaran/pratinjau").status_code == 405


def test_ids_that_cannot_be_are_404(cast, browsers):
    joko = browsers(cast.joko)
    for wrong in ("0", "999999", "9" * 30):
        assert joko.get(f"/penawaran/{wrong}").status_code == 404
        assert joko.post(f"/penawaran/{wrong}/penarikan").status_code == 404
        assert joko.get(f"/penawaran/impor/{wrong}").status_code == 404


# --- what bad input gets -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"capacity_packs": ""}, "Wajib diisi"),
        ({"capacity_packs": "1.010 kg"}, "1.000 kg atau 1.025 kg"),
        ({"capacity_packs": "9" * 39}, "Paling banyak"),
        ({"lot_packs": "500"}, "Kelipatan harus antara 1 dan kapasitas"),
        ({"lot_packs": "10", "min_per_drop_packs": "5"}, "satu kelipatan: 10 sak"),
        ({"pooled_min_packs": "441"}, "lebih kecil dari minimum gabungan"),
        ({"tier_1_from": "2"}, "harga pertama harus mulai dari 1"),
        ({"tier_1_price": ""}, "Wajib diisi"),
        ({"tier_1_price": "372.501"}, "Baris 1: di atas HET Rp372.500 per sak"),
        ({"tier_2_price": "350.000"}, "Baris 2: harga harus lebih murah dari Rp350.000"),
        ({"tier_2_from": "1"}, "Baris 2: jumlah mulai harus lebih dari 1"),
        ({"tier_2_from": "441"}, "Baris 2: mulai 441, padahal kapasitas 440"),
        ({"tier_2_from": ""}, "Baris 2: isi juga mulai dari berapa"),
        ({"tier_2_price": ""}, "Baris 2: isi juga harganya"),
        ({"tier_4_from": "100", "tier_4_price": "1"}, "Baris 4: isi dahulu baris 3"),
        ({"tier_2_price": "9" * 30}, "terlalu besar"),
        ({"zone_1_place": ""}, "Wajib diisi"),
        ({"zone_1_place": "9999"}, "Pilih salah satu"),
        ({"zone_2_place": "3578"}, "Baris 2: wilayah ini sudah ada"),
        ({"zone_2_freight": "5"}, "Baris 2: pilih wilayahnya"),
        ({"zone_5_place": "3573"}, "Baris 5: isi dahulu baris 4"),
        ({"terms": "tempo"}, "Isi lama tempo"),
        ({"terms": ""}, "Wajib diisi"),
        ({"lead_days": "61"}, "antara 0 dan 60"),
        ({"valid_until_on": "2020-01-01"}, "sudah lewat"),
        ({"note": "gudang\0dua"}, "tersembunyi atau rusak"),
        ({"pack_id": "9" * 400}, "Pilih salah satu"),
    ],
)
def test_bad_input_is_told_at_the_field_and_what_was_typed_is_kept(cast, browsers, changes, words):
    answer = browsers(cast.joko).post("/penawaran", typed(**{"note": "jangan hilang", **changes}))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert 'class="error"' in page
    if "note" not in changes:
        assert "jangan hilang" in page
    for name, value in changes.items():
        if value and not name.endswith(("place", "terms", "_id", "note")):
            assert f'value="{value}"' in page
    assert offers() == []


def test_an_unauthorised_good_is_refused_with_the_reason(cast, browsers):
    form = typed("BRS-SPHP-5", tier_1_price="55.000", tier_2_from="", tier_2_price="")
    answer = browsers(cast.joko).post("/penawaran", form)
    assert answer.status_code == 422
    assert "hanya boleh dijual sumber resmi" in answer.get_data(as_text=True)
    with db.transaction():
        authorise(cast)
    assert browsers(cast.joko).post("/penawaran", form).status_code == 303


def test_an_offer_sent_twice_is_one_offer(cast, browsers):
    joko = browsers(cast.joko)
    form = {**joko.tokens(), **typed()}
    first, second = (joko.client.post("/penawaran", data=form) for _each in range(2))
    assert first.location == second.location
    assert len(offers()) == 1


def test_an_offer_changed_by_a_colleague_meanwhile_is_409(cast, browsers, offer):
    with db.transaction():
        version = db.session.get_one(Offer, offer).version
        services.update_offer(cast.joko, offer, note="diubah")
    assert browsers(cast.joko).post(f"/penawaran/{offer}/ubah", typed(version=version)).status_code == 409


def test_ten_megabytes_of_text_are_4xx(cast, browsers):
    assert browsers(cast.joko).post("/penawaran", typed(note="x" * 10_000_000)).status_code == 413
