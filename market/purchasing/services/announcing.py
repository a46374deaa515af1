"""News of orders and payments, written by jobs after the fact."""

from __future__ import annotations

from market.core import db
from market.core.i18n import _, format_date, lazy
from market.core.money import format_rp, group
from market.core.permissions import Role
from market.identity import queries as identity
from market.notices import services as notices
from market.purchasing import queries
from market.purchasing.models import Claim, GoodsReceipt, PurchaseOrder, SupplierPayment
from market.purchasing.models_deliveries import DeliveryShare, DeliveryShortage

SELLERS = (Role.SUPPLIER_SALES,)
PAYERS = (Role.TREASURER, Role.CASHIER)
"""Who prepares the money and who opens the door."""
DECIDERS = (Role.CHAIR, Role.VICE_CHAIR, Role.TREASURER)
"""Who may take more than was ordered."""


def announce_order(order_id: int) -> None:
    """Tell the supplier's sales people and the buyer's treasurer and cashier of a new order."""
    order = queries.order(order_id)
    names = identity.names({order.organization_id, order.supplier_id})
    link = f"/pesanan/{order.id}"
    facts = {
        "number": order.number,
        "buyer": names[order.organization_id],
        "supplier": names[order.supplier_id],
        "total": format_rp(order.total_rp),
        "day": format_date(order.delivery_on),
    }
    notices.notify(
        order.supplier_id,
        SELLERS,
        "order_issued",
        _("Pesanan baru %(number)s dari %(buyer)s", **facts),
        _("%(total)s, dikirim %(day)s. Buka untuk melihat isi dan tempat turun barang.", **facts),
        link,
    )
    notices.notify(
        order.organization_id,
        PAYERS,
        "order_issued",
        _("Pesanan %(number)s ke %(supplier)s diterbitkan", **facts),
        _("%(total)s, datang %(day)s. Siapkan tempat dan uangnya.", **facts),
        link,
    )


def announce_extra(receipt: GoodsReceipt) -> None:
    """Tell those who may commit the cooperative that packs beyond an order wait for a word."""
    notices.notify(
        receipt.organization_id,
        DECIDERS,
        "extra_goods",
        lazy("Barang datang lebih dari pesanan"),
        lazy("Penerimaan %(number)s: diambil atau dikembalikan?", number=receipt.number),
        "/penerimaan",
    )


def announce_share(shortage: DeliveryShortage, order: PurchaseOrder, share: DeliveryShare) -> None:
    """Tell a buyer what it gets of a truck that falls short."""
    facts = {"number": order.number, "packs": group(share.packs), "awaited": group(share.awaited_packs)}
    notices.notify(
        order.organization_id,
        (*PAYERS, Role.SECRETARY),
        "delivery_short",
        lazy("Kiriman %(number)s kurang: %(packs)s dari %(awaited)s kemasan", **facts),
        lazy(
            "Truknya tidak penuh. Bagian tiap koperasi dihitung dengan aturan yang sama; lihat hitungannya."
        ),
        f"/kiriman-kurang/{shortage.id}",
    )


def announce_claim(claim: Claim, order: PurchaseOrder, organization_id: int) -> None:
    """Tell one side of a claim, or the office, that something happened to it."""
    notices.notify(
        organization_id,
        (*SELLERS, Role.SECRETARY, Role.CASHIER, Role.OFFICE_OFFICER),
        "claim",
        lazy("Klaim pada pesanan %(number)s", number=order.number),
        lazy("%(packs)s kemasan. Buka untuk membaca jawaban dan batas waktunya.", packs=group(claim.packs)),
        f"/klaim/{claim.id}",
    )


def announce_payment(payment_id: int) -> None:
    """Tell the supplier's sales people that they were paid."""
    payment = db.session.get_one(SupplierPayment, payment_id)
    order = queries.order(payment.order_id)
    facts = {
        "amount": format_rp(payment.amount_rp),
        "buyer": identity.names({order.organization_id})[order.organization_id],
        "number": order.number,
    }
    notices.notify(
        payment.supplier_id,
        SELLERS,
        "supplier_paid",
        _("Pembayaran %(amount)s dari %(buyer)s", **facts),
        _("Untuk pesanan %(number)s. Periksa rekening Anda.", **facts),
        f"/pesanan/{order.id}",
    )
