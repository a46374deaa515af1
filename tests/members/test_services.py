"""Becoming a member."""

from __future__ import annotations

import pytest

from market.core.errors import Forbidden, NotFound, Refused
from market.core.permissions import ANONYMOUS, Role
from market.core.states import IllegalMove
from market.members import queries, services
from tests import factories


@pytest.fixture
def koperasi(database):
    return factories.cooperative()


def applicant(koperasi, phone="0812-3456-7890", name="Tutik"):
    return services.apply(ANONYMOUS, koperasi.id, name, phone)


def test_who_asks_is_no_member_before_the_board_says_so(koperasi):
    asked = applicant(koperasi)
    assert queries.by_phone(koperasi.id, "6281234567890") is None
    assert queries.by_card(koperasi.id, asked.card_token) is None


def test_an_admitted_member_is_found_by_number_card_and_phone(koperasi):
    member = services.admit(factories.actor(Role.CHAIR, koperasi), applicant(koperasi).id)
    assert member.number and member.joined_on is not None
    for found in (
        queries.by_card(koperasi.id, member.number),
        queries.by_card(koperasi.id, member.card_token),
        queries.by_phone(koperasi.id, "6281234567890"),
    ):
        assert found is member


def test_a_card_of_another_cooperative_is_no_card_here(koperasi):
    other = factories.cooperative("Koperasi Wonokromo")
    member = services.admit(factories.actor(Role.CHAIR, koperasi), applicant(koperasi).id)
    assert queries.by_card(other.id, member.card_token) is None


def test_a_member_cannot_apply_again_with_the_same_number(koperasi):
    services.admit(factories.actor(Role.CHAIR, koperasi), applicant(koperasi).id)
    with pytest.raises(Refused) as refusal:
        applicant(koperasi, phone="+62 812 3456 7890")
    assert refusal.value.field == "phone"


def test_only_the_own_board_admits(koperasi):
    asked = applicant(koperasi)
    with pytest.raises(Forbidden):
        services.admit(factories.actor(Role.CASHIER, koperasi), asked.id)
    stranger = factories.actor(Role.CHAIR, factories.cooperative("Koperasi Wonokromo"))
    with pytest.raises(NotFound):
        services.admit(stranger, asked.id)


def test_nobody_is_admitted_twice(koperasi):
    chair, asked = factories.actor(Role.CHAIR, koperasi), applicant(koperasi)
    services.admit(chair, asked.id)
    with pytest.raises(IllegalMove):
        services.admit(chair, asked.id)
