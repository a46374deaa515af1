"""The pages of prices: what binds and where it is written; rules change by two people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.commodities import queries, services
from market.commodities.models import PriceObservation, PriceRule
from market.core import clock, db

PAGES = ("/harga/", "/harga/BRS-MED")


def rule(**changes):
    """The form as Ratna fills it in."""
    return {
        "kind": "HET",
        "channel": "consumer",
        "region_key": "zone1",
        "amount_rp": "14.000",
        "valid_from_on": (clock.today() + timedelta(days=10)).isoformat(),
        "legal_ref": "Kep. Bapanas 1/2027",
        **changes,
    }


def seen(**changes):
    return {"level": "retail", "amount_rp": "12.800", "observed_on": clock.today().isoformat(), **changes}


def proposed():
    with db.transaction(read_only=True):
        return [
            (each.state, each.amount_rp) for each in db.session.query(PriceRule) if each.state != "in_force"
        ]


@pytest.fixture
def waiting(reference):
    """A proposal of Ratna's; its id."""
    with db.transaction():
        details = {**rule(), "amount_rp": 14_000, "valid_from_on": clock.today() + timedelta(days=10)}
        goods = queries.commodity_by_code("BRS-MED").id
        return services.propose_price_rule(reference.ratna, commodity_id=goods, **details).id


def test_everybody_with_a_seat_sees_prices_with_their_source(reference, browsers):
    for actor in (reference.sri, reference.kasir, reference.joko, reference.ratna):
        browser = browsers(actor)
        assert "Rp13.500/kg" in browser.get("/harga/").get_data(as_text=True)
        page = browser.get("/harga/BRS-MED").get_data(as_text=True)
        assert "Kep. Bapanas 299/2025" in page
        assert "Rp337.500" in page, "per sack of 25 kg"


def test_a_page_shows_quotas_and_what_was_seen_on_which_day(reference, browsers):
    page = browsers(reference.sri).get("/harga/BRS-SPHP").get_data(as_text=True)
    assert "2.000 kg per 7 hari" in page
    assert "Rp12.909/kg" in browsers(reference.sri).get("/harga/BRS-MED").get_data(as_text=True)


def test_sri_notes_a_price_she_saw(reference, browsers):
    sri = browsers(reference.sri)
    assert sri.post("/harga/BRS-MED/pengamatan", seen(source="Pasar Wonokromo")).status_code == 303
    assert "Pasar Wonokromo" in sri.get("/harga/BRS-MED").get_data(as_text=True)


def test_a_rule_takes_two_people(reference, browsers):
    ratna, agus = browsers(reference.ratna), browsers(reference.agus)
    assert ratna.post("/harga/BRS-MED/usulan", rule()).status_code == 303
    assert proposed() == [("proposed", 14_000)]
    page = agus.get("/harga/usulan").get_data(as_text=True)
    assert "Rp14.000 per kg" in page
    assert "Rp13.500 per kg" in page, "what holds now stands beside it"
    with db.transaction(read_only=True):
        (approval, _rule) = queries.proposals(reference.dinas.id)[0]
    assert ratna.post(f"/harga/usulan/{approval.id}/keputusan", {"decision": "approve"}).status_code == 403
    assert agus.post(f"/harga/usulan/{approval.id}/keputusan", {"decision": "approve"}).status_code == 303
    assert proposed() == []


def test_a_rejection_without_a_reason_is_told_at_the_field(reference, browsers, waiting):
    agus = browsers(reference.agus)
    answer = agus.post(f"/harga/usulan/{waiting}/keputusan", {"decision": "reject"})
    assert answer.status_code == 422
    assert "Tulis alasan penolakan" in answer.get_data(as_text=True)
    done = agus.post(f"/harga/usulan/{waiting}/keputusan", {"decision": "reject", "reason": "Salah angka"})
    assert done.status_code == 303
    assert proposed() == [("rejected", 14_000)]


