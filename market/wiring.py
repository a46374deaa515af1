"""The one table of who reacts to what: job handlers, schedules, navigation.

News travels upward only here: a part writes a job, a part above it handles it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from market.catalogue import jobs as catalogue_jobs
from market.catalogue import queries as catalogue
from market.catalogue import services as products
from market.core import approvals, files, idempotency
from market.core.i18n import LazyText, lazy
from market.core.jobs import Handler
from market.core.permissions import Permission as P
from market.counter import services as counter
from market.cycles import jobs as cycles_jobs
from market.cycles import services as cycles
from market.empties import services as empties
from market.identity import jobs as identity_jobs
from market.identity.services import codes
from market.inputs import services as inputs
from market.needs import services as needs
from market.notices import jobs as notices_jobs
from market.offers import services as offers
from market.payments import jobs as payments_jobs
from market.payments import queries as payments_queries
from market.payments import services as payments
from market.preorders import jobs as preorders_jobs
from market.preorders import services as preorders
from market.prepaid import jobs as prepaid_jobs
from market.prepaid import services as prepaid
from market.profiles import queries as profiles_queries
from market.purchasing import jobs as purchasing_jobs
from market.purchasing import queries as purchasing_queries
from market.purchasing import services as purchasing
from market.retail import jobs as retail_jobs
from market.retail import queries_complaints, queries_delivery
from market.retail import services as retail
from market.reviews import queries as reviews_queries
from market.rounds import jobs as rounds_jobs
from market.rounds import services as rounds
from market.savings import jobs as savings_jobs
from market.sellers import services as sellers
from market.stock import services as stock
from market.transfers import services as transfers

PAYMENT_PURPOSES: dict[str, Callable[[int, int, str], None]] = {
    "retail_order": retail.on_payment_changed,
    "found_money": lambda _move, _payment, _to: None,
    "supplier_payment": purchasing.on_payment_changed,
    "prepaid_share": prepaid.on_payment_changed,
    "counter_sale": counter.on_payment_changed,
}
"""What a payment is for -> who learns that it was paid, closed, given back or taken back by the bank."""


LATE_PURPOSES: dict[str, payments.LatePurpose] = {
    "retail_order": payments.LatePurpose(retail.why_unwanted, retail.revive_order),
    "supplier_payment": payments.LatePurpose(purchasing.why_unwanted, purchasing.require_wanted),
    "prepaid_share": payments.LatePurpose(prepaid.why_unwanted, prepaid.require_wanted),
}
"""What a payment is for -> who says whether money that came too late is still wanted. A purpose that is not
listed here is given its money back."""


def on_payment_changed(payload: dict[str, Any]) -> None:
    """Pass the news of a payment to the part that asked for it."""
    payment = payments_queries.payment_by_id(payload["payment_id"])
    PAYMENT_PURPOSES[payment.purpose](payment.purpose_id, payment.id, payload["to"])


UNCLEAR_MONEY: dict[str, Callable[[int], None]] = {
    "supplier_payment": purchasing.on_money_unclear,
}
"""What a payment is for -> who else, beside the payee, hears that its money came late, twice or wrong."""


def on_suspense_opened(payload: dict[str, Any]) -> None:
    """The payee's treasurer is told, and a payer that is one of us."""
    payments_jobs.on_suspense_opened(payload)
    payment = payments_queries.payment_of_case(payments_queries.case_by_id(payload["case_id"]))
    if payment.purpose in UNCLEAR_MONEY:
        UNCLEAR_MONEY[payment.purpose](payment.purpose_id)


