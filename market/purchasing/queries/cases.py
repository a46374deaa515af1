"""Cases of bills that differ, credit notes and goods that went back, as each side sees them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.identity.models import Organization, User
from market.purchasing.models import PurchaseOrder, PurchaseOrderLine, SupplierBill
from market.purchasing.models_bills import (
    BillCase,
    BillCaseMessage,
    CreditNote,
    CreditUndo,
    CreditUse,
    SupplierReturn,
    SupplierReturnLine,
)

_Buyer, _Supplier = aliased(Organization), aliased(Organization)


def _side(
    actor: Actor, table: type[BillCase] | type[CreditNote] | type[SupplierReturn]
) -> ColumnElement[bool]:
    """Buyer and supplier see what is between them, nobody else."""
    return or_(table.organization_id == actor.organization_id, table.supplier_id == actor.organization_id)


# --- cases -----------------------------------------------------------------------------------------


def case_seen(actor: Actor, case_id: int) -> Row[BillCase, SupplierBill, PurchaseOrder]:
    """A case with its bill and order, for buyer and supplier; raises NotFound."""
    query = (
        select(BillCase, SupplierBill, PurchaseOrder)
        .join(SupplierBill, SupplierBill.id == BillCase.bill_id)
        .join(PurchaseOrder, PurchaseOrder.id == SupplierBill.order_id)
        .where(BillCase.id == case_id, _side(actor, BillCase))
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise NotFound(_("Selisih tagihan tidak ditemukan."))
    return found


def case_to_decide(actor: Actor, case_id: int) -> tuple[BillCase, SupplierBill, PurchaseOrder]:
    """A case of the actor's own organization with its bill and order, all held; raises NotFound."""
    case, bill, order = case_seen(actor, case_id)
    if case.organization_id != actor.organization_id:
        raise NotFound(_("Selisih tagihan tidak ditemukan."))
    hold_orders({order.id})
    db.session.refresh(bill, with_for_update=True)
    db.session.refresh(case, with_for_update=True)
    return case, bill, order


def case_of(bill_id: int) -> BillCase | None:
    """The case of a bill, open or not."""
    return db.session.scalar(select(BillCase).where(BillCase.bill_id == bill_id))


def cases_seen(actor: Actor, live: bool) -> Sequence[Row[BillCase, SupplierBill, str, str]]:
    """Cases with bill, buyer and supplier: open ones by deadline, or ended ones, newest first."""
    query = (
        select(BillCase, SupplierBill, _Buyer.name, _Supplier.name)
        .join(SupplierBill, SupplierBill.id == BillCase.bill_id)
        .join(_Buyer, _Buyer.id == BillCase.organization_id)
        .join(_Supplier, _Supplier.id == BillCase.supplier_id)
        .where(_side(actor, BillCase))
    )
    if live:
        query = query.where(BillCase.state == "open").order_by(BillCase.answer_by_at, BillCase.id)
    else:
        query = query.where(BillCase.state != "open").order_by(BillCase.id.desc()).limit(50)
    return db.session.execute(query).all()


def case_messages(case_id: int) -> Sequence[Row[BillCaseMessage, str, str | None]]:
    """What was said, oldest first: message, organization, person."""
    query = (
        select(BillCaseMessage, Organization.name, User.name)
        .join(Organization, Organization.id == BillCaseMessage.speaker_id)
        .outerjoin(User, User.id == BillCaseMessage.written_by)
        .where(BillCaseMessage.case_id == case_id)
    )
    return db.session.execute(query.order_by(BillCaseMessage.id)).all()


def cases_overdue(now: datetime) -> list[BillCase]:
    """Open cases past their deadline of which nobody was reminded yet, held."""
    query = select(BillCase).where(
        BillCase.state == "open", BillCase.answer_by_at <= now, BillCase.reminded_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(BillCase.id).with_for_update(skip_locked=True)))


def hold_orders(order_ids: set[int]) -> dict[int, PurchaseOrder]:
    """Orders as they are now, held in the order of their ids so that two holders never wait in a ring."""
    query = select(PurchaseOrder).where(PurchaseOrder.id.in_(order_ids)).order_by(PurchaseOrder.id)
    held = db.session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {order.id: order for order in held}


# --- credit notes ----------------------------------------------------------------------------------


