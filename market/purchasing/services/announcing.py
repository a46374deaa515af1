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
from market.purchasing.models_bills import BillCase, CreditNote, PaymentRun, SupplierReturn
from market.purchasing.models_deliveries import DeliveryShare, DeliveryShortage

SELLERS = (Role.SUPPLIER_SALES,)
PAYERS = (Role.TREASURER, Role.CASHIER)
"""Who prepares the money and who opens the door."""
BOOKS = (Role.TREASURER,)
"""Who keeps the books and proposes payments."""
APPROVERS = (Role.CHAIR, Role.VICE_CHAIR)
"""Who says yes to money."""
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


def announce_online(payment: SupplierPayment, news: str) -> None:
    """Tell the cooperative what became of a payment over the internet."""
    name = identity.names({payment.supplier_id})[payment.supplier_id]
    facts = {"number": payment.number, "amount": format_rp(payment.amount_rp), "name": name}
    told = {
        "paid": (
            lazy("%(amount)s untuk %(name)s sudah sampai", **facts),
            lazy("Pembayaran %(number)s terbukti dan sudah dibukukan.", **facts),
        ),
        "lapsed": (
            lazy("%(number)s tidak jadi dibayar", **facts),
            lazy("Waktunya habis dan uang tidak keluar. Usulkan lagi dari tagihannya."),
        ),
        "reversed": (
            lazy("%(amount)s untuk %(name)s kembali", **facts),
            lazy("Uangnya kembali ke bank koperasi, jadi tagihannya terbuka lagi. Periksa rekening koran."),
        ),
        "partly": (
            lazy("%(name)s mengembalikan sebagian %(number)s", **facts),
            lazy("Cocokkan dengan rekening koran, lalu minta nota kredit dari pemasok."),
        ),
        "returning": (
            lazy("%(amount)s dikembalikan %(name)s", **facts),
            lazy("Tagihannya sudah beres sebelum uang ini dipakai. Uang kembali ke cara membayarnya."),
        ),
        "by_hand": (
            lazy("Minta kembali %(amount)s dari %(name)s", **facts),
            lazy("Tagihannya sudah beres dan cara membayarnya tidak bisa dikembalikan otomatis."),
        ),
        "unclear": (
            lazy("%(amount)s untuk %(name)s belum dipakai", **facts),
            lazy("Uangnya datang terlambat atau dua kali. Pemasok mengembalikan atau memakainya."),
        ),
    }
    title, body = told[news]
    roles = (*BOOKS, *APPROVERS)
    notices.notify(payment.organization_id, roles, f"online_{news}", title, body, f"/pembayaran/{payment.id}")


def announce_case(case: BillCase, organization_id: int) -> None:
    """Tell one side of a bill's difference that something happened to it."""
    bill = queries.bill_of(case.bill_id)
    facts = {"reference": bill.reference, "difference": format_rp(abs(case.difference_rp))}
    if case.state == "open":
        title = lazy("Selisih %(difference)s pada tagihan %(reference)s", **facts)
        body = lazy("Tagihan belum bisa dibayar sampai selisihnya beres. Buka untuk membaca dan menjawab.")
    else:
        title = lazy("Selisih pada tagihan %(reference)s selesai", **facts)
        body = lazy("Selisih %(difference)s sudah diputuskan. Buka untuk melihat hasilnya.", **facts)
    roles = SELLERS if organization_id == case.supplier_id else (*BOOKS, *APPROVERS)
    notices.notify(organization_id, roles, "bill_case", title, body, f"/selisih-tagihan/{case.id}")


def announce_credit(note: CreditNote) -> None:
    """Tell the side that did not write a credit note."""
    bill = queries.bill_of(note.bill_id)
    facts = {"number": note.number, "amount": format_rp(note.amount_rp), "reference": bill.reference}
    buyer = note.issued_for == note.supplier_id
    notices.notify(
        note.organization_id if buyer else note.supplier_id,
        BOOKS if buyer else SELLERS,
        "credit_note",
        lazy("Nota kredit %(amount)s untuk tagihan %(reference)s", **facts),
        lazy("%(number)s sudah mengurangi utang koperasi.", **facts)
        if queries.undo_of(note.id) is None
        else lazy("%(number)s dibatalkan: utang koperasi kembali seperti semula.", **facts),
        f"/nota-kredit/{note.id}",
    )


def announce_return(sent: SupplierReturn, organization_id: int) -> None:
    """Tell the supplier that goods come back, or the buyer what became of them."""
    facts = {"number": sent.number, "amount": format_rp(sent.amount_rp)}
    notices.notify(
        organization_id,
        (*SELLERS, *BOOKS, Role.SECRETARY),
        "supplier_return",
        lazy("Retur barang %(number)s senilai %(amount)s", **facts),
        lazy("Buka untuk melihat barangnya dan membuat nota kredit.")
        if sent.state == "sent"
        else lazy("Retur ini sudah selesai."),
        f"/retur-pemasok/{sent.id}",
    )


def announce_run(run: PaymentRun) -> None:
    """Tell those who decide of a new run, and the treasurer of what was decided."""
    facts = {"number": run.number, "total": format_rp(run.total_rp)}
    if run.state == "proposed":
        title = lazy("Daftar bayar %(number)s menunggu persetujuan", **facts)
        body = lazy("%(total)s untuk beberapa tagihan. Periksa, lalu setujui atau tolak.", **facts)
    elif run.state == "approved":
        title = lazy("Daftar bayar %(number)s disetujui", **facts)
        body = lazy("Unduh berkas bank, transfer %(total)s, lalu catat.", **facts)
    else:
        title = lazy("Daftar bayar %(number)s tidak jadi dibayar", **facts)
        body = lazy("Tagihannya kembali menunggu. Buka untuk membaca alasannya.")
    roles = APPROVERS if run.state == "proposed" else BOOKS
    notices.notify(run.organization_id, roles, "payment_run", title, body, f"/daftar-bayar/{run.id}")


def announce_account(supplier_id: int, buyer_ids: list[int]) -> None:
    """Tell every cooperative that owes a supplier that it is paid elsewhere from now on."""
    name = identity.names({supplier_id})[supplier_id]
    for buyer_id in buyer_ids:
        notices.notify(
            buyer_id,
            (*BOOKS, *APPROVERS),
            "supplier_account",
            lazy("%(name)s mengganti rekening bank", name=name),
            lazy("Telepon pemasok untuk memastikan sebelum membayar ke rekening baru."),
            "/daftar-bayar",
        )