HANDLERS: dict[str, Handler] = {
    "round_closed": rounds_jobs.on_round_closed,
    "round_rematch": rounds_jobs.on_round_rematch,
    "scenario_requested": rounds_jobs.on_scenario_requested,
    "plan_recorded": rounds_jobs.on_plan_recorded,
    "answers_due": rounds_jobs.on_answers_due,
    "goods_received": rounds_jobs.on_goods_received,
    "order_closed": rounds_jobs.on_order_closed,
    "assignment_offered": rounds_jobs.on_assignment_offered,
    "answer_link": rounds_jobs.on_answer_link,
    "proposal_made": rounds_jobs.on_proposal_made,
    "proposal_due": rounds_jobs.on_proposal_due,
    "proposal_decided": rounds_jobs.on_proposal_decided,
    "round_finished": rounds_jobs.on_round_finished,
    "sign_in_code": identity_jobs.on_sign_in_code,
    "notice_mail": notices_jobs.on_notice_mail,
    "order_issued": purchasing_jobs.on_order_issued,
    "delivery_reminder": purchasing_jobs.on_delivery_reminder,
    "supplier_paid": purchasing_jobs.on_supplier_paid,
    "prepaid_full": prepaid_jobs.on_prepaid_full,
    "payment_started": payments_jobs.on_payment_started,
    "payment_check": payments_jobs.on_payment_check,
    "payment_unwanted": payments_jobs.on_payment_unwanted,
    "payment_notified": payments_jobs.on_payment_notified,
    "payment_changed": on_payment_changed,
    "payment_disputed": payments_jobs.on_payment_disputed,
    "refund_found": payments_jobs.on_refund_found,
    "refund_asked": payments_jobs.on_refund_asked,
    "refund_refused": payments_jobs.on_refund_refused,
    "reconciliation_step": payments_jobs.on_reconciliation_step,
    "reconciliation_apply": payments_jobs.on_reconciliation_apply,
    "reconciliation_done": payments_jobs.on_reconciliation_done,
    "refund_by_hand": payments_jobs.on_refund_by_hand,
    "payout_approved": payments_jobs.on_payout_approved,
    "payout_check": payments_jobs.on_payout_check,
    "payout_ended": payments_jobs.on_payout_ended,
    "suspense_opened": on_suspense_opened,
    "retail_refused": retail_jobs.on_retail_refused,
    "prepaid_reminder": prepaid_jobs.on_prepaid_reminder,
    "preorder_told": preorders_jobs.on_preorder_told,
    "permit_rules_changed": catalogue_jobs.on_permit_rules_changed,
    "member_left": savings_jobs.on_member_left,
    "cycle_opened": cycles_jobs.on_cycle_opened,
    "cycle_closing": cycles_jobs.on_cycle_closing,
}
"""Kind of job -> handler. A kind that is enqueued and not listed here is found by a test."""


@dataclass(frozen=True)
class Schedule:
    """Something done again and again; `every_s` seconds apart."""

    name: str
    every_s: int
    act: Callable[[], Any]


def retail_photos_in_use(names: set[str]) -> set[str]:
    """Photos at doors and photos of what was not right."""
    return queries_delivery.photos_in_use(names) | queries_complaints.photos_in_use(names)


PHOTO_KEEPERS: dict[str, Callable[[set[str]], set[str]]] = {
    "catalogue": catalogue.photos_in_use,
    "purchasing": purchasing_queries.photos_in_use,
    "profiles": profiles_queries.photos_in_use,
    "reviews": reviews_queries.photos_in_use,
    "retail": retail_photos_in_use,
}
"""Part that keeps photos -> which of some names its rows use. A part that is missing is found by a test."""


def sweep_photos() -> None:
    """Remove photos that no row of any part names."""
    files.sweep(lambda names: set().union(*(keeper(names) for keeper in PHOTO_KEEPERS.values())))