def test_the_own_proposal_is_not_decided(reference, browsers):
    agus = browsers(reference.agus)
    agus.post("/harga/BRS-MED/usulan", rule())
    assert "orang lain yang memutuskan" in agus.get("/harga/usulan").get_data(as_text=True)
    with db.transaction(read_only=True):
        (approval, _rule) = queries.proposals(reference.dinas.id)[0]
    assert agus.post(f"/harga/usulan/{approval.id}/keputusan", {"decision": "approve"}).status_code == 422


def test_readers_get_403_strangers_404_and_the_anonymous_the_login(reference, browsers, client, waiting):
    sri, joko, agus = browsers(reference.sri), browsers(reference.joko), browsers(reference.agus)
    closed = [sri.get("/harga/usulan"), sri.post("/harga/BRS-MED/usulan", rule())]
    closed += [joko.post("/harga/BRS-MED/pengamatan", seen()), sri.post(f"/harga/usulan/{waiting}/keputusan")]
    assert [answer.status_code for answer in closed] == [403] * 4
    missing = [agus.get("/harga/EMAS"), agus.post("/harga/EMAS/usulan", rule())]
    missing += [
        agus.post(f"/harga/usulan/{wrong}/keputusan", {"decision": "approve"}) for wrong in (999, "9" * 30)
    ]
    assert [answer.status_code for answer in missing] == [404] * 4
    for path in (*PAGES, "/harga/usulan"):
        assert client.get(path).location.startswith("/masuk")


def test_the_wrong_method_gets_405(reference, browsers):
    agus = browsers(reference.agus)
    assert agus.get("/harga/BRS-MED/pengamatan").status_code == 405
    assert agus.get("/harga/usulan/1/keputusan").status_code == 405
    assert agus.post("/harga/BRS-MED", seen()).status_code == 405


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount_rp": ""}, "Wajib diisi"),
        ({"amount_rp": "0"}, "Paling sedikit Rp1"),
        ({"amount_rp": "9" * 30}, "terlalu besar"),
        ({"amount_rp": "999.999.999"}, "paling banyak Rp100.000.000"),
        ({"valid_from_on": "2020-01-01"}, "tidak boleh berlaku surut"),
        ({"valid_from_on": "lusa"}, "Tanggal tidak dikenal"),
        ({"region_key": "3573"}, "Pilih salah satu"),
        ({"kind": "HARGA"}, "Pilih salah satu"),
        ({"channel": "pasar"}, "Pilih salah satu"),
        ({"kind": "ADMIN_BUY", "channel": "retailer"}, "hanya untuk barang penugasan"),
        ({"legal_ref": "Kep\0"}, "tersembunyi atau rusak"),
    ],
)
def test_a_bad_rule_is_told_at_its_field_and_kept_as_typed(reference, browsers, changes, words):
    answer = browsers(reference.ratna).post(
        "/harga/BRS-MED/usulan", rule(**{"note": "jangan hilang", **changes})
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert "jangan hilang" in page
    assert proposed() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount_rp": "325.000"}, "Periksa: harga per kg"),
        ({"observed_on": "2199-01-01"}, "belum tiba"),
        ({"observed_on": "2020-01-01"}, "Terlalu lama"),
        ({"level": "gosip"}, "Pilih salah satu"),
        ({"source": "x" * 121}, "Terlalu panjang"),
    ],
)
def test_a_bad_observation_is_told_at_its_field(reference, browsers, changes, words):
    answer = browsers(reference.sri).post("/harga/BRS-MED/pengamatan", seen(**changes))
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    with db.transaction(read_only=True):
        assert db.session.query(PriceObservation).filter_by(observed_on=clock.today()).count() == 0


def test_an_observation_sent_twice_is_one(reference, browsers):
    sri = browsers(reference.sri)
    form = {**sri.tokens(), **seen()}
    answers = [sri.client.post("/harga/BRS-MED/pengamatan", data=form).status_code for _each in range(2)]
    assert answers == [303, 303]
    assert sri.post("/harga/BRS-MED/pengamatan", seen()).status_code == 409
