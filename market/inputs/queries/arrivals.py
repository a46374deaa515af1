"""What came for a need: packs and their cost, read from the receipts of its orders."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from market.core import db, money
from market.needs.models import Need
from market.purchasing import queries as purchasing
from market.purchasing.models import GoodsReceiptLine
from market.rounds import queries as rounds
from market.rounds.models import AssignmentLine
from market.rounds.models_answers import AnswerPart


@dataclass(frozen=True)
class Arrival:
    """Whole packs on the shelf for a need; `cost_rp` None when no receipt says what they cost."""

    packs: int
    cost_rp: int | None


def family(need: Need) -> list[Need]:
    """The need and the needs that ask for its rest, oldest first."""
    found = [need]
    while (rest := carried(found[-1].id)) is not None:
        found.append(rest)
    return found


def carried(need_id: int) -> Need | None:
    """The need that asks for what this one did not get, or None."""
    return db.session.scalar(select(Need).where(Need.carried_from_id == need_id))


def arrival(need: Need) -> Arrival:
    """What has come so far for a need and its rests.

    What came through orders counts as it was received; one that a neighbour fulfilled, as matched.
    """
    packs, cost, known = 0, 0, True
    for each in family(need):
        came = _through_orders(each)
        if came is None and each.state == "fulfilled":
            packs, known = packs + each.matched_packs, False
        elif came is not None:
            packs, cost = packs + came.packs, cost + (came.cost_rp or 0)
    return Arrival(packs, cost if known else None)


def _through_orders(need: Need) -> Arrival | None:
    orders = rounds.orders_of_need(need.id)
    if not orders:
        return None
    parts = [_of_order(order_id, need) for order_id in orders]
    return Arrival(sum(part.packs for part in parts), sum(part.cost_rp or 0 for part in parts))


def _of_order(order_id: int, need: Need) -> Arrival:
    """The need's share of an order that may serve several needs of the same buyer."""
    lines = [line for line in purchasing.goods_lines(order_id) if line.pack_id == need.pack_id]
    received = sum(line.received_packs for line in lines)
    if not received:
        return Arrival(0, 0)
    query = select(func.sum(GoodsReceiptLine.cost_rp)).where(
        GoodsReceiptLine.order_line_id.in_([line.id for line in lines])
    )
    cost = int(db.session.scalar(query) or 0)
    served = _served(order_id)
    shares = money.split(received, [packs for _need_id, packs in served])
    mine = next(share for (need_id, _p), share in zip(served, shares, strict=True) if need_id == need.id)
    return Arrival(mine, money.div_round(cost * mine, received))


def _served(order_id: int) -> list[tuple[int, int]]:
    """(need, packs ordered for it) of an order, by need."""
    part = (
        select(AssignmentLine.need_id, AnswerPart.packs.label("packs"))
        .join(AssignmentLine, AssignmentLine.id == AnswerPart.line_id)
        .where(AnswerPart.order_id == order_id)
    )
    split = select(AnswerPart.line_id)
    whole = select(
        AssignmentLine.need_id, func.coalesce(AssignmentLine.accepted_packs, AssignmentLine.packs)
    ).where(AssignmentLine.order_id == order_id, AssignmentLine.id.not_in(split))
    rows = part.union_all(whole).subquery()
    query = select(rows.c.need_id, func.sum(rows.c.packs)).group_by(rows.c.need_id).order_by(rows.c.need_id)
    return [(need_id, int(packs)) for need_id, packs in db.session.execute(query)]
