"""QRIS at the counter, for all of a sale or beside cash: goods wait while the buyer pays."""

from __future__ import annotations

import secrets
from dataclasses import replace

from market.core import faults, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, lazy, stored
from market.core.money import format_rp
from market.core.permissions import SYSTEM, Actor, Permission, Role
from market.counter import queries
from market.counter.models import Sale
from market.counter.services import rations, selling
from market.counter.services.selling import Terms
from market.counter.services.shifts import require_open
from market.notices.services import notify
from market.payments import queries as money_in
from market.payments import services as payments
from market.payments.models import Payment
from market.payments.types import Method
from market.stock import services as stock

MINUTES = 15


def pay_online(actor: Actor, sale_id: int, cash_rp: int = 0, terms: Terms | None = None) -> Sale:
    """Ask for QRIS: everything, or what `cash_rp` taken at the counter leaves. Goods and rations are held.

    Raises Refused as `pay_cash` does, for cash that leaves nothing to pay, or where the shop takes no QRIS.
    """
    actor.require(Permission.COUNTER_SELL)
    shift = require_open(actor)
    sale = queries.sale_for(actor, sale_id, lock=True)
    lines = selling.prepared(sale, shift, terms or Terms())
    if not 0 <= cash_rp < sale.total_rp:
        raise Refused(_("Bagian tunai harus kurang dari totalnya."), field="cash_rp")
    sale.cash_rp = sale.given_rp = cash_rp
    sale.online_rp, sale.change_rp = sale.total_rp - cash_rp, 0
    rations.claim(sale, lines)
    for item, line in selling.by_item(lines):
        source = f"counter_sale:{sale.id}:{line.id}:{secrets.token_hex(4)}"
        quantity = selling.base_of(line, line.quantity)
        line.reservation_id = stock.reserve(actor, sale.organization_id, item.id, quantity, source).id
    states.advance(sale, "waiting", actor)
    faults.point("counter.online_asked")
    _ask(actor, sale)
    return sale


def _ask(actor: Actor, sale: Sale) -> None:
    payment = payments.start_payment(
        actor,
        organization_id=sale.organization_id,
        purpose=queries.PURPOSE,
        purpose_id=sale.id,
        amount_rp=sale.online_rp,
        title=_("Belanja di kasir %(shop)s", shop=actor.organization_name),
        phone=sale.phone,
        return_path=f"/nota/{sale.token}",
        minutes=MINUTES,
    )
    if Method.QRIS not in payments.methods_for(payment):
        raise Refused(_("Jumlah ini tidak bisa dibayar dengan QRIS. Terima tunai."))
    payments.choose_method(payment.token, Method.QRIS.value)


def payment_of(sale: Sale) -> Payment | None:
    """The payment over the internet that runs or is done for this sale."""
    return money_in.live_payment(queries.PURPOSE, sale.id)


def stop_online(actor: Actor, sale_id: int) -> Sale:
    """The buyer pays otherwise after all: the QRIS is closed by a job, then the counter is free again."""
    actor.require(Permission.COUNTER_SELL)
    sale = queries.sale_for(actor, sale_id)
    payment = payment_of(sale)
    if sale.state != "waiting" or payment is None:
        raise Conflict(_("Penjualan ini tidak sedang dibayar."))
    payments.withdraw(actor, payment.id)
    return sale


def on_payment_changed(sale_id: int, payment_id: int, to: str) -> None:
    """News of the payment, from a job: paid goods are handed out and booked, unpaid ones are free again."""
    seen = queries.sale_by_id(sale_id)
    payment = money_in.payment_by_id(payment_id)
    actor = replace(SYSTEM, organization_id=seen.organization_id, organization_kind="cooperative")
    queries.shift_for(actor, seen.shift_id, lock=True)
    sale = queries.sale_by_id(sale_id, lock=True)
    if to == "paid" and sale.state == "waiting":
        selling.use_online(actor, sale)
        selling.complete(actor, sale, queries.lines_of(sale.id))
    elif to == "closed" and sale.state == "waiting":
        _free(actor, sale)
    elif to == "reversed":
        title = lazy("%(title)s: bank menarik kembali uangnya", title=payment.title)
        body = lazy("%(amount)s lewat internet.", amount=format_rp(payment.amount_rp))
        notify(sale.organization_id, (Role.TREASURER,), "sale_reversed", title, body, f"/kasir/{sale.id}")


def _free(actor: Actor, sale: Sale) -> None:
    lines = queries.lines_of(sale.id)
    for _item, line in selling.by_item(lines):
        if line.reservation_id is not None:
            stock.release(actor, sale.organization_id, line.reservation_id)
            line.reservation_id = None
    rations.give_back(lines)
    blank = {"cash_rp": 0, "given_rp": 0, "online_rp": 0}
    states.advance(sale, "open", actor, stored("QRIS tidak dibayar"), also=blank)
