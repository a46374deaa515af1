"""What is kept of a NIK: sealed for its own row, found by fingerprint, opened with a reason, seldom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market import verify
from market.core import clock, crypto, db
from market.core.errors import Forbidden, NotFound, Refused
from market.core.permissions import ANONYMOUS, Role
from market.members import queries, services
from market.members.models import IdentityReveal, MemberIdentity
from market.members.services.identities import REVEALS_A_DAY
from market.members.types import Identity
from tests import factories

NIK, FAMILY = "3578014505804321", "3578010101200009"


@pytest.fixture
def koperasi(database):
    return factories.cooperative()


@pytest.fixture
def chair(koperasi):
    return factories.actor(Role.CHAIR, koperasi)


def applicant(koperasi, nik=NIK, phone="081234567890"):
    return services.apply(ANONYMOUS, koperasi.id, "Tutik", phone, identity=Identity(nik, FAMILY))


def test_no_column_of_any_table_holds_the_numbers(koperasi, chair):
    applicant(koperasi)
    services.reveal_identity(chair, applicant(koperasi, factories.nik(), "0812000111").id, "Mencocokkan KTP")
    db.session.flush()
    for table in db.Base.metadata.sorted_tables:
        for row in db.session.execute(table.select()):
            said = " ".join(str(value) for value in row)
            assert NIK not in said and FAMILY not in said, table.name


def test_a_sealed_nik_copied_to_another_member_does_not_open(koperasi):
    mine = queries.identity_of(applicant(koperasi))
    other = queries.identity_of(applicant(koperasi, factories.nik(), "081200011122"))
    assert queries.opened(mine) == Identity(NIK, FAMILY)
    other.nik_sealed = mine.nik_sealed
    with pytest.raises(crypto.Unreadable):
        queries.opened(other)


def test_consent_is_kept_in_its_words_with_its_day(koperasi):
    kept = queries.identity_of(applicant(koperasi))
    assert "setuju NIK saya disimpan" in kept.consent and kept.consent_at <= clock.now()


def test_the_board_writes_no_nik_down_without_consent_and_none_twice(koperasi, chair):
    applicant(koperasi)
    second = services.apply(ANONYMOUS, koperasi.id, "Wati", "081200011133")
    with pytest.raises(Refused) as refusal:
        services.record_identity(chair, second.id, Identity(factories.nik()), agreed=False)
    assert refusal.value.field == "agreed"
    with pytest.raises(Refused, match="sudah terdaftar"):
        services.record_identity(chair, second.id, Identity(NIK), agreed=True)


def test_a_mistyped_nik_is_corrected_and_the_old_one_is_gone(koperasi, chair):
    asked = applicant(koperasi)
    services.record_identity(chair, asked.id, Identity("3578014505804322"), agreed=True)
    assert queries.opened(queries.identity_of(asked)).nik == "3578014505804322"
    assert db.session.query(MemberIdentity).count() == 1


def test_an_opened_nik_closes_after_five_minutes(koperasi, chair, monkeypatch):
    opened = services.reveal_identity(chair, applicant(koperasi).id, "Mencocokkan KTP")
    assert services.identity_in_full(chair, opened.id)[1].nik == NIK
    later = clock.now() + timedelta(minutes=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(NotFound):
        services.identity_in_full(chair, opened.id)


def test_nobody_opens_more_niks_in_a_day_than_the_rule_lets(koperasi, chair):
    asked = applicant(koperasi)
    for _ in range(REVEALS_A_DAY.value(organization_id=koperasi.id)):
        services.reveal_identity(chair, asked.id, "Mencocokkan KTP")
    with pytest.raises(Refused, match="besok"):
        services.reveal_identity(chair, asked.id, "Mencocokkan KTP")
    secretary = factories.actor(Role.SECRETARY, koperasi)
    assert services.reveal_identity(secretary, asked.id, "Mencocokkan KTP").id


@pytest.mark.parametrize("role", [Role.TREASURER, Role.CASHIER, Role.SUPERVISOR, Role.LURAH, Role.MEMBER])
def test_only_chair_and_secretary_open_a_nik(koperasi, role):
    with pytest.raises(Forbidden):
        services.reveal_identity(factories.actor(role, koperasi), applicant(koperasi).id, "Ingin tahu saja")


def test_a_row_of_the_log_is_never_changed(koperasi, chair):
    opened = services.reveal_identity(chair, applicant(koperasi).id, "Mencocokkan KTP")
    with pytest.raises(Exception, match="append-only"), db.session.begin_nested():
        db.session.execute(
            IdentityReveal.__table__.update().where(IdentityReveal.id == opened.id).values(reason="lain")
        )


def test_the_promises_hold_for_a_register_with_niks(koperasi, chair):
    services.verify(chair, applicant(koperasi).id, "3578081003")
    assert [result for result in verify.run(["I31", "I32"]) if not result.ok] == []
