"""Becoming a member, and being one no longer."""

from __future__ import annotations

import pytest

from market.core import db
from market.core.errors import Forbidden, NotFound, Refused
from market.core.jobs import Job
from market.core.permissions import ANONYMOUS, Role
from market.core.states import IllegalMove
from market.identity import services as people
from market.members import queries, services
from market.members.types import Identity
from tests import factories

VILLAGE = "3578081003"


@pytest.fixture
def koperasi(database):
    return factories.cooperative()


@pytest.fixture
def chair(koperasi):
    return factories.actor(Role.CHAIR, koperasi)


def applicant(koperasi, phone="0812-3456-7890", name="Tutik", nik=None):
    identity = Identity(nik or factories.nik())
    return services.apply(ANONYMOUS, koperasi.id, name, phone, identity=identity)


def verified(chair, koperasi, **given):
    return services.verify(chair, applicant(koperasi, **given).id, VILLAGE)


def test_who_asks_is_no_member_before_the_board_says_so(koperasi):
    asked = applicant(koperasi)
    assert queries.by_phone(koperasi.id, "6281234567890") is None
    assert queries.by_card(koperasi.id, asked.card_token) is None


def test_who_was_verified_is_no_member_before_the_principal_is_paid(koperasi, chair):
    member = verified(chair, koperasi)
    assert (member.state, member.number) == ("verified", None)
    assert queries.by_card(koperasi.id, member.card_token) is None
    assert queries.counts(chair) == {"verified": 1}


def test_an_active_member_is_found_by_number_card_and_phone(koperasi, chair):
    member = services.activate(chair, verified(chair, koperasi).id)
    assert member.number and member.joined_on is not None
    for found in (
        queries.by_card(koperasi.id, member.number),
        queries.by_card(koperasi.id, member.card_token),
        queries.by_phone(koperasi.id, "6281234567890"),
    ):
        assert found is member


def test_a_card_of_another_cooperative_is_no_card_here(koperasi, chair):
    other = factories.cooperative("Koperasi Wonokromo")
    member = services.activate(chair, verified(chair, koperasi).id)
    assert queries.by_card(other.id, member.card_token) is None


def test_a_member_cannot_apply_again_with_the_same_number(koperasi, chair):
    verified(chair, koperasi)
    with pytest.raises(Refused) as refusal:
        applicant(koperasi, phone="+62 812 3456 7890")
    assert refusal.value.field == "phone"


def test_one_person_stands_in_a_register_once_and_may_belong_to_two_cooperatives(koperasi, chair):
    nik = factories.nik()
    verified(chair, koperasi, nik=nik)
    with pytest.raises(Refused) as refusal:
        applicant(koperasi, phone="081200000001", nik=f"{nik[:6]} {nik[6:12]}-{nik[12:]}")
    assert refusal.value.field == "nik"
    assert applicant(factories.cooperative("Koperasi Wonokromo"), nik=nik).state == "asked"


def test_the_board_verifies_nobody_without_a_nik(koperasi, chair):
    asked = services.apply(ANONYMOUS, koperasi.id, "Tutik", "0812-3456-7890")
    with pytest.raises(Refused, match="NIK"):
        services.verify(chair, asked.id, VILLAGE)
    services.record_identity(chair, asked.id, Identity(factories.nik()), agreed=True)
    assert services.verify(chair, asked.id, VILLAGE).state == "verified"


def test_where_somebody_lives_is_what_staff_read_on_the_card_never_the_number(koperasi, chair):
    asked = applicant(koperasi, nik="3501014505800001")  # first registered in another regency
    services.verify(chair, asked.id, VILLAGE)
    assert queries.identity_of(asked).place_code == VILLAGE
    with pytest.raises(NotFound):
        services.verify(chair, applicant(koperasi, phone="081200000002").id, "3578")


def test_only_the_own_board_verifies(koperasi):
    asked = applicant(koperasi)
    with pytest.raises(Forbidden):
        services.verify(factories.actor(Role.CASHIER, koperasi), asked.id, VILLAGE)
    stranger = factories.actor(Role.CHAIR, factories.cooperative("Koperasi Wonokromo"))
    with pytest.raises(NotFound):
        services.verify(stranger, asked.id, VILLAGE)


def test_nobody_becomes_a_member_without_having_been_verified_or_twice(koperasi, chair):
    asked = applicant(koperasi)
    with pytest.raises(IllegalMove):
        services.activate(chair, asked.id)
    services.activate(chair, services.verify(chair, asked.id, VILLAGE).id)
    with pytest.raises(IllegalMove):
        services.activate(chair, asked.id)


def test_who_is_declined_is_forgotten_and_may_ask_again_with_the_same_nik(koperasi, chair):
    nik = factories.nik()
    asked = applicant(koperasi, nik=nik)
    services.decline(chair, asked.id, "Di luar wilayah")
    assert queries.identity_of(asked) is None
    assert applicant(koperasi, nik=nik).id != asked.id


def test_who_left_comes_back_under_the_old_number_and_pays_again(koperasi, chair):
    member = services.activate(chair, verified(chair, koperasi).id)
    number, card = member.number, member.card_token
    services.leave(chair, member.id, "Pindah")
    assert db.session.query(Job).filter_by(kind="member_left").one().payload["member_id"] == member.id
    with pytest.raises(Refused, match="kembali"):
        applicant(koperasi, phone="081200000003", nik=queries.opened(queries.identity_of(member)).nik)
    services.readmit(chair, member.id)
    assert (member.state, member.number) == ("verified", number) and member.card_token != card


def test_a_proven_number_finds_the_membership_that_was_written_down_at_the_counter(koperasi, chair):
    asked = verified(chair, koperasi)
    tutik = factories.user("Tutik", phone="6281234567890")
    tutik.password_hash = None  # her account began with a code to this number
    db.session.flush()
    found = services.apply_as(people.actor_of(tutik, None), koperasi.id, True)
    assert found.id == asked.id and found.user_id == tutik.id


def test_an_account_with_a_password_takes_over_nobodys_membership(koperasi, chair):
    asked = verified(chair, koperasi)
    somebody = people.actor_of(factories.user("Bukan Tutik", phone="6281234567890"), None)
    with pytest.raises(Refused):
        services.apply_as(somebody, koperasi.id, True, Identity(factories.nik()))
    assert asked.user_id is None


def test_an_applicant_cannot_tick_for_herself_that_staff_saw_her_card(koperasi):
    rina = people.actor_of(factories.user("Rina", phone="6281200000009"), None)
    with pytest.raises(Forbidden):
        services.apply_as(rina, koperasi.id, True, Identity(factories.nik(), age_checked=True))
