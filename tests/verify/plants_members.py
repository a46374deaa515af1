"""Ways in which a ghost could count as a member, money of members go astray, or a NIK lie open."""

from __future__ import annotations

from market.core import db, states
from market.members import queries as members
from market.savings import services
from tests import factories
from tests.ledger.tamper import tamper
from tests.savings.conftest import Till, set_up
from tests.verify.planting import breaks


def at_the_till(lived) -> Till:
    till = set_up(lived.cast)
    _worker_was_there()
    return till


def _worker_was_there() -> None:
    with db.transaction():
        db.session.connection().exec_driver_sql("UPDATE job SET state = 'done'")


def joined(lived) -> tuple[Till, int]:
    till = at_the_till(lived)
    receipt_id = till.joined()
    _worker_was_there()
    return till, receipt_id


@breaks("I32")
def a_member_whose_receipt_she_never_confirmed(lived):
    _till, receipt_id = joined(lived)
    tamper(f"DELETE FROM state_change WHERE subject_table = 'savings_receipt' AND subject_id = {receipt_id}")
    tamper(f"UPDATE savings_receipt SET state = 'taken', how = '', decided_by = NULL WHERE id = {receipt_id}")


@breaks("I32")
def a_sheet_of_ghosts_that_nobody_else_saw(lived):
    with db.transaction():
        member = factories.member(lived.cast.hadi)
    _worker_was_there()
    tamper("DELETE FROM state_change WHERE subject_table = 'member_import'")
    tamper(f"UPDATE member_import SET state = 'preview', decided_by = NULL WHERE id = {member.import_id}")


@breaks("I32")
def a_nik_that_is_kept_of_who_was_declined(lived):
    till = at_the_till(lived)
    with db.transaction():
        member = members.member_by_id(till.member_id)
        states.advance(member, "declined", lived.cast.sri, "x")


@breaks("I10")
def a_receipt_whose_amount_is_not_in_the_books(lived):
    till = at_the_till(lived)
    receipt_id = till.paid()
    _worker_was_there()
    tamper(f"UPDATE savings_receipt SET amount_rp = amount_rp + 1 WHERE id = {receipt_id}")


@breaks("I10")
def money_that_was_given_back_while_the_books_keep_it(lived):
    till = at_the_till(lived)
    receipt_id = till.paid()
    with db.transaction():
        services.cancel_receipt(till.cast.hadi, receipt_id, "Uang tidak ada")
    _worker_was_there()
    tamper("DELETE FROM state_change WHERE subject_table = 'savings_receipt' AND to_state = 'cancelled'")
    tamper(f"UPDATE savings_receipt SET state = 'taken', decided_by = NULL WHERE id = {receipt_id}")


@breaks("I31")
def a_sealed_nik_moved_to_another_member(lived):
    till = at_the_till(lived)
    with db.transaction():
        other = factories.member(lived.cast.hadi)
    _worker_was_there()
    tamper(
        "UPDATE member_identity SET nik_sealed = (SELECT nik_sealed FROM member_identity"
        f" WHERE member_id = {till.member_id}) WHERE member_id = {other.id}"
    )


@breaks("I31")
def a_nik_in_a_note(lived):
    till = at_the_till(lived)
    tamper(f"UPDATE member SET name = 'Tutik 3578014505804321' WHERE id = {till.member_id}")
