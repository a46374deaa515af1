"""The lines of the statements, and where each account stands until somebody says otherwise.

Lines are fixed, so that statements of two cooperatives and of two years can be laid side by side; which
account stands on which line is data (StatementPlace) over the rules below. Source of the order of lines:
SAK EP for the statements, and the customs of Indonesian consumer cooperatives for the result (PHU).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from market.core.i18n import LazyText, lazy

Group = Literal["assets", "claims", "result"]
"""Which accounts may stand on a line: an asset never stands among the expenses."""
GROUP_OF: dict[str, Group] = {
    "asset": "assets",
    "liability": "claims",
    "equity": "claims",
    "income": "result",
    "expense": "result",
}
"""Kind of a ledger account -> its group."""
UNPLACED = "unplaced"
"""Accounts that no rule claims: a line of every statement they touch, and a fault that is shown."""


@dataclass(frozen=True)
class PlaceLine:
    """A line of the financial position or of the result."""

    key: str
    label: LazyText
    section: str
    group: Group


def _lines(section: str, group: Group, *named: tuple[str, LazyText]) -> tuple[PlaceLine, ...]:
    return tuple(PlaceLine(key, label, section, group) for key, label in named)


POSITION: tuple[PlaceLine, ...] = (
    *_lines(
        "current_assets",
        "assets",
        ("cash", lazy("Kas dan setara kas")),
        ("receivables", lazy("Piutang usaha")),
        ("inventory", lazy("Persediaan")),
        ("prepaid", lazy("Uang muka pembelian")),
        ("containers", lazy("Tabung")),
        ("other_current_assets", lazy("Aset lancar lain")),
    ),
    *_lines(
        "long_assets",
        "assets",
        ("fixed_assets", lazy("Aset tetap, harga perolehan")),
        ("depreciation_so_far", lazy("Akumulasi penyusutan")),
        ("other_assets", lazy("Aset tidak lancar lain")),
    ),
    *_lines(
        "current_liabilities",
        "claims",
        ("payables", lazy("Utang usaha")),
        ("advances", lazy("Uang muka dan titipan pelanggan")),
        ("voluntary_savings", lazy("Simpanan sukarela")),
        ("surplus_funds", lazy("Dana pendidikan dan dana sosial")),
        ("surplus_payable", lazy("SHU bagian anggota belum dibayar")),
        ("taxes_payable", lazy("Utang pajak")),
        ("other_current_liabilities", lazy("Liabilitas jangka pendek lain")),
    ),
    *_lines(
        "long_liabilities",
        "claims",
        ("loans", lazy("Pinjaman bank")),
        ("share_liabilities", lazy("Simpanan pokok dan wajib")),
        ("other_liabilities", lazy("Liabilitas jangka panjang lain")),
    ),
    *_lines(
        "equity",
        "claims",
        ("principal", lazy("Simpanan pokok")),
        ("mandatory", lazy("Simpanan wajib")),
        ("grants", lazy("Hibah")),
        ("reserves", lazy("Cadangan")),
        ("other_equity", lazy("Ekuitas lain")),
        ("retained", lazy("SHU tahun lalu belum dibagi")),
    ),
)

RESULT: tuple[PlaceLine, ...] = (
    *_lines("members", "result", ("member_sales", lazy("Partisipasi bruto anggota"))),
    *_lines("members", "result", ("member_cost", lazy("Beban pokok partisipasi anggota"))),
    *_lines("others", "result", ("other_sales", lazy("Penjualan kepada non-anggota"))),
    *_lines("others", "result", ("other_cost", lazy("Beban pokok penjualan non-anggota"))),
    *_lines(
        "further",
        "result",
        ("sales_returns", lazy("Potongan dan retur penjualan")),
        ("services", lazy("Komisi dan pendapatan jasa")),
        ("stock_differences", lazy("Selisih harga dan kehilangan barang")),
    ),
    *_lines(
        "operating",
        "result",
        ("wages", lazy("Honor dan gaji")),
        ("premises", lazy("Sewa, listrik, air, internet")),
        ("freight", lazy("Ongkos kirim")),
        ("depreciation", lazy("Penyusutan")),
        ("payment_fees", lazy("Biaya pembayaran digital")),
        ("other_operating", lazy("Beban usaha lain")),
    ),
    *_lines("cooperative", "result", ("cooperative", lazy("Beban perkoperasian"))),
    *_lines(
        "outside",
        "result",
        ("other_income", lazy("Pendapatan lain")),
        ("other_expenses", lazy("Beban di luar usaha")),
    ),
    *_lines("tax", "result", ("income_tax", lazy("Pajak penghasilan"))),
)

PLACE_LINES: dict[str, PlaceLine] = {line.key: line for line in (*POSITION, *RESULT)}


@dataclass(frozen=True)
class CashLine:
    """A line of the cash flow: what cash came from or went to."""

    key: str
    label: LazyText
    activity: Literal["operating", "investing", "financing"]


CASH: tuple[CashLine, ...] = (
    CashLine("from_members", lazy("Penerimaan dari penjualan kepada anggota"), "operating"),
    CashLine("from_others", lazy("Penerimaan dari penjualan kepada non-anggota"), "operating"),
    CashLine("from_customers", lazy("Uang muka, titipan, dan retur pelanggan"), "operating"),
    CashLine("from_services", lazy("Penerimaan komisi, jasa, dan lain-lain"), "operating"),
    CashLine("for_goods", lazy("Pembayaran barang dagangan dan pemasok"), "operating"),
    CashLine("for_expenses", lazy("Pembayaran beban usaha"), "operating"),
    CashLine("for_cooperative", lazy("Pembayaran beban perkoperasian dan dana SHU"), "operating"),
    CashLine("for_taxes", lazy("Pembayaran pajak"), "operating"),
    CashLine("other_operating_cash", lazy("Arus kas usaha lain"), "operating"),
    CashLine("for_assets", lazy("Pembelian dan penjualan aset tetap"), "investing"),
    CashLine("for_other_assets", lazy("Aset tidak lancar lain"), "investing"),
    CashLine("share_savings", lazy("Simpanan pokok dan wajib anggota"), "financing"),
    CashLine("voluntary_cash", lazy("Simpanan sukarela"), "financing"),
    CashLine("grants_cash", lazy("Hibah"), "financing"),
    CashLine("loans_cash", lazy("Pinjaman bank"), "financing"),
    CashLine("surplus_paid", lazy("Pembagian SHU"), "financing"),
    CashLine("other_financing", lazy("Pendanaan lain"), "financing"),
)
CASH_LINES: dict[str, CashLine] = {line.key: line for line in CASH}

PLACES: tuple[tuple[str, str, str], ...] = (
    *(("asset", prefix, "cash") for prefix in ("1-11", "1-12")),
    ("asset", "1-13", "receivables"),
    ("asset", "1-14", "inventory"),
    ("asset", "1-15", "prepaid"),
    ("asset", "1-16", "containers"),
    *(("asset", prefix, "other_current_assets") for prefix in ("1-17", "1-18", "1-19")),
    ("asset", "1-2", "fixed_assets"),
    ("asset", "1-29", "depreciation_so_far"),
    *(("liability", prefix, "payables") for prefix in ("2-11", "2-12", "2-13")),
    ("liability", "2-14", "advances"),
    ("liability", "2-15", "voluntary_savings"),
    ("liability", "2-16", "surplus_funds"),
    ("liability", "2-17", "surplus_payable"),
    ("liability", "2-18", "taxes_payable"),
    ("liability", "2-19", "other_current_liabilities"),
    ("liability", "2-2", "loans"),
    *(("liability", prefix, "share_liabilities") for prefix in ("3-11", "3-12")),
    ("equity", "3-11", "principal"),
    ("equity", "3-12", "mandatory"),
    ("equity", "3-13", "grants"),
    ("equity", "3-14", "reserves"),
    ("equity", "3-18", "retained"),
    ("income", "4-11", "member_sales"),
    ("income", "4-12", "other_sales"),
    *(("income", code, "sales_returns") for code in ("4-1250", "4-1260")),
    *(("income", prefix, "services") for prefix in ("4-13", "4-14")),
    ("income", "4-19", "other_income"),
    ("expense", "5-11", "member_cost"),
    ("expense", "5-12", "other_cost"),
    *(("expense", prefix, "stock_differences") for prefix in ("5-18", "5-19")),
    ("expense", "6-1", "other_operating"),
    ("expense", "6-12", "wages"),
    ("expense", "6-13", "freight"),
    *(("expense", prefix, "premises") for prefix in ("6-14", "6-15")),
    ("expense", "6-16", "depreciation"),
    ("expense", "6-17", "payment_fees"),
    ("expense", "7-1", "cooperative"),
    ("expense", "7-9", "income_tax"),
)
"""Kind of account, beginning of its code, line; the longest beginning wins."""

CASH_PLACES: tuple[tuple[str, str], ...] = (
    ("1-13", "from_others"),
    ("1-1300", "from_members"),
    *((prefix, "for_goods") for prefix in ("1-14", "1-15", "2-11", "2-12", "2-13", "5-")),
    ("1-16", "for_assets"),
    *((prefix, "other_operating_cash") for prefix in ("1-17", "1-18", "1-19", "2-19", "2-142")),
    ("1-2", "for_assets"),
    ("2-14", "from_customers"),
    ("2-15", "voluntary_cash"),
    ("2-16", "for_cooperative"),
    ("2-17", "surplus_paid"),
    ("2-18", "for_taxes"),
    ("2-2", "loans_cash"),
    *((prefix, "share_savings") for prefix in ("3-11", "3-12")),
    ("3-13", "grants_cash"),
    *((prefix, "other_financing") for prefix in ("3-14", "3-18")),
    ("4-11", "from_members"),
    ("4-12", "from_others"),
    *((code, "from_customers") for code in ("4-1250", "4-1260")),
    *((prefix, "from_services") for prefix in ("4-13", "4-14", "4-19")),
    ("6-", "for_expenses"),
    ("7-", "for_cooperative"),
    ("7-9", "for_taxes"),
)
"""Beginning of the code of a counter account, line of the cash flow; the longest beginning wins."""


def usual_place(kind: str, code: str) -> str:
    """The line of an account by the rules above; UNPLACED when none claims it."""
    claims = [(prefix, line) for of, prefix, line in PLACES if of == kind and code.startswith(prefix)]
    return _longest(claims)


def usual_cash_place(code: str) -> str:
    """The line of the cash flow that a counter account stands for; UNPLACED when none claims it."""
    return _longest((prefix, line) for prefix, line in CASH_PLACES if code.startswith(prefix))


def _longest(claims: Iterable[tuple[str, str]]) -> str:
    return max(claims, key=lambda claim: len(claim[0]), default=("", UNPLACED))[1]