SCHEDULES: tuple[Schedule, ...] = (
    Schedule("lapse_approvals", 600, approvals.lapse_old),
    Schedule("prune_idempotency", 3600, idempotency.prune),
    Schedule("prune_codes", 3600, codes.prune),
    Schedule("close_due_rounds", 30, rounds.close_due_rounds),
    Schedule("open_due_cycles", 60, cycles.open_due_cycles),
    Schedule("remind_closing", 600, cycles.remind_closing),
    Schedule("expire_retail_orders", 60, retail.expire_orders),
    Schedule("end_courier_runs", 600, retail.end_old_runs),
    Schedule("escalate_complaints", 600, retail.escalate_complaints),
    Schedule("lapse_retail_parts", 60, retail.lapse_parts),
    Schedule("review_permits", 3600, products.review_permits),
    Schedule("review_permit_rules", 86_400, products.review_rules),
    Schedule("keep_listings", 600, products.keep_listings),
    Schedule("sum_up_shelf", 60, products.sum_up_shelf),
    Schedule("sweep_photos", 86_400, sweep_photos),
    Schedule("ask_payments", 30, payments.ask_due),
    Schedule("close_payments", 30, payments.close_due),
    Schedule("ask_forgotten_notices", 3600, payments.ask_forgotten),
    Schedule("reconcile_daily", 3600, payments.begin_daily),
    Schedule("ask_payouts", 30, payments.ask_payouts),
    Schedule("lapse_payouts", 600, payments.lapse_payouts),
    Schedule("lapse_payments", 600, purchasing.lapse_payments),
    Schedule("remind_deliveries", 3600, purchasing.remind_deliveries),
    Schedule("escalate_claims", 600, purchasing.escalate_claims),
    Schedule("remind_cases", 600, purchasing.remind_cases),
    Schedule("expire_needs", 3600, needs.expire_old),
    Schedule("expire_offers", 3600, offers.expire_old),
    Schedule("settle_prepaid", 60, prepaid.settle_due),
    Schedule("remind_unpaid", 3600, prepaid.remind_unpaid),
    Schedule("refund_prepaid", 3600, prepaid.refund_unsupplied),
    Schedule("close_preorders", 60, preorders.close_due),
    Schedule("return_uncollected_preorders", 3600, preorders.return_uncollected),
    Schedule("lapse_inputs", 3600, inputs.lapse_late),
    Schedule("settle_lost_inputs", 600, inputs.settle_lost),
    Schedule("count_views", 300, sellers.count_views),
    Schedule("tell_quiet_sellers", 86_400, sellers.tell_quiet),
    Schedule("lapse_transfers", 600, transfers.lapse_old),
    Schedule("lapse_transfer_payments", 600, transfers.lapse_payments),
    Schedule("lapse_container_purchases", 600, empties.lapse_purchases),
    Schedule("lapse_write_offs", 600, stock.lapse_write_offs),
    Schedule("release_expired_stock", 30, stock.release_expired),
)


@dataclass(frozen=True)
class NavItem:
    """A place in the bottom bar (phone) or left rail (desk)."""

    label: LazyText
    icon: str
    endpoint: str
    permission: P


_TODAY = NavItem(lazy("Hari ini"), "home", "home.show", P.HOME_VIEW)
_NEWS = NavItem(lazy("Kabar"), "info", "notices.index", P.NOTICES_VIEW)
_ORDERS = NavItem(lazy("Pesanan"), "truck", "purchasing.index", P.ORDERS_VIEW)
_SETTINGS = NavItem(lazy("Pengaturan"), "pencil", "home.index_settings", P.SETTINGS_MANAGE)
_PRICES = NavItem(lazy("Harga"), "tag", "commodities.index", P.COMMODITIES_VIEW)