def bill_to_credit(actor: Actor, bill_id: int) -> SupplierBill:
    """A bill that the actor's organization wrote or owes; raises NotFound."""
    query = select(SupplierBill).where(
        SupplierBill.id == bill_id,
        or_(
            SupplierBill.organization_id == actor.organization_id,
            SupplierBill.supplier_id == actor.organization_id,
        ),
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Tagihan tidak ditemukan."))
    return found


def open_bills(buyer_id: int, supplier_id: int) -> list[SupplierBill]:
    """What is owed between two, the earliest due first."""
    query = (
        select(SupplierBill)
        .where(
            SupplierBill.organization_id == buyer_id,
            SupplierBill.supplier_id == supplier_id,
            SupplierBill.state.in_(SupplierBill.OPEN),
        )
        .order_by(SupplierBill.due_on, SupplierBill.id)
    )
    return list(db.session.scalars(query))


def _counts() -> ColumnElement[bool]:
    """A credit note that nobody took back."""
    return ~exists().where(CreditUndo.note_id == CreditNote.id)


def undo_of(note_id: int) -> CreditUndo | None:
    """Who took a credit note back, when and why."""
    return db.session.scalar(select(CreditUndo).where(CreditUndo.note_id == note_id))


def credited_rp(bill_id: int) -> int:
    """What credit notes say of a bill, in whole rupiah, wherever they were used."""
    summed = select(func.coalesce(func.sum(CreditNote.amount_rp), 0))
    query = summed.where(CreditNote.bill_id == bill_id, _counts())
    return int(db.session.scalar(query) or 0)


def case_credited_rp(case_id: int) -> int:
    """What credit notes took off the difference of a case."""
    summed = select(func.coalesce(func.sum(CreditNote.amount_rp), 0))
    query = summed.where(CreditNote.case_id == case_id, _counts())
    return int(db.session.scalar(query) or 0)


def credit_of_use(actor: Actor, use_id: int) -> CreditNote:
    """The credit note of which something was used; raises NotFound for strangers."""
    use = db.session.get(CreditUse, use_id)
    if use is None:
        raise NotFound(_("Nota kredit tidak ditemukan."))
    return credit_seen(actor, use.note_id)


def credit_seen(actor: Actor, note_id: int) -> CreditNote:
    """A credit note, for buyer and supplier; raises NotFound."""
    query = select(CreditNote).where(CreditNote.id == note_id, _side(actor, CreditNote))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Nota kredit tidak ditemukan."))
    return found


def _used() -> ColumnElement[int]:
    used = select(func.sum(CreditUse.amount_rp)).where(CreditUse.note_id == CreditNote.id)
    return func.coalesce(used.scalar_subquery(), 0)


def unused_credits(buyer_id: int, supplier_id: int) -> list[tuple[CreditNote, int]]:
    """Credit notes between two of which something is left, oldest first, with what is left; held."""
    between = select(CreditNote).where(
        CreditNote.organization_id == buyer_id,
        CreditNote.supplier_id == supplier_id,
        CreditNote.amount_rp > _used(),
        _counts(),
    )
    held = list(db.session.scalars(between.order_by(CreditNote.id).with_for_update()))
    # Asked in a statement of its own: the one that waited for the notes read their uses before it waited.
    return [(note, left) for note in held if (left := left_of_credit(note))]


def hold_credit(note: CreditNote) -> None:
    """Nobody else uses a credit note until this transaction ends."""
    db.session.execute(select(CreditNote.id).where(CreditNote.id == note.id).with_for_update())


def hold_bills(bill_ids: set[int]) -> None:
    """Bills as they are now, held in the order of their ids so that two holders never wait in a ring."""
    query = select(SupplierBill).where(SupplierBill.id.in_(bill_ids)).order_by(SupplierBill.id)
    db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def left_of_credit(note: CreditNote) -> int:
    """What of a credit note is neither against a bill nor paid back; nothing of one that was taken back."""
    if undo_of(note.id) is not None:
        return 0
    used = select(func.coalesce(func.sum(CreditUse.amount_rp), 0)).where(CreditUse.note_id == note.id)
    return note.amount_rp - int(db.session.scalar(used) or 0)


def uses_of_credit(note_id: int) -> Sequence[Row[CreditUse, SupplierBill | None]]:
    """Where a credit note went, oldest first."""
    query = (
        select(CreditUse, SupplierBill)
        .outerjoin(SupplierBill, SupplierBill.id == CreditUse.bill_id)
        .where(CreditUse.note_id == note_id)
    )
    return db.session.execute(query.order_by(CreditUse.id)).all()


def credits_of_bill(bill_id: int) -> Sequence[Row[CreditUse, CreditNote]]:
    """What credit notes took off a bill, oldest first."""
    query = (
        select(CreditUse, CreditNote)
        .join(CreditNote, CreditNote.id == CreditUse.note_id)
        .where(CreditUse.bill_id == bill_id, _counts())
    )
    return db.session.execute(query.order_by(CreditUse.id)).all()


CreditRow = Row[CreditNote, SupplierBill, str, str, int]


def credits_seen(actor: Actor, limit: int = 50) -> Sequence[CreditRow]:
    """Credit notes with bill, buyer, supplier and what is left, newest first."""
    query: Select[CreditNote, SupplierBill, str, str, int] = (
        select(
            *(CreditNote, SupplierBill, _Buyer.name, _Supplier.name),
            case((_counts(), CreditNote.amount_rp - _used()), else_=0),
        )
        .join(SupplierBill, SupplierBill.id == CreditNote.bill_id)
        .join(_Buyer, _Buyer.id == CreditNote.organization_id)
        .join(_Supplier, _Supplier.id == CreditNote.supplier_id)
        .where(_side(actor, CreditNote))
    )
    return db.session.execute(query.order_by(CreditNote.id.desc()).limit(limit)).all()


# --- goods that went back --------------------------------------------------------------------------


def open_returns(order_id: int) -> list[SupplierReturn]:
    """Goods of an order that went back and that nobody has credited yet."""
    query = select(SupplierReturn).where(SupplierReturn.order_id == order_id, SupplierReturn.state == "sent")
    return list(db.session.scalars(query.order_by(SupplierReturn.id)))


def returns_waiting(order_ids: list[int]) -> dict[int, int]:
    """Order -> whole rupiah of goods that went back and wait for a credit note."""
    query = (
        select(SupplierReturn.order_id, func.sum(SupplierReturn.amount_rp))
        .where(SupplierReturn.order_id.in_(order_ids), SupplierReturn.state == "sent")
        .group_by(SupplierReturn.order_id)
    )
    return {order_id: int(amount) for order_id, amount in db.session.execute(query)}


def returns_of(order_id: int) -> list[SupplierReturn]:
    """Everything of an order that went back, oldest first."""
    query = select(SupplierReturn).where(SupplierReturn.order_id == order_id)
    return list(db.session.scalars(query.order_by(SupplierReturn.id)))


def returns_of_bill(bill_id: int) -> list[SupplierReturn]:
    """Goods that a bill had already left out."""
    return list(db.session.scalars(select(SupplierReturn).where(SupplierReturn.bill_id == bill_id)))


def return_seen(actor: Actor, return_id: int, lock: bool = False) -> SupplierReturn:
    """Goods that went back, for buyer and supplier; raises NotFound."""
    query = select(SupplierReturn).where(SupplierReturn.id == return_id, _side(actor, SupplierReturn))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Retur tidak ditemukan."))
    return found


def return_lines(return_id: int) -> Sequence[Row[SupplierReturnLine, PurchaseOrderLine]]:
    """What went back, with the line of the order."""
    query = (
        select(SupplierReturnLine, PurchaseOrderLine)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == SupplierReturnLine.order_line_id)
        .where(SupplierReturnLine.return_id == return_id)
    )
    return db.session.execute(query.order_by(SupplierReturnLine.id)).all()


def returned_packs(order_id: int) -> dict[int, int]:
    """Order line -> packs of it that went back, whatever became of them; not those of a slip."""
    query = (
        select(SupplierReturnLine.order_line_id, func.sum(SupplierReturnLine.packs))
        .join(SupplierReturn, SupplierReturn.id == SupplierReturnLine.return_id)
        .where(SupplierReturn.order_id == order_id, SupplierReturn.state != "undone")
        .group_by(SupplierReturnLine.order_line_id)
    )
    return {line_id: int(packs) for line_id, packs in db.session.execute(query)}


def return_credit(return_id: int) -> CreditNote | None:
    """The credit note for goods that went back."""
    query = select(CreditNote).where(CreditNote.return_id == return_id, _counts())
    return db.session.scalar(query)
