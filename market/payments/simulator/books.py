"""The simulated provider's own books: what its balance was moved by, money sent to the bank, the report.

A fee is taken when money is withdrawn, as Midtrans does it; until then the balance holds the whole price.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from market.core import sheets
from market.core.clock import WIB
from market.core.money import div_round
from market.payments.midtrans_methods import method_of
from market.payments.simulator.charges import Refuse
from market.payments.simulator.records import Transaction, Withdrawal
from market.payments.simulator.world import World

BASIS, VAT_BP = 10_000, 1_100
RATES_BP = {"qris": 70, "gopay": 200}
FLAT_RP = {"cstore": 5_000}
TRANSFER_RP = 4_000
HEADERS = ("Settlement time", "Type", "Order ID", "Amount", "Fee", "Reference", "Payment type")
Move = tuple[int, str, int, str]
"""(when, kind, rupiah as the balance moved, order or withdrawal)."""


def fee_rp(made: Transaction) -> int:
    """What is kept of a settled payment, VAT included."""
    if made.payment_type in RATES_BP:
        before_vat = div_round(made.gross_rp * RATES_BP[made.payment_type], BASIS)
    else:
        before_vat = FLAT_RP.get(made.payment_type, TRANSFER_RP)
    return min(made.gross_rp, before_vat + div_round(before_vat * VAT_BP, BASIS))


def moves(world: World, merchant_id: str) -> list[Move]:
    """Every movement of a merchant's balance, oldest first."""
    found: list[Move] = []
    for made in world.transactions.values():
        if made.merchant_id == merchant_id and made.settled_at:
            found += _of(made)
    for row in world.withdrawals.values():
        if row.merchant_id == merchant_id:
            found += [(row.at, "fee", -fee, order) for order, fee in row.fees.items()]
            found.append((row.at, "withdrawal", -row.net_rp, row.number))
    return sorted(found)


def _of(made: Transaction) -> list[Move]:
    found: list[Move] = [(made.settled_at, "payment", made.gross_rp, made.order_id)]
    found += [
        (row.confirmed_at, "refund", -row.amount_rp, made.order_id)
        for row in made.refunds
        if row.confirmed_at
    ]
    if made.status == "deny":
        found.append((made.ended_at, "reversal", -made.gross_rp, made.order_id))
    if made.disputed_rp:
        found.append((made.ended_at, "chargeback", -made.disputed_rp, made.order_id))
    return found


def balance_rp(world: World, merchant_id: str) -> int:
    return sum(amount_rp for _at, _kind, amount_rp, _reference in moves(world, merchant_id))


def withdraw(world: World, merchant_id: str) -> Withdrawal:
    """Send everything to the merchant's bank, less the fees of what was not withdrawn yet. Raises Refuse."""
    taken = {order for row in world.withdrawals.values() for order in row.fees}
    fees = {
        made.order_id: fee_rp(made)
        for made in world.transactions.values()
        if made.merchant_id == merchant_id
        and made.settled_at
        and made.status != "deny"
        and made.order_id not in taken
    }
    net_rp = balance_rp(world, merchant_id) - sum(fees.values())
    if net_rp <= 0:
        raise Refuse(412, "there is nothing to withdraw")
    row = Withdrawal(f"WD-{world.number('withdrawal'):06d}", merchant_id, world.clock.now(), net_rp, fees)
    world.withdrawals[row.number] = row
    world.save("withdrawal", row.number, asdict(row))
    return row


def report(world: World, merchant_id: str) -> bytes:
    """The settlement report: a row per movement, the fee of a payment in a column of its row."""
    fees = {order: fee for row in world.withdrawals.values() for order, fee in row.fees.items()}
    methods = {made.order_id: _method(made) for made in world.transactions.values()}
    rows: list[list[sheets.Cell]] = []
    for at, kind, amount_rp, reference in moves(world, merchant_id):
        if kind == "fee":
            continue
        when = dt.datetime.fromtimestamp(at, WIB).strftime("%Y-%m-%d %H:%M:%S")
        order, number = ("", reference) if kind == "withdrawal" else (reference, "")
        fee: sheets.Cell = fees.get(order) if kind == "payment" else None
        rows.append([when, kind, order, abs(amount_rp), fee, number, methods.get(order, "")])
    return sheets.write_csv(HEADERS, rows)


def _method(made: Transaction) -> str:
    method = method_of({"payment_type": made.payment_type, **made.shown})
    return method.value if method else made.payment_type
