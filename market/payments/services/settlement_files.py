"""The provider's settlement report: everything wrong at once, nothing kept until a person confirms.

One row per movement. The columns are data below; a report with other titles is read by its aliases.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from market.core import clock, db, faults, sheets, states
from market.core.errors import Refused
from market.core.i18n import _, format_datetime, lazy
from market.core.money import parse_rp
from market.core.permissions import Actor, Permission
from market.core.sheets import Column, Fault, SheetResult
from market.core.sheets.reading import clean_name
from market.core.text import parse_date
from market.ledger.services.heads import hold_head
from market.payments import queries as payments
from market.payments import queries_reconciliation as queries
from market.payments import queries_two_books as books
from market.payments.models_reconciliation import ProviderMove, SettlementFile
from market.payments.services import booking, comparing
from market.payments.services.keeping_moves import Line, keep, keyed
from market.payments.types import Method

KINDS: dict[str, object] = {
    lazy("pembayaran"): "payment",
    "payment": "payment",
    "settlement": "payment",
    lazy("pengembalian"): "refund",
    "refund": "refund",
    "partial_refund": "refund",
    lazy("ditarik bank"): "reversal",
    "reversal": "reversal",
    "deny": "reversal",
    lazy("sengketa"): "chargeback",
    "chargeback": "chargeback",
    lazy("biaya"): "fee",
    "fee": "fee",
    lazy("pencairan"): "withdrawal",
    "withdrawal": "withdrawal",
    "payout": "withdrawal",
}
"""What may stand in the column "Jenis"."""
INCOMING = ("payment",)
COLUMNS = (
    Column("at", lazy("Waktu"), aliases=("tanggal", "settlement time", "date"), max_chars=40),
    Column("kind", lazy("Jenis"), "choice", choices=KINDS, aliases=("type", "transaction type", "status")),
    Column("order", lazy("Nomor pesanan"), required=False, aliases=("order id", "order"), max_chars=80),
    Column("amount", lazy("Jumlah"), aliases=("amount", "gross amount", "nominal"), max_chars=40),
    Column("fee", lazy("Biaya"), required=False, aliases=("fee", "total fee", "mdr"), max_chars=40),
    Column(
        "reference",
        lazy("Nomor pencairan"),
        required=False,
        aliases=("reference", "reference id", "payout id", "withdrawal id"),
        max_chars=80,
    ),
    Column("method", lazy("Cara bayar"), required=False, aliases=("payment type", "channel"), max_chars=40),
)


def settlement_template() -> bytes:
    """An empty XLSX with a sheet that explains each column."""
    day = f"{clock.today():%d/%m/%Y}"
    rows = [
        [day, _("pembayaran"), "9C71163E-0000000042-01", "275.000", "2.137", "", "qris"],
        [day, _("pencairan"), "", "272.863", "", "WD-0001", ""],
    ]
    return sheets.template(COLUMNS, rows)


def preview_file(actor: Actor, account_id: int, data: bytes, filename: str) -> SettlementFile | list[Fault]:
    """Read a report. Without a fault: stored to look at and confirm; otherwise all its faults.

    Raises Forbidden, NotFound, Refused for a file that is no table and for one that was booked before.
    """
    actor.require(Permission.BOOKS_POST)
    account = payments.account_for(actor, account_id)
    read = sheets.read(data, filename, COLUMNS)
    earlier = queries.file_of(actor.organization_id, read.digest)
    if earlier is not None:
        return _again(earlier)
    whole = all(str(column.label) in read.headers for column in COLUMNS if column.required)
    rows, wrong = _rows(read) if whole else ([], [])
    if read.faults or wrong:
        return sorted([*read.faults, *wrong], key=lambda fault: fault.row)
    staged = SettlementFile(
        organization_id=account.organization_id,
        account_id=account.id,
        digest=read.digest,
        filename=clean_name(filename),
        rows=rows,
        ignored=read.ignored,
        summary=_trial(account.id, account.organization_id, rows),
        created_by=actor.user_id,
        created_at=clock.now(),
        state_at=clock.now(),
    )
    db.session.add(staged)
    db.session.flush()
    states.start(staged, actor)
    return staged


def _again(earlier: SettlementFile) -> SettlementFile:
    if earlier.state == "booked":
        when = format_datetime(earlier.state_at)
        raise Refused(
            _("Berkas ini sudah dicatat %(when)s. Tidak ada yang dicatat dua kali.", when=when), field="sheet"
        )
    return earlier


def _rows(read: SheetResult) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Rows as plain values with their number in the sheet, and what only their meaning shows to be wrong."""
    labels = {column.name: str(column.label) for column in COLUMNS}
    rows, wrong = [], []
    for number, cells in read.numbered():
        try:
            rows.append({"row": number, **_row(cells)})
        except Refused as refusal:
            wrong.append(Fault(number, labels.get(refusal.field or "", ""), refusal.message))
    return rows, wrong


