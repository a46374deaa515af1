"""What facts say of a supplier: answers in time, share accepted, late, short and rejected deliveries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select

from market.core import clock, db
from market.core.i18n import lazy
from market.core.parameters import Parameter
from market.purchasing.models import GoodsReceipt, GoodsReceiptLine, PurchaseOrder, PurchaseOrderLine
from market.rounds.models import Assignment, AssignmentLine, Round
from market.rounds.models_answers import ScoreRemark

SCORE_DAYS = Parameter(
    "score.days",
    180,
    "assumption: half a year, so that old faults are forgotten",
    *(30, 730, lazy("Nilai pemasok menghitung kejadian selama"), lazy("hari")),
)
ANSWERED = ("accepted", "partly", "declined", "refused")
DECIDED = (*ANSWERED, "lapsed")
NEVER_CAME = "short"


@dataclass(frozen=True)
class Score:
    """The counts behind a scorecard; a share without anything to count is None."""

    answered: int = 0
    silent: int = 0
    asked_packs: int = 0
    accepted_packs: int = 0
    orders: int = 0
    late_orders: int = 0
    ordered_packs: int = 0
    short_packs: int = 0
    delivered_packs: int = 0
    rejected_packs: int = 0

    @property
    def in_time_percent(self) -> int | None:
        return _percent(self.answered, self.answered + self.silent)

    @property
    def accepted_percent(self) -> int | None:
        return _percent(self.accepted_packs, self.asked_packs)

    @property
    def late_percent(self) -> int | None:
        return _percent(self.late_orders, self.orders)

    @property
    def short_percent(self) -> int | None:
        return _percent(self.short_packs, self.ordered_packs)

    @property
    def rejected_percent(self) -> int | None:
        return _percent(self.rejected_packs, self.delivered_packs)

    def after(self, asked: int, accepted: int, silent: bool = False) -> Score:
        """The score as one more assignment would leave it."""
        return replace(
            self,
            answered=self.answered + (not silent),
            silent=self.silent + silent,
            asked_packs=self.asked_packs + asked,
            accepted_packs=self.accepted_packs + accepted,
        )


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


@dataclass(frozen=True)
class Fact:
    """One thing that counts against a supplier; `key` names it for ever ("late:order:7")."""

    kind: str
    key: str
    on: date
    subject: str
    packs: int
    of_packs: int
    remark: ScoreRemark | None = field(default=None)


def since() -> datetime:
    """Facts older than this are forgotten."""
    return clock.now() - timedelta(days=SCORE_DAYS.value())


def score_of(supplier_id: int) -> Score:
    """One supplier's score."""
    return scores([supplier_id]).get(supplier_id, Score())


def scores(supplier_ids: Iterable[int]) -> dict[int, Score]:
    """Supplier id -> its score, for those of whom there is any fact."""
    ids = list(supplier_ids)
    found: dict[int, Score] = {}
    for query in (_answers(ids), _accepted(ids), _orders(ids), _deliveries(ids)):
        for row in db.session.execute(query).mappings():
            counts = {name: int(value or 0) for name, value in row.items() if name != "supplier_id"}
            found[row["supplier_id"]] = replace(found.get(row["supplier_id"], Score()), **counts)
    return found


