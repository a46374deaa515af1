"""The notes (CALK): what each heading shows out of the books and their sub-ledgers, and what people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, func, or_, select

from market.core import db
from market.core.i18n import LazyText, _, lazy
from market.identity.models import Organization
from market.ledger.models import JournalEntry, Posting
from market.members.models import Member
from market.statements.models import StatementNote
from market.statements.queries.papers import balance_of, earned_of
from market.statements.queries.sums import Account, Books
from market.stock.models import StockItem, StockMove

MOST = 12
"""Names shown in one breakdown; the rest is one line."""

HEADINGS: tuple[tuple[str, LazyText], ...] = (
    ("general", lazy("Umum")),
    ("policies", lazy("Kebijakan akuntansi")),
    ("cash", lazy("Kas dan setara kas")),
    ("receivables", lazy("Piutang")),
    ("inventory", lazy("Persediaan")),
    ("assets", lazy("Aset tetap")),
    ("payables", lazy("Utang usaha")),
    ("savings", lazy("Simpanan anggota")),
    ("sales", lazy("Usaha dengan anggota dan non-anggota")),
    ("further", lazy("Hal lain yang perlu diketahui")),
)
KEYS = tuple(key for key, _label in HEADINGS)


@dataclass(frozen=True)
class Detail:
    """One row of a breakdown: whole rupiah at the end of the period and of the one beside it."""

    label: str
    now_rp: int
    then_rp: int | None = None
    code: str = ""


@dataclass(frozen=True)
class Note:
    """One heading: sentences that follow from the books, a breakdown, and the cooperative's own words."""

    number: int
    key: str
    title: str
    sentences: Sequence[str] = ()
    details: Sequence[Detail] = field(default_factory=tuple)
    words: str = ""
    suggested: str = ""
    """what was written under the heading the year before"""

    @property
    def sum_rp(self) -> int:
        return sum(each.now_rp for each in self.details)

    @property
    def then_sum_rp(self) -> int | None:
        if any(each.then_rp is None for each in self.details):
            return None
        return sum(each.then_rp or 0 for each in self.details)


def notes(organization_id: int, found: Books) -> list[Note]:
    """All headings in order for the book year in which the period ends."""
    period = found.now.period
    written = _written(organization_id, period.until.year)
    sentences = {"policies": _policies(found), "general": _general(organization_id, period.until)}
    details = _details(organization_id, found)
    return [
        Note(
            number=number,
            key=key,
            title=str(label),
            sentences=sentences.get(key, ()),
            details=details.get(key, ()),
            words=written.get((period.until.year, key), ""),
            suggested=written.get((period.until.year - 1, key), ""),
        )
        for number, (key, label) in enumerate(HEADINGS, 1)
    ]


def _written(organization_id: int, year: int) -> dict[tuple[int, str], str]:
    query = select(StatementNote.year, StatementNote.key, StatementNote.words).where(
        StatementNote.organization_id == organization_id, StatementNote.year.in_((year, year - 1))
    )
    return {(row.year, row.key): row.words for row in db.session.execute(query)}


def note_of(organization_id: int, year: int, key: str, lock: bool = False) -> StatementNote | None:
    """What was written under a heading of a year."""
    query = select(StatementNote).where(
        StatementNote.organization_id == organization_id,
        StatementNote.year == year,
        StatementNote.key == key,
    )
    return db.session.scalar(query.with_for_update() if lock else query)


def _policies(found: Books) -> list[str]:
    liability = any(found.now.rp(each.code, "end") for each in found.on("share_liabilities"))
    shares = _("liabilitas jangka panjang") if liability else _("ekuitas")
    return [
        _("Laporan disusun menurut SAK Entitas Privat dengan dasar akrual dan biaya perolehan."),
        _("Arus kas disusun dengan metode langsung."),
        _("Persediaan dinilai dengan rata-rata tertimbang."),
        _("Penjualan diakui saat barang diserahkan, dan dipisahkan antara anggota dan non-anggota."),
        _("Aset tetap dicatat sebesar harga perolehan dikurangi akumulasi penyusutan."),
        _("Simpanan pokok dan simpanan wajib disajikan sebagai %(shares)s.", shares=shares),
    ]


def _general(organization_id: int, on: date) -> list[str]:
    query = select(Organization.legal_on, Organization.address).where(Organization.id == organization_id)
    row = db.session.execute(query).one()
    members = db.session.scalar(
        select(func.count()).where(
            Member.organization_id == organization_id,
            Member.state == "active",
            or_(Member.joined_on.is_(None), Member.joined_on <= on),
        )
    )
    found = [_("Anggota aktif yang tercatat: %(n)s orang.", n=members)]
    if row.legal_on is not None:
        found.insert(0, _("Berbadan hukum sejak tahun %(year)s.", year=row.legal_on.year))
    if row.address:
        found.append(_("Alamat: %(address)s", address=row.address))
    return found


