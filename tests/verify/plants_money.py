"""Ways to break I1 to I10."""

from __future__ import annotations

import json

from market.core import clock, db, states
from market.core.permissions import SYSTEM
from market.ledger.models import LedgerPeriod
from tests.ledger.tamper import tamper
from tests.verify.conftest import balances_json, one, rechain
from tests.verify.planting import breaks


@breaks("I1", "I37")
def a_rupiah_moved_from_one_entry_to_another(lived):
    line = (
        "SELECT p.id FROM posting p JOIN ledger_account a ON a.id = p.account_id AND a.code = '1-1200'"
        " JOIN journal_entry e ON e.id = p.entry_id WHERE e.source = '{0}:1'"
    )
    first, other = one(line.format("opening")), one(line.format("supplier_payment"))
    tamper(
        f"UPDATE posting SET amount_rp = amount_rp + 1 WHERE id = {first}",
        f"UPDATE posting SET amount_rp = amount_rp - 1 WHERE id = {other}",
    )
    rechain(lived.id)


@breaks("I1", "I2", "I4")
def a_rupiah_out_of_nothing(lived):
    tamper("UPDATE posting SET amount_rp = amount_rp + 1 WHERE id = 1")
    rechain(lived.id)


@breaks("I2", "I30")
def a_line_in_the_books_of_another(lived):
    tamper(f"UPDATE posting SET organization_id = {lived.other} WHERE id = 1")


@breaks("I3")
def an_amount_beyond_everything(lived):
    big = 2 * 10**12
    tamper(
        f"UPDATE posting SET amount_rp = {big} WHERE entry_id = 1 AND amount_rp > 0",
        f"UPDATE posting SET amount_rp = -{big} WHERE entry_id = 1 AND amount_rp < 0",
        f"UPDATE ledger_account SET balance_rp = balance_rp + {big} - 50000000 WHERE code = '1-1200'",
        f"UPDATE ledger_account SET balance_rp = balance_rp - {big} + 50000000 WHERE code = '3-1300'",
        without=[("posting", "ck_posting_amount")],
    )
    rechain(lived.id)


@breaks("I4")
def a_balance_that_is_not_the_sum(lived):
    tamper("UPDATE ledger_account SET balance_rp = balance_rp + 1 WHERE code = '1-1200'")


@breaks("I4")
def a_closed_period_that_kept_other_figures(lived):
    close(lived, one("SELECT max(seq) FROM journal_entry"), {"1-1200": 1})


def close(lived, closed_seq: int, balances: dict) -> None:
    with db.transaction():
        period = LedgerPeriod(organization_id=lived.id, ends_on=clock.today())
        db.session.add(period)
        db.session.flush()
        states.start(period, SYSTEM)
        period.closed_seq, period.balances = closed_seq, balances
        states.advance(period, "closed", SYSTEM)


@breaks("I5")
def an_account_that_was_below_zero_for_a_while(lived):
    tamper("UPDATE ledger_account SET non_negative = true, side = 'debit' WHERE code = '2-1100'")


@breaks("I6")
def a_guard_that_was_switched_off(lived):
    if db.is_sqlite():
        statement = "DROP TRIGGER posting_no_update"
    else:
        statement = "ALTER TABLE posting DISABLE TRIGGER posting_no_change"
    with db.transaction():
        db.session.connection().exec_driver_sql(statement)


@breaks("I6", "I7")
def a_head_that_runs_ahead(lived):
    tamper("UPDATE ledger_head SET seq = seq + 1")


@breaks("I7")
def a_word_that_was_changed(lived):
    tamper("UPDATE journal_entry SET description = 'palsu' WHERE seq = 2")


@breaks("I8")
def an_entry_dated_back_in_the_record(lived):
    tamper("UPDATE journal_entry SET recorded_at = '2020-01-01 00:00:00.000000+00:00' WHERE seq = 2")
    rechain(lived.id)


@breaks("I8")
def an_entry_slipped_into_a_closed_period(lived):
    close(lived, 1, json.loads(balances_json(lived.id)))


REVERSAL = "(SELECT r.id FROM journal_entry r WHERE r.reverses_id IS NOT NULL)"


@breaks("I9")
def a_reversal_of_something_else(lived):
    tamper(f"UPDATE journal_entry SET reverses_id = 1, source = 'reversal:1' WHERE id = {REVERSAL}")
    rechain(lived.id)


@breaks("I10")
def an_entry_whose_receipt_does_not_exist(lived):
    tamper("UPDATE journal_entry SET source = 'goods_receipt:999' WHERE source LIKE 'goods_receipt:%'")
    rechain(lived.id)


@breaks("I10")
def an_entry_of_a_kind_that_nobody_knows(lived):
    tamper("UPDATE journal_entry SET source = 'gift:1' WHERE source LIKE 'opening:%'")
    rechain(lived.id)


@breaks("I10", "I24")
def a_bill_for_another_amount_than_its_entry(lived):
    tamper("UPDATE supplier_bill SET amount_rp = amount_rp + 1")
