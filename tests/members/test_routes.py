"""The register of members by kind of person: who reads it, who decides, and who finds nothing."""

from __future__ import annotations

import pytest

from market.core import db
from market.core.permissions import ANONYMOUS
from market.members import queries, services

ACTS = ("penerimaan", "penolakan", "keluar", "kembali", "kartu")


@pytest.fixture
def asked(cast) -> int:
    with db.transaction():
        return services.apply(ANONYMOUS, cast.makmur.id, "Tutik", "0812-3456-7890").id


def state(cast, member_id: int) -> str:
    with db.transaction(read_only=True):
        return queries.member_for(cast.sri, member_id).state


def test_who_asks_is_declined_with_a_reason_and_may_ask_again(cast, asked, browsers):
    sri = browsers(cast.sri)
    assert sri.post(f"/anggota/{asked}/penolakan", {"reason": ""}).status_code == 422
    assert sri.post(f"/anggota/{asked}/penolakan", {"reason": "Di luar wilayah"}).status_code == 303
    assert state(cast, asked) == "declined"
    with db.transaction():
        assert services.apply(ANONYMOUS, cast.makmur.id, "Tutik", "0812-3456-7890").id != asked


def test_a_member_leaves_comes_back_under_the_old_number_and_gets_a_new_card(cast, asked, browsers):
    sri = browsers(cast.sri)
    assert sri.post(f"/anggota/{asked}/penerimaan", {}).status_code == 303
    with db.transaction(read_only=True):
        before = queries.member_for(cast.sri, asked)
        number, card = before.number, before.card_token
    assert sri.post(f"/anggota/{asked}/keluar", {"reason": "Pindah"}).status_code == 303
    assert sri.get(f"/anggota/{asked}/kartu").status_code == 404
    assert sri.post(f"/anggota/{asked}/kembali", {}).status_code == 303
    with db.transaction(read_only=True):
        again = queries.member_for(cast.sri, asked)
        assert (again.state, again.number) == ("active", number) and again.card_token != card
        assert queries.by_card(cast.makmur.id, card) is None
        card = again.card_token
    assert sri.post(f"/anggota/{asked}/kartu", {}).status_code == 303
    assert sri.get(f"/anggota/{asked}/kartu").status_code == 200
    with db.transaction(read_only=True):
        assert queries.by_card(cast.makmur.id, card) is None


@pytest.mark.parametrize(
    ("who", "reading", "acting"), [("budi", 200, 403), ("wati", 404, 404), ("joko", 403, 403)]
)
def test_others_read_or_find_nothing_and_decide_nothing(cast, asked, browsers, who, reading, acting):
    browser = browsers(getattr(cast, who))
    assert browser.get(f"/anggota/{asked}").status_code == reading
    assert {browser.post(f"/anggota/{asked}/{act}", {"reason": "x"}).status_code for act in ACTS} == {acting}
    assert state(cast, asked) == "asked"


def test_only_who_decides_reads_the_whole_number(cast, asked, browsers):
    full = "0812-3456-7890"
    assert full in browsers(cast.sri).get(f"/anggota/{asked}").get_data(as_text=True)
    assert full not in browsers(cast.budi).get(f"/anggota/{asked}").get_data(as_text=True)
