"""Ways in which the statements may come to disagree."""

from __future__ import annotations

from tests.ledger.tamper import tamper
from tests.verify.planting import breaks

PLACED = (
    "INSERT INTO statement_place (organization_id, code, line, cash_line, valid_from_on, reason, entered_at)"
    " SELECT organization_id, code, '{line}', '', '2020-01-01', 'x', CURRENT_TIMESTAMP"
    " FROM ledger_account WHERE code = '1-1100'"
)


@breaks("I37")
def cash_among_the_wages(lived):
    tamper(PLACED.format(line="wages"))


@breaks("I37")
def cash_on_a_line_that_no_paper_has(lived):
    tamper(PLACED.format(line="nowhere"))
