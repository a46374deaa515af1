"""Ways in which somebody could sell without a yes, or one phone become two people."""

from __future__ import annotations

from market.core import db
from market.identity import services as people
from market.identity.services import codes
from market.profiles import services as profiles
from tests import factories
from tests.ledger.tamper import tamper
from tests.verify.planting import breaks


def applied(lived) -> int:
    with db.transaction():
        rina = people.actor_of(factories.user("Rina", phone="6281234567890"), None)
        return profiles.apply(rina, lived.id, "Roti Bu Rina").organization_id


@breaks("I35")
def a_seller_who_sells_before_the_yes(lived):
    tamper(f"UPDATE organization SET trading = true WHERE id = {applied(lived)}")


@breaks("I35")
def a_seller_who_waits_at_one_shop_and_sells_at_another(lived):
    tamper(f"UPDATE organization SET sells_through_id = {lived.other} WHERE id = {applied(lived)}")


@breaks("I35")
def two_accounts_with_one_proven_number(lived):
    with db.transaction():
        for name in ("Rina", "Rina lagi"):
            user = factories.user(name, phone="6281234567890")
            user.password_hash = None


@breaks("I35")
def a_code_that_was_used_and_can_still_be_read(lived):
    with db.transaction():
        codes.ask("0812-3456-7890", "203.0.113.7")
    tamper("UPDATE sign_in_code SET used_at = asked_at")
