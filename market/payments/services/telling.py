"""What the treasurer is told of: money that belongs to nothing yet, and money that the bank keeps."""

from __future__ import annotations

from market.core.i18n import lazy
from market.core.money import format_rp
from market.core.permissions import Role
from market.notices.services import notify
from market.payments import queries, queries_payouts

KEEPERS = (Role.TREASURER, Role.CHAIR, Role.SUPPLIER_SALES)
PAGE = "/uang-masuk"


def tell_of_case(case_id: int) -> None:
    """A case of suspense was opened."""
    case = queries.case_by_id(case_id)
    title = lazy("%(amount)s belum jelas untuk apa", amount=format_rp(case.amount_rp))
    body = lazy("Kembalikan, atau catat untuk pesanannya.")
    notify(case.organization_id, KEEPERS, "suspense_opened", title, body, PAGE)


def tell_of_dispute(dispute_id: int, to: str) -> None:
    """A payer disputes money at their bank, or that has been decided."""
    dispute = queries.dispute_by_id(dispute_id)
    amount = format_rp(dispute.amount_rp)
    title, body = {
        "open": (
            lazy("Pembeli menyanggah %(amount)s", amount=amount),
            lazy("Kirim bukti serah terima lewat dasbor penyedia pembayaran."),
        ),
        "won": (
            lazy("Sanggahan %(amount)s dimenangkan koperasi", amount=amount),
            lazy("Uangnya kembali dan pembukuannya sudah dipulihkan."),
        ),
        "lost": (
            lazy("Sanggahan %(amount)s dimenangkan pembeli", amount=amount),
            lazy("Uangnya tidak kembali. Barang yang sudah diserahkan menjadi piutang."),
        ),
    }[to]
    notify(dispute.organization_id, KEEPERS, f"dispute_{to}", title, body, PAGE)


def tell_of_found_refund(refund_id: int) -> None:
    """Somebody gave money back in the provider's own dashboard."""
    refund = queries.refund(refund_id)
    title = lazy("%(amount)s dikembalikan dari dasbor penyedia", amount=format_rp(refund.amount_rp))
    body = lazy("Sudah dibukukan. Periksa apakah memang disengaja.")
    notify(refund.organization_id, KEEPERS, "refund_found", title, body, PAGE)


def tell_of_refusal(refund_id: int) -> None:
    """A refund was refused: the money is still here and must go back another way."""
    refund = queries.refund(refund_id)
    title = lazy("Pengembalian %(amount)s ditolak bank", amount=format_rp(refund.amount_rp))
    body = lazy("Uangnya masih di koperasi. Coba lagi, atau kembalikan lewat transfer.")
    notify(refund.organization_id, KEEPERS, "refund_refused", title, body, "/uang-keluar")


def tell_of_payout(payout_id: int) -> None:
    """A payout has ended: its seller is told, and who keeps the money when it came back."""
    payout = queries_payouts.payout_by_id(payout_id)
    if payout.state == "completed" and payout.seller_id:
        title = lazy("Koperasi membayar Anda %(amount)s", amount=format_rp(payout.amount_rp))
        body = lazy("Bukti %(number)s. Tidak ada potongan dari Anda.", number=payout.number)
        notify(payout.seller_id, (Role.SELLER_OWNER,), "payout_done", title, body, "/uang-saya")
    if payout.state == "failed":
        title = lazy("Uang keluar %(number)s tidak sampai", number=payout.number)
        body = lazy("%(amount)s kembali ke buku. Periksa tujuannya.", amount=format_rp(payout.amount_rp))
        page = f"/uang-keluar/{payout.id}"
        notify(payout.organization_id, KEEPERS, "payout_failed", title, body, page)
