"""A cooperative whose meeting has set the principal, and somebody who was verified and is to pay it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from market.core import clock, db
from market.core.permissions import Actor
from market.identity import services as people
from market.members import queries as members
from market.members import services as membership
from market.members.types import Identity
from market.savings import services
from tests import factories
from tests.cast import Cast

PRINCIPAL_RP = 50_000


@dataclass(frozen=True)
class Till:
    """Ids of what stands before the till: Tutik signs in with her phone, and waits to pay."""

    cast: Cast
    tutik: Actor
    member_id: int

    def paid(self) -> int:
        """The principal was taken by the cashier; the id of the receipt."""
        with db.transaction():
            return services.take_principal(self.cast.kasir, self.member_id, PRINCIPAL_RP).id

    def joined(self) -> int:
        """And Tutik confirmed it."""
        receipt_id = self.paid()
        with db.transaction():
            services.confirm_own(self.tutik, receipt_id)
        return receipt_id

    def left(self, by: Actor) -> int:
        """She left; the id of the repayment that was opened."""
        with db.transaction():
            membership.leave(by, self.member_id, "Pindah kota")
            repayment = services.open_repayment(self.member_id, by.user_id or 0)
            assert repayment is not None
            return repayment.id

    @property
    def state(self) -> str:
        with db.transaction(read_only=True):
            return members.member_by_id(self.member_id).state


def set_up(cast: Cast, rate: bool = True) -> Till:
    """Everything up to the till."""
    with db.transaction():
        user = factories.user("Tutik", "tutik", phone="6281234567890")
        tutik = people.actor_of(user, None)
        asked = membership.apply_as(tutik, cast.makmur.id, True, Identity(factories.nik()))
        membership.verify(cast.sri, asked.id, "3578081003")
        if rate:
            today = clock.today()
            services.set_rate(cast.hadi, PRINCIPAL_RP, "Rapat pendirian, notulen 1", today, today)
        return Till(cast, tutik, asked.id)


@pytest.fixture
def till(cast) -> Till:
    return set_up(cast)