def _row(cells: dict[str, Any]) -> dict[str, Any]:
    kind, order = str(cells["kind"]), str(cells["order"] or "")
    amount_rp, fee_rp = _rupiah(cells["amount"], "amount"), _rupiah(cells["fee"] or "0", "fee")
    if amount_rp == 0:
        raise Refused(_("Jumlahnya nol."), field="amount")
    if kind in ProviderMove.OF_AN_ORDER and not order:
        raise Refused(_("Tulis nomor pesanannya."), field="order")
    return {
        "at": _instant(cells["at"]).isoformat(),
        "kind": kind,
        "order": order,
        "amount_rp": amount_rp,
        "fee_rp": fee_rp,
        "reference": str(cells["reference"] or ""),
        "method": _method(str(cells["method"] or "")),
    }


def _rupiah(typed: object, field: str) -> int:
    """Whole rupiah without sign: "275.000", "275000", also "275000.00" as providers write it."""
    text = str(typed).strip().lstrip("-").removesuffix(".00")
    try:
        return parse_rp(text)
    except Refused as refusal:
        raise Refused(refusal.message, field=field) from None


def _instant(typed: object) -> datetime:
    """The instant of "2026-11-22 19:05:00" (Jakarta), or the beginning of a plain day."""
    text = str(typed).strip()
    try:
        found = datetime.fromisoformat(text)
        if len(text) > 10:
            return found if found.tzinfo else found.replace(tzinfo=clock.WIB)
    except ValueError:
        pass
    try:
        return clock.start_of(parse_date(text.split(" ")[0]))
    except Refused as refusal:
        raise Refused(refusal.message, field="at") from None


def _method(typed: str) -> str:
    plain = typed.strip().lower().replace(" ", "_")
    return plain if plain in tuple(Method) else ""


def _lines(rows: list[dict[str, Any]]) -> list[Line]:
    """The movements of the balance that the rows tell; a fee beside a payment is one of its own."""
    lines = []
    for row in rows:
        at, sign = datetime.fromisoformat(row["at"]), 1 if row["kind"] in INCOMING else -1
        reference = (row["reference"] or row["order"]) if row["kind"] == "withdrawal" else row["order"]
        lines.append(Line(row["kind"], reference, sign * row["amount_rp"], at, row["method"]))
        if row["fee_rp"]:
            lines.append(Line("fee", row["order"] or row["reference"], -row["fee_rp"], at))
    return lines


def _trial(account_id: int, organization_id: int, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Keep the lines, look what came of it, and take them back."""
    lines = _lines(rows)
    known = queries.known_keys(account_id, keyed(lines))
    mine = [each.id for each in queries.rows_of(payments.account_by_id(account_id))]
    trial = db.session.begin_nested()
    keep(account_id, organization_id, lines)
    withdrawals = books.unbooked_withdrawals(account_id)
    unknown = {each.reference for each in books.unknown_moves(account_id, mine)}
    summary = {
        "lines": len(keyed(lines)),
        "known": len(known),
        "payments": sum(line.kind == "payment" for line in lines),
        "unknown": len(unknown & {line.reference for line in lines}),
        "withdrawals": len(withdrawals),
        "withdrawn_rp": -sum(each.amount_rp for each in withdrawals),
        "fee_difference_rp": books.fees(account_id, mine).difference_rp,
    }
    trial.rollback()
    return summary


def confirm_file(actor: Actor, file_id: int) -> SettlementFile:
    """Keep the report's lines and book what they settle: withdrawals, and fees as they really were.

    What is in the books already is passed over; orders that nobody made here become cases. Raises
    Forbidden, NotFound, IllegalMove when it was confirmed or thrown away before.
    """
    actor.require(Permission.BOOKS_POST)
    staged = queries.file_for(actor, file_id)
    hold_head(staged.organization_id)
    states.advance(staged, "booked", actor)
    keep(staged.account_id, staged.organization_id, _lines(staged.rows), file_id=staged.id)
    faults.point("payments.file_kept")
    for move in books.unbooked_withdrawals(staged.account_id):
        booking.book_withdrawal(actor, move)
    booking.book_fee_difference(actor, staged.account_id)
    for case in queries.open_cases(staged.account_id, "books:"):
        if case.kind in case.TASKS:
            states.advance(case, "booked", actor)
    comparing.settle_books(staged.account_id)
    return staged


def discard_file(actor: Actor, file_id: int) -> SettlementFile:
    """Throw a preview away; the same file may be uploaded again. Raises Forbidden, NotFound, IllegalMove."""
    actor.require(Permission.BOOKS_POST)
    staged = queries.file_for(actor, file_id)
    states.advance(staged, "discarded", actor)
    return staged
