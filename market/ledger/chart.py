"""The chart of accounts that a consumer cooperative starts with, and the names other parts post by.

Codes are fixed: they are part of every hashed entry. Amounts are debit-positive everywhere, so an
asset or expense is normally positive and a liability, equity or income account normally negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from market.core.i18n import LazyText, lazy

Kind = Literal["asset", "liability", "equity", "income", "expense"]
Side = Literal["debit", "credit"]
KINDS: tuple[Kind, ...] = ("asset", "liability", "equity", "income", "expense")
SIDES: tuple[Side, ...] = ("debit", "credit")

CASH = "1-1100"
COURIER_CASH = "1-1150"
BANK = "1-1200"
CLEARING = "1-1250"
PAYOUT_DEPOSIT = "1-1260"
RECEIVABLE_MEMBERS = "1-1300"
RECEIVABLE_OTHERS = "1-1310"
RECEIVABLE_COOPERATIVES = "1-1320"
RECEIVABLE_REVERSALS = "1-1340"
RECEIVABLE_ALLOWANCE = "1-1390"
INVENTORY = "1-1400"
GOODS_ON_THE_WAY = "1-1450"
PREPAID_SUPPLIERS = "1-1500"
CYLINDERS = "1-1600"
FIXED_ASSETS = "1-2100"
ACCUMULATED_DEPRECIATION = "1-2900"
RECEIVED_NOT_BILLED = "2-1100"
PAYABLE_SUPPLIERS = "2-1200"
PAYABLE_COOPERATIVES = "2-1250"
PAYABLE_CONSIGNMENT = "2-1300"
CUSTOMER_ADVANCES = "2-1400"
REFUNDS_UNDER_WAY = "2-1410"
PAYOUTS_IN_TRANSIT = "2-1420"
RETURNS_DUE = "2-1430"
CONTAINER_DEPOSITS = "2-1450"
VOLUNTARY_SAVINGS = "2-1500"
SAVINGS_TO_REPAY = "2-1510"
EDUCATION_FUND = "2-1600"
SOCIAL_FUND = "2-1610"
SURPLUS_PAYABLE = "2-1700"
TAX_PAYABLE = "2-1800"
SUSPENSE = "2-1900"
BANK_LOAN = "2-2100"
PRINCIPAL_SAVINGS = "3-1100"
MANDATORY_SAVINGS = "3-1200"
GRANTS = "3-1300"
RESERVES = "3-1400"
RETAINED = "3-1800"
SALES_MEMBERS = "4-1100"
SALES_NON_MEMBERS = "4-1200"
DISCOUNTS = "4-1250"
RETURNS = "4-1260"
COMMISSION = "4-1300"
DELIVERY_INCOME = "4-1400"
OTHER_INCOME = "4-1900"
COST_MEMBERS = "5-1100"
COST_NON_MEMBERS = "5-1200"
PRICE_DIFFERENCE = "5-1800"
STOCK_LOSS = "5-1900"
EXPENSES = "6-1100"
WAGES = "6-1200"
FREIGHT_OUT = "6-1300"
UTILITIES = "6-1400"
RENT = "6-1500"
DEPRECIATION = "6-1600"
PAYMENT_FEES = "6-1700"
PAYOUT_FEES = "6-1710"
CASH_DIFFERENCE = "6-1800"
OTHER_EXPENSES = "6-1900"
COOPERATIVE_EXPENSES = "7-1100"
MEMBER_EDUCATION = "7-1200"
INCOME_TAX = "7-9100"

MEMBER_SHARES = (PRINCIPAL_SAVINGS, MANDATORY_SAVINGS)
"""Savings that make a member an owner: equity by custom, a liability where the accountant says so."""


@dataclass(frozen=True)
class ChartAccount:
    """One line of the chart; `non_negative` accounts may never stand on the wrong side."""

    code: str
    name: LazyText
    kind: Kind
    side: Side
    non_negative: bool = False


def _asset(code: str, name: LazyText, non_negative: bool = False, side: Side = "debit") -> ChartAccount:
    return ChartAccount(code, name, "asset", side, non_negative)


def _credit(code: str, name: LazyText, kind: Kind, non_negative: bool = False) -> ChartAccount:
    return ChartAccount(code, name, kind, "credit", non_negative)


def _expense(code: str, name: LazyText) -> ChartAccount:
    return ChartAccount(code, name, "expense", "debit")


DEFAULT_CHART: tuple[ChartAccount, ...] = (
    _asset(CASH, lazy("Kas"), non_negative=True),
    _asset(COURIER_CASH, lazy("Kas di kurir"), non_negative=True),
    _asset(BANK, lazy("Bank")),
    _asset(CLEARING, lazy("Kas dalam perjalanan")),
    _asset(PAYOUT_DEPOSIT, lazy("Saldo uang keluar di penyedia")),
    _asset(RECEIVABLE_MEMBERS, lazy("Piutang anggota")),
    _asset(RECEIVABLE_OTHERS, lazy("Piutang non-anggota")),
    _asset(RECEIVABLE_COOPERATIVES, lazy("Piutang antarkoperasi")),
    _asset(RECEIVABLE_REVERSALS, lazy("Piutang pembayaran yang ditarik kembali")),
    _asset(RECEIVABLE_ALLOWANCE, lazy("Penyisihan piutang"), side="credit"),
    _asset(INVENTORY, lazy("Persediaan")),
    _asset(GOODS_ON_THE_WAY, lazy("Barang dalam perjalanan")),
    _asset(PREPAID_SUPPLIERS, lazy("Uang muka pembelian")),
    _asset(CYLINDERS, lazy("Tabung")),
    _asset(FIXED_ASSETS, lazy("Aset tetap")),
    _asset(ACCUMULATED_DEPRECIATION, lazy("Akumulasi penyusutan"), side="credit"),
    _credit(RECEIVED_NOT_BILLED, lazy("Barang diterima belum ditagih"), "liability"),
    _credit(PAYABLE_SUPPLIERS, lazy("Utang usaha"), "liability"),
    _credit(PAYABLE_COOPERATIVES, lazy("Utang antarkoperasi"), "liability"),
    _credit(PAYABLE_CONSIGNMENT, lazy("Utang konsinyasi"), "liability"),
    _credit(CUSTOMER_ADVANCES, lazy("Uang muka pelanggan"), "liability"),
    _credit(REFUNDS_UNDER_WAY, lazy("Pengembalian dalam proses"), "liability"),
    _credit(PAYOUTS_IN_TRANSIT, lazy("Uang keluar dalam perjalanan"), "liability"),
    _credit(RETURNS_DUE, lazy("Uang retur belum diambil"), "liability", non_negative=True),
    _credit(CONTAINER_DEPOSITS, lazy("Titipan tabung pembeli"), "liability", non_negative=True),
    _credit(VOLUNTARY_SAVINGS, lazy("Simpanan sukarela"), "liability", non_negative=True),
    _credit(SAVINGS_TO_REPAY, lazy("Simpanan anggota keluar belum dibayar"), "liability", non_negative=True),
    _credit(EDUCATION_FUND, lazy("Dana pendidikan"), "liability"),
    _credit(SOCIAL_FUND, lazy("Dana sosial"), "liability"),
    _credit(SURPLUS_PAYABLE, lazy("SHU bagian anggota belum dibayar"), "liability"),
    _credit(TAX_PAYABLE, lazy("Utang pajak"), "liability"),
    _credit(SUSPENSE, lazy("Pos sementara"), "liability"),
    _credit(BANK_LOAN, lazy("Pinjaman bank"), "liability"),
    _credit(PRINCIPAL_SAVINGS, lazy("Simpanan pokok"), "equity", non_negative=True),
    _credit(MANDATORY_SAVINGS, lazy("Simpanan wajib"), "equity", non_negative=True),
    _credit(GRANTS, lazy("Hibah"), "equity"),
    _credit(RESERVES, lazy("Cadangan"), "equity"),
    _credit(RETAINED, lazy("SHU tahun lalu"), "equity"),
    _credit(SALES_MEMBERS, lazy("Penjualan anggota"), "income"),
    _credit(SALES_NON_MEMBERS, lazy("Penjualan non-anggota"), "income"),
    ChartAccount(DISCOUNTS, lazy("Potongan penjualan"), "income", "debit"),
    ChartAccount(RETURNS, lazy("Retur penjualan"), "income", "debit"),
    _credit(COMMISSION, lazy("Komisi konsinyasi"), "income"),
    _credit(DELIVERY_INCOME, lazy("Pendapatan ongkos kirim"), "income"),
    _credit(OTHER_INCOME, lazy("Pendapatan lain"), "income"),
    _expense(COST_MEMBERS, lazy("Beban pokok penjualan anggota")),
    _expense(COST_NON_MEMBERS, lazy("Beban pokok penjualan non-anggota")),
    _expense(PRICE_DIFFERENCE, lazy("Selisih harga pembelian")),
    _expense(STOCK_LOSS, lazy("Kehilangan dan kerusakan barang")),
    _expense(EXPENSES, lazy("Beban usaha")),
    _expense(WAGES, lazy("Honor dan gaji")),
    _expense(FREIGHT_OUT, lazy("Ongkos kirim")),
    _expense(UTILITIES, lazy("Listrik, air, internet")),
    _expense(RENT, lazy("Sewa")),
    _expense(DEPRECIATION, lazy("Penyusutan")),
    _expense(PAYMENT_FEES, lazy("Biaya pembayaran digital")),
    _expense(PAYOUT_FEES, lazy("Biaya uang keluar")),
    _expense(CASH_DIFFERENCE, lazy("Selisih kas kasir")),
    _expense(OTHER_EXPENSES, lazy("Beban usaha lain")),
    _expense(COOPERATIVE_EXPENSES, lazy("Beban perkoperasian")),
    _expense(MEMBER_EDUCATION, lazy("Pendidikan anggota")),
    _expense(INCOME_TAX, lazy("Pajak penghasilan")),
)