# --- breakdowns ------------------------------------------------------------------------------------


def _details(organization_id: int, found: Books) -> dict[str, list[Detail]]:
    savings = ("principal", "mandatory", "share_liabilities", "voluntary_savings")
    return {
        "cash": _by_account(found, "cash"),
        "receivables": _by_account(found, "receivables"),
        "inventory": _by_item(organization_id, found),
        "assets": _by_account(found, "fixed_assets", "depreciation_so_far", "other_assets"),
        "payables": _by_other_side(organization_id, found),
        "savings": _by_account(found, *savings),
        "sales": _business(found),
    }


def _by_account(found: Books, *lines: str) -> list[Detail]:
    rows = [_detail(found, each) for each in found.on(*lines)]
    return [row for row in rows if row.now_rp or row.then_rp]


def _detail(found: Books, account: Account) -> Detail:
    figure = balance_of([account])
    then = None if found.then is None else figure(found.then)
    return Detail(_(account.name), figure(found.now), then, account.code)


def _business(found: Books) -> list[Detail]:
    words = [
        ("member_sales", _("Partisipasi bruto anggota")),
        ("member_cost", _("Beban pokok partisipasi anggota")),
        ("other_sales", _("Penjualan kepada non-anggota")),
        ("other_cost", _("Beban pokok penjualan non-anggota")),
    ]
    rows = []
    for key, label in words:
        figure = earned_of(found.on(key))
        rows.append(Detail(label, figure(found.now), None if found.then is None else figure(found.then)))
    return rows


def _by_item(organization_id: int, found: Books) -> list[Detail]:
    """Goods by item out of the moves of stock; what the books hold beyond them is a line of its own."""
    ends = [sums.period.until for sums in (found.now, found.then) if sums]
    values = [_values_by_item(organization_id, on) for on in ends]
    labels = _item_names(organization_id, [code for each in values for code in each])
    figure = balance_of(found.on("inventory"))
    return _largest(labels, values, [figure(sums) for sums in (found.now, found.then) if sums])


def _values_by_item(organization_id: int, on: date) -> dict[int, int]:
    query = (
        select(StockMove.item_id, func.sum(StockMove.value_rp).label("rp"))
        .where(StockMove.organization_id == organization_id, StockMove.occurred_on <= on)
        .group_by(StockMove.item_id)
    )
    return {row.item_id: int(row.rp) for row in db.session.execute(query) if row.rp}


def _item_names(organization_id: int, ids: Sequence[int]) -> dict[int, str]:
    query = select(StockItem.id, StockItem.name).where(
        StockItem.organization_id == organization_id, StockItem.id.in_(set(ids))
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def _by_other_side(organization_id: int, found: Books) -> list[Detail]:
    """Debts by the organization they are owed to."""
    ids = [each.id for each in found.on("payables")]
    ends = [sums.period.until for sums in (found.now, found.then) if sums]
    values = [_owed_by_organization(organization_id, ids, on) for on in ends]
    query = select(Organization.id, Organization.name).where(
        Organization.id.in_({key for each in values for key in each})
    )
    labels = {row[0]: row[1] for row in db.session.execute(query)}
    figure = balance_of(found.on("payables"))
    return _largest(labels, values, [figure(sums) for sums in (found.now, found.then) if sums])


def _owed_by_organization(organization_id: int, account_ids: Sequence[int], on: date) -> dict[int, int]:
    query: Select[int | None, int] = (
        select(Posting.counterparty_id, func.sum(Posting.amount_rp).label("rp"))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(
            JournalEntry.organization_id == organization_id,
            JournalEntry.effective_on <= on,
            Posting.account_id.in_(account_ids),
            Posting.counterparty_id.isnot(None),
        )
        .group_by(Posting.counterparty_id)
    )
    return {row[0]: -int(row[1]) for row in db.session.execute(query) if row[0] and row[1]}


def _largest(labels: dict[int, str], values: Sequence[dict[int, int]], whole: Sequence[int]) -> list[Detail]:
    """The largest names, and one line for everything else, so that the breakdown adds up to the books."""
    shown = sorted(values[0], key=lambda key: -abs(values[0][key]))[:MOST]
    rows = [
        Detail(labels.get(key, "?"), values[0][key], values[1].get(key, 0) if len(values) > 1 else None)
        for key in shown
    ]
    rest = [total - sum(each.get(key, 0) for key in shown) for total, each in zip(whole, values, strict=True)]
    if any(rest):
        rows.append(Detail(_("Lainnya"), rest[0], rest[1] if len(rest) > 1 else None))
    return rows
