"""A process that dies before any statement about members' money leaves nothing half done."""

from __future__ import annotations

import pytest

from market import verify
from market.core import db, sheets
from market.ledger import chart
from market.members import services as membership
from market.savings import services
from tests import cast as people
from tests import factories
from tests.faults import kill, story
from tests.savings.conftest import PRINCIPAL_RP, Till, set_up


def take(till: Till) -> story.Act:
    return lambda: services.take_principal(till.cast.kasir, till.member_id, PRINCIPAL_RP)


def confirm(till: Till) -> story.Act:
    receipt_id = till.paid()
    return lambda: services.confirm_own(till.tutik, receipt_id)


def cancel(till: Till) -> story.Act:
    receipt_id = till.paid()
    return lambda: services.cancel_receipt(till.cast.hadi, receipt_id, "Uang tidak ada")


def decide(till: Till) -> story.Act:
    till.joined()
    repayment_id = till.left(by=till.cast.hadi)
    return lambda: services.decide_repayment(till.cast.budi, repayment_id, approve=True)


def pay(till: Till) -> story.Act:
    act = decide(till)
    with db.transaction():
        repayment_id = act().id
    return lambda: services.pay_repayment(till.cast.kasir, repayment_id, chart.CASH)


def _sheet(till: Till) -> int:
    rows = [["Siti", factories.nik(), 50_000], ["Wati", factories.nik(), ""]]
    data = sheets.write_csv(["Nama lengkap", "NIK", "Simpanan pokok dibayar"], rows)
    with db.transaction():
        read = membership.preview_import(till.cast.sri, data, "buku.csv")
        assert not isinstance(read, list)
        return read.id


def store(till: Till) -> story.Act:
    import_id = _sheet(till)
    return lambda: membership.store_import(till.cast.sri, import_id)


def confirm_sheet(till: Till) -> story.Act:
    import_id = _sheet(till)
    with db.transaction():
        membership.store_import(till.cast.sri, import_id)
    return lambda: membership.confirm_import(till.cast.hadi, import_id)


ACTIONS = {
    "take": take,
    "confirm": confirm,
    "cancel": cancel,
    "decide": decide,
    "pay": pay,
    "store": store,
    "confirm_sheet": confirm_sheet,
}


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_a_kill_before_any_statement_leaves_all_or_nothing(settings, database, action):
    with db.transaction():
        cast = people.assemble()
    act = story.in_transaction(ACTIONS[action](set_up(cast)))
    assert kill.kill_everywhere(settings, act) > 3
    with db.transaction(read_only=True):
        assert [result for result in verify.run() if not result.ok and result.id != "I27"] == []