NAV: dict[str, tuple[NavItem, ...]] = {
    "cooperative": (
        _TODAY,
        NavItem(lazy("Kebutuhan"), "need", "needs.index", P.NEEDS_VIEW),
        _ORDERS,
        NavItem(lazy("Stok"), "box", "stock.index", P.STOCK_VIEW),
        NavItem(lazy("Buku"), "book", "ledger.index", P.BOOKS_VIEW),
        NavItem(lazy("Kasir"), "coins", "counter.show", P.COUNTER_SELL),
        NavItem(lazy("Penjualan"), "basket", "retail.index_orders", P.RETAIL_VIEW),
        NavItem(lazy("Tabung"), "box", "empties.index", P.STOCK_VIEW),
        NavItem(lazy("Produk"), "tag", "catalogue.index", P.PRODUCTS_VIEW),
        NavItem(lazy("Ulasan"), "people", "reviews.index", P.PRODUCTS_VIEW),
        NavItem(lazy("Titip jual"), "receipt", "sellers.index_statements", P.BOOKS_VIEW),
        NavItem(lazy("UMKM sepi"), "people", "sellers.index_quiet", P.PRODUCTS_VIEW),
        NavItem(lazy("Putaran"), "scales", "rounds.index", P.ROUNDS_VIEW),
        NavItem(lazy("Usul pemasok"), "tag", "rounds.index_proposals", P.NEEDS_VIEW),
        NavItem(lazy("Setor beli"), "coins", "prepaid.index", P.RETAIL_VIEW),
        NavItem(lazy("Pra-pesan"), "basket", "preorders.index", P.RETAIL_VIEW),
        NavItem(lazy("Bahan UMKM"), "need", "inputs.index", P.INPUTS_VIEW),
        NavItem(lazy("Uang masuk"), "coins", "payments.index", P.MONEY_IN_VIEW),
        NavItem(lazy("Uang keluar"), "arrow-right", "payments.index_payouts", P.BOOKS_VIEW),
        NavItem(lazy("Tagihan"), "receipt", "purchasing.index_bills", P.BOOKS_VIEW),
        NavItem(lazy("Anggota"), "user", "members.index", P.MEMBERS_VIEW),
        NavItem(lazy("Simpanan"), "coins", "savings.index", P.SAVINGS_VIEW),
        NavItem(lazy("Penjual"), "shop", "profiles.index", P.SELLERS_VIEW),
        NavItem(lazy("Pengurus"), "people", "identity.index_people", P.PEOPLE_VIEW),
        _NEWS,
        _SETTINGS,
    ),
    "supplier": (
        _TODAY,
        NavItem(lazy("Penugasan"), "scales", "rounds.index_assignments", P.ASSIGNMENTS_ANSWER),
        NavItem(lazy("Penawaran"), "tag", "offers.index", P.OFFERS_VIEW),
        _ORDERS,
        NavItem(lazy("Permintaan"), "search", "demand.index", P.OFFERS_VIEW),
        NavItem(lazy("Rapor"), "check", "rounds.show_scorecard", P.ASSIGNMENTS_ANSWER),
        NavItem(lazy("Rekening bank"), "coins", "purchasing.show_account", P.ACCOUNT_KEEP),
        NavItem(lazy("Uang masuk"), "coins", "payments.index", P.MONEY_IN_VIEW),
        NavItem(lazy("Hasil penawaran"), "info", "rounds.index_results", P.ASSIGNMENTS_ANSWER),
        _NEWS,
    ),
    "seller": (
        _TODAY,
        NavItem(lazy("Pesanan"), "basket", "retail.index_parts", P.RETAIL_ANSWER),
        NavItem(lazy("Bahan"), "need", "inputs.index", P.INPUTS_VIEW),
        NavItem(lazy("Produk"), "tag", "catalogue.index", P.PRODUCTS_VIEW),
        NavItem(lazy("Usaha saya"), "scales", "sellers.show_own", P.EARNINGS_KEEP),
        NavItem(lazy("Uang saya"), "coins", "payments.show_earnings", P.EARNINGS_KEEP),
        NavItem(lazy("Profil usaha"), "shop", "profiles.show_profile", P.SELLER_KEEP),
        NavItem(lazy("Ulasan"), "people", "reviews.index", P.PRODUCTS_VIEW),
        NavItem(lazy("Stok di rumah"), "box", "retail.index_supply", P.RETAIL_ANSWER),
        _NEWS,
    ),
    "office": (
        _TODAY,
        NavItem(lazy("Papan"), "map", "monitoring.show", P.BOARD_VIEW),
        NavItem(lazy("Putaran"), "scales", "rounds.index", P.ROUNDS_VIEW),
        NavItem(lazy("Menunggu"), "need", "monitoring.index_needs", P.BOARD_VIEW),
        _PRICES,
        NavItem(lazy("Rapor pemasok"), "check", "rounds.index_scorecards", P.BOARD_VIEW),
        NavItem(lazy("UMKM sepi"), "people", "sellers.index_quiet_office", P.BOARD_VIEW),
        _NEWS,
    ),
    "bank": (_TODAY, _PRICES),
    "platform": (_TODAY, _NEWS, _SETTINGS),
}
"""The first five stand in the bar, the others in the menu of the account."""

