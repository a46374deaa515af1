"""The pages of permits and of the rules: the seller states, the cooperative compares, the office proposes."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from market.catalogue import queries_permits, services
from market.catalogue.models_permits import Permit
from market.core import db
from tests.retail import shop as shops
from tests.retail.shop import photo

PIRT = "2063578010999-30"


def begin():
    made = shops.stocked()
    with db.transaction():
        services.load_permit_rules()
    return made


@pytest.fixture
def world():
    return begin


@pytest.fixture
def cast(began):
    return began[0]


@pytest.fixture
def shop(began):
    return began[1]


@pytest.fixture
def tini(browsers, shop):
    return browsers(shop.tini)


@pytest.fixture
def sri(browsers, cast, shop):
    return browsers(cast.sri)


def state(browser, **typed):
    fields = {"kind": "pirt", "number": PIRT, "product_id": "", "valid_until_on": "", **typed}
    return browser.post("/izin", fields)


def permits() -> list[Permit]:
    with db.transaction(read_only=True):
        return list(db.session.scalars(select(Permit).order_by(Permit.id)))


@pytest.fixture
def stated(tini, shop):
    """A permit with a photo of its document, waiting for the cooperative."""
    answer = state(tini, photo=(io.BytesIO(photo()), "surat.jpg"))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return permits()[-1]


def test_a_seller_states_a_permit_and_the_cooperative_finds_it_waiting(tini, sri, stated):
    assert (stated.kind, stated.number, stated.state) == ("pirt", PIRT, "stated")
    page = sri.get("/izin").get_data(as_text=True)
    assert PIRT in page and f"/izin/{stated.id}/kecocokan" in page
    assert f"/izin/{stated.id}/kecocokan" not in tini.get("/izin").get_data(as_text=True)


def test_a_wrong_number_says_how_it_is_written_and_keeps_what_was_typed(tini, shop):
    before = len(permits())
    answer = state(tini, number="12-3", valid_until_on="2028-05-01")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "12-3" in text and "2028-05-01" in text
    assert len(permits()) == before


def test_the_document_is_for_its_holder_and_her_cooperative_only(tini, sri, browsers, cast, client, stated):
    address = f"/izin/{stated.id}/surat"
    for one in (tini, sri):
        answer = one.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert "no-store" in answer.headers["Cache-Control"]
    for stranger in (cast.wati, cast.joko):
        assert browsers(stranger).get(address).status_code in (403, 404)
    assert client.get(address).status_code in (302, 303, 401)


@pytest.mark.parametrize("side", [176, 320, 480, 640, 1280])
def test_the_public_address_of_photos_does_not_open_a_document(client, stated, side):
    assert client.get(f"/foto/{stated.photo}/{side}").status_code == 404
    assert client.get(f"/foto/{stated.photo}/pratinjau.jpg").status_code == 404


def test_the_cooperative_says_it_is_right_or_sends_it_back_with_a_reason(tini, sri, stated):
    assert sri.post(f"/izin/{stated.id}/penolakan", {"reason": ""}).status_code == 422
    assert permits()[-1].state == "stated"
    assert (
        sri.post(f"/izin/{stated.id}/penolakan", {"reason": "Nomornya milik orang lain"}).status_code == 303
    )
    assert permits()[-1].state == "refused"
    state(tini, number="2063578010999-29")
    newest = permits()[-1]
    assert sri.post(f"/izin/{newest.id}/kecocokan", {}).status_code == 303
    assert permits()[-1].state == "checked"


def test_nobody_else_decides_about_a_permit(browsers, cast, tini, stated):
    for one in (tini, browsers(cast.wati), browsers(cast.joko)):
        assert one.post(f"/izin/{stated.id}/kecocokan", {}).status_code in (403, 404)
    assert permits()[-1].state == "stated"


def test_a_seller_takes_a_permit_away_and_only_the_own(browsers, cast, tini, sri, stated):
    with db.transaction():
        other = shops.seller(cast, "Kue Bu Rina", login="rina2")
    assert browsers(other).post(f"/izin/{stated.id}/penghapusan", {}).status_code == 404
    assert tini.post(f"/izin/{stated.id}/penghapusan", {}).status_code == 303
    assert permits()[-1].state == "ended"


def test_the_rules_are_for_everybody_to_read_each_with_its_source(client, shop):
    page = client.get("/aturan-produk").get_data(as_text=True)
    with db.transaction(read_only=True):
        rows = queries_permits.rule_rows()
    assert len(rows) >= 8
    for rule in rows:
        assert rule.source_url in page, rule.duty
    assert "/usulan" not in page, "nobody proposes without a seat in the office"


def first_rule():
    with db.transaction(read_only=True):
        return queries_permits.rule_rows()[0]


def proposal(**typed):
    return {
        "valid_from_on": "2027-03-01",
        "legal_ref": "PP 42/2024",
        "source_url": "https://example.go.id/aturan",
        "note": "",
        **typed,
    }


def test_a_rule_moves_when_a_second_person_of_the_office_agrees(browsers, cast, client):
    rule, ratna, agus = first_rule(), browsers(cast.ratna), browsers(cast.agus)
    address = f"/aturan-produk/{rule.id}/usulan"
    wrong = ratna.post(address, proposal(legal_ref=""))
    assert wrong.status_code == 422 and "https://example.go.id/aturan" in wrong.get_data(as_text=True)
    assert ratna.post(address, proposal()).status_code == 303
    assert first_rule().valid_from_on == rule.valid_from_on
    page = agus.get("/aturan-produk").get_data(as_text=True)
    decision = next(part for part in page.split('"') if part.endswith("/keputusan"))
    assert ratna.post(decision, {"decision": "approve"}).status_code in (403, 422)
    assert agus.post(decision, {"decision": "approve"}).status_code == 303
    assert "https://example.go.id/aturan" in client.get("/aturan-produk").get_data(as_text=True)


def test_a_cooperative_proposes_no_rule(sri):
    rule = first_rule()
    assert sri.post(f"/aturan-produk/{rule.id}/usulan", proposal()).status_code == 403
    assert first_rule().valid_from_on == rule.valid_from_on