def suppliers_asked(scope_code: str) -> list[int]:
    """Suppliers that rounds of an area have asked for something."""
    query = (
        select(Assignment.organization_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(
            Round.scope_code.startswith(scope_code, autoescape=True),
            Assignment.state.not_in(("proposed", "dropped")),
        )
    )
    return sorted(set(db.session.scalars(query.distinct())))


def _answers(ids: list[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Assignment.organization_id.label("supplier_id"),
            func.sum(case((Assignment.state.in_(ANSWERED), 1), else_=0)).label("answered"),
            func.sum(case((Assignment.state == "lapsed", 1), else_=0)).label("silent"),
        )
        .where(_decided(ids))
        .group_by(Assignment.organization_id)
    )


def _decided(ids: list[int]) -> Any:
    return and_(
        Assignment.organization_id.in_(ids), Assignment.state.in_(DECIDED), Assignment.state_at >= since()
    )


def _accepted(ids: list[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Assignment.organization_id.label("supplier_id"),
            func.sum(AssignmentLine.packs).label("asked_packs"),
            func.sum(func.coalesce(AssignmentLine.accepted_packs, 0)).label("accepted_packs"),
        )
        .join(AssignmentLine, AssignmentLine.assignment_id == Assignment.id)
        .where(_decided(ids))
        .group_by(Assignment.organization_id)
    )


def _due_orders(ids: list[int]) -> Any:
    """Orders whose day has passed, with what came of their goods and when the last of it came."""
    came = (
        select(
            GoodsReceiptLine.order_line_id.label("line_id"),
            func.max(case((GoodsReceiptLine.accepted_packs > 0, GoodsReceipt.received_on))).label("last_on"),
        )
        .join(GoodsReceipt, GoodsReceipt.id == GoodsReceiptLine.receipt_id)
        .group_by(GoodsReceiptLine.order_line_id)
        .subquery()
    )
    line = PurchaseOrderLine
    return (
        select(
            PurchaseOrder.supplier_id.label("supplier_id"),
            PurchaseOrder.id.label("order_id"),
            PurchaseOrder.number.label("number"),
            PurchaseOrder.delivery_on.label("delivery_on"),
            func.sum(line.ordered_packs).label("ordered"),
            func.sum(line.cancelled_packs).label("cancelled"),
            func.sum(line.ordered_packs - line.received_packs - line.cancelled_packs).label("open"),
            func.max(came.c.last_on).label("last_on"),
        )
        .join(line, and_(line.order_id == PurchaseOrder.id, line.kind == "goods"))
        .outerjoin(came, came.c.line_id == line.id)
        .where(
            PurchaseOrder.supplier_id.in_(ids),
            PurchaseOrder.delivery_on < clock.today(),
            PurchaseOrder.delivery_on >= since().date(),
        )
        .group_by(
            PurchaseOrder.supplier_id, PurchaseOrder.id, PurchaseOrder.number, PurchaseOrder.delivery_on
        )
        .subquery()
    )


def _late(due: Any) -> Any:
    return or_(due.c.last_on > due.c.delivery_on, due.c.open > 0)


def _orders(ids: list[int]) -> Select[*tuple[Any, ...]]:
    due = _due_orders(ids)
    return select(
        due.c.supplier_id,
        func.count().label("orders"),
        func.sum(case((_late(due), 1), else_=0)).label("late_orders"),
        func.sum(due.c.ordered).label("ordered_packs"),
        func.sum(due.c.cancelled).label("short_packs"),
    ).group_by(due.c.supplier_id)


def _rejected() -> Any:
    return case((GoodsReceiptLine.reason != NEVER_CAME, GoodsReceiptLine.rejected_packs), else_=0)


def _deliveries(ids: list[int]) -> Select[*tuple[Any, ...]]:
    never = case((GoodsReceiptLine.reason == NEVER_CAME, GoodsReceiptLine.rejected_packs), else_=0)
    return (
        select(
            PurchaseOrder.supplier_id.label("supplier_id"),
            func.sum(GoodsReceiptLine.delivered_packs - never).label("delivered_packs"),
            func.sum(_rejected()).label("rejected_packs"),
        )
        .join(GoodsReceipt, GoodsReceipt.order_id == PurchaseOrder.id)
        .join(GoodsReceiptLine, GoodsReceiptLine.receipt_id == GoodsReceipt.id)
        .where(PurchaseOrder.supplier_id.in_(ids), GoodsReceipt.received_at >= since())
        .group_by(PurchaseOrder.supplier_id)
    )


# --- the facts one by one ------------------------------------------------------------------------


def facts_of(supplier_id: int) -> list[Fact]:
    """Everything that counts against a supplier, newest first, with what it has to say to each."""
    query = select(ScoreRemark).where(ScoreRemark.organization_id == supplier_id)
    remarks = {remark.fact: remark for remark in db.session.scalars(query)}
    found = [*_answer_facts(supplier_id), *_order_facts(supplier_id), *_rejections(supplier_id)]
    told = [replace(fact, remark=remarks.get(fact.key)) for fact in found]
    return sorted(told, key=lambda fact: (fact.on, fact.key), reverse=True)


def _answer_facts(supplier_id: int) -> list[Fact]:
    accepted = func.sum(func.coalesce(AssignmentLine.accepted_packs, 0))
    query = (
        select(Assignment.id, Assignment.state, Assignment.state_at, Assignment.packs, Round.number, accepted)
        .join(Round, Round.id == Assignment.round_id)
        .join(AssignmentLine, AssignmentLine.assignment_id == Assignment.id)
        .where(_decided([supplier_id]), Assignment.state != "accepted")
        .group_by(Assignment.id, Assignment.state, Assignment.state_at, Assignment.packs, Round.number)
    )
    return [
        Fact(
            kind="silent" if state == "lapsed" else "less",
            key=f"{'silent' if state == 'lapsed' else 'less'}:assignment:{number}",
            on=clock.wib(at).date(),
            subject=round_number,
            packs=packs - int(given or 0),
            of_packs=packs,
        )
        for number, state, at, packs, round_number, given in db.session.execute(query)
    ]


def _order_facts(supplier_id: int) -> list[Fact]:
    due = _due_orders([supplier_id])
    query = select(due.c.order_id, due.c.number, due.c.delivery_on, due.c.ordered, due.c.cancelled)
    late = [
        Fact("late", f"late:order:{order_id}", day, number, int(ordered), int(ordered))
        for order_id, number, day, ordered, _cancelled in db.session.execute(query.where(_late(due)))
    ]
    short = [
        Fact("short", f"short:order:{order_id}", day, number, int(cancelled), int(ordered))
        for order_id, number, day, ordered, cancelled in db.session.execute(query.where(due.c.cancelled > 0))
    ]
    return [*late, *short]


def _rejections(supplier_id: int) -> list[Fact]:
    query = (
        select(
            GoodsReceiptLine.id,
            GoodsReceipt.received_on,
            PurchaseOrder.number,
            GoodsReceiptLine.rejected_packs,
            GoodsReceiptLine.delivered_packs,
        )
        .join(GoodsReceipt, GoodsReceipt.id == GoodsReceiptLine.receipt_id)
        .join(PurchaseOrder, PurchaseOrder.id == GoodsReceipt.order_id)
        .where(
            PurchaseOrder.supplier_id == supplier_id,
            GoodsReceipt.received_at >= since(),
            _rejected() > 0,
        )
    )
    return [
        Fact("rejected", f"rejected:receipt_line:{number}", day, order, packs, delivered)
        for number, day, order, packs, delivered in db.session.execute(query)
    ]