SOURCE_PAGES: dict[str, tuple[LazyText, str, str]] = {
    "goods_receipt": (lazy("Penerimaan barang"), "purchasing.show_receipt", "receipt_id"),
    "supplier_bill": (lazy("Tagihan pemasok"), "purchasing.show_bill", "bill_id"),
    "supplier_payment": (lazy("Pembayaran ke pemasok"), "purchasing.show_payment", "payment_id"),
    "advance_used": (lazy("Uang muka dipakai"), "purchasing.show_payment", "payment_id"),
    "advance_returned": (lazy("Uang muka kembali"), "purchasing.show_payment", "payment_id"),
    "credit_note": (lazy("Nota kredit pemasok"), "purchasing.show_credit", "note_id"),
    "credit_money": (lazy("Uang kembali dari pemasok"), "purchasing.show_credit_use", "use_id"),
    "supplier_return": (lazy("Retur ke pemasok"), "purchasing.show_return", "return_id"),
    "return_dropped": (lazy("Retur tidak diganti"), "purchasing.show_return", "return_id"),
    "stock_move": (lazy("Pergerakan stok"), "stock.show_move", "move_id"),
    "container_move": (lazy("Pergerakan tabung"), "empties.show_move", "move_id"),
    "container_deposit": (lazy("Titipan tabung"), "empties.show_deposit", "deposit_id"),
    "container_purchase": (lazy("Pembelian tabung"), "empties.show_purchase", "purchase_id"),
    "refill_sale": (lazy("Isi ulang tabung"), "empties.show_sale", "sale_id"),
    "transfer_sent": (lazy("Kirim antarkoperasi"), "transfers.show", "transfer_id"),
    "transfer_received": (lazy("Terima antarkoperasi"), "transfers.show", "transfer_id"),
    "transfer_cleared": (lazy("Sisa antarkoperasi"), "transfers.show", "transfer_id"),
    "transfer_payment": (lazy("Bayar antarkoperasi"), "transfers.show_payment", "payment_id"),
    "transfer_money": (lazy("Uang antarkoperasi"), "transfers.show_payment", "payment_id"),
    "prepaid_share": (lazy("Setoran"), "prepaid.show_share", "share_id"),
    "prepaid_refund": (lazy("Setoran kembali"), "prepaid.show_share", "share_id"),
    "prepaid_collected": (lazy("Setor beli diambil"), "prepaid.show_share", "share_id"),
    "input_payment": (lazy("Uang bahan UMKM"), "inputs.show_payment", "payment_id"),
    "input_sale": (lazy("Bahan diambil"), "inputs.show", "request_id"),
    "retail_order": (lazy("Penjualan"), "retail.show_order", "order_id"),
    "counter_sale": (lazy("Penjualan kasir"), "counter.show_sale", "sale_id"),
    "counter_return": (lazy("Retur kasir"), "counter.show_return", "return_id"),
    "counter_shift": (lazy("Selisih kas kasir"), "counter.show_shift", "shift_id"),
    "counter_cash_move": (lazy("Kas kasir"), "counter.show_cash", "move_id"),
    "cash_hand_in": (lazy("Setoran kurir"), "retail.show_hand_in", "hand_in_id"),
    "retail_return": (lazy("Retur penjualan"), "retail.show_return", "return_id"),
    "retail_return_paid": (lazy("Uang retur diambil"), "retail.show_return", "return_id"),
    "retail_complaint": (lazy("Barang pengganti"), "retail.show_complaint", "complaint_id"),
    "bill_income": (lazy("Tagihan dibayar pembeli"), "payments.show_payment", "payment_id"),
    "bill_income_lost": (lazy("Pembayaran tagihan kembali"), "payments.show_payment", "payment_id"),
    "payment_effect": (lazy("Uang di penyedia pembayaran"), "payments.show_effect", "effect_id"),
    "payment_refund": (lazy("Pengembalian diminta"), "payments.show_refund", "refund_id"),
    "payment_refund_refused": (lazy("Pengembalian ditolak"), "payments.show_refund", "refund_id"),
    "payout": (lazy("Uang keluar disetujui"), "payments.show_payout", "payout_id"),
    "payout_done": (lazy("Uang keluar sampai"), "payments.show_payout", "payout_id"),
    "payout_back": (lazy("Uang keluar tidak jadi"), "payments.show_payout", "payout_id"),
    "payout_top_up": (lazy("Isi saldo uang keluar"), "payments.show_top_up", "top_up_id"),
    "suspense_case": (lazy("Uang yang ditemukan tujuannya"), "payments.show_case", "case_id"),
    "savings_receipt": (lazy("Simpanan pokok"), "savings.show_receipt", "receipt_id"),
    "savings_repayment": (lazy("Simpanan dikembalikan"), "savings.show_repayment", "repayment_id"),
    "savings_repayment_paid": (lazy("Simpanan dibayar kembali"), "savings.show_repayment", "repayment_id"),
    "merchant_withdrawal": (lazy("Pencairan"), "payments.show_withdrawal", "withdrawal_id"),
    "fee_correction": (lazy("Selisih biaya pembayaran"), "payments.show_correction", "correction_id"),
}
"""Kind of source of an entry or a move -> its word, the page that shows it, that page's argument."""
