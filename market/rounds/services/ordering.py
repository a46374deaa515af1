"""What suppliers have agreed to becomes purchase orders, and the needs learn what is coming."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from market.commodities import queries as commodities
from market.core import db
from market.core.i18n import stored
from market.core.permissions import SYSTEM, Actor
from market.needs import services as need_services
from market.purchasing import services as purchasing_services
from market.purchasing.services import OrderLine
from market.rounds import queries
from market.rounds.models import Assignment, AssignmentLine
from market.rounds.models_answers import AnswerPart

Stop = tuple[int, date, str, int, int, int]
"""Buyer, delivery day, door, its freight per pack, pack, price per pack."""


@dataclass(frozen=True)
class Delivery:
    """Packs of one line that come on one day. `first` of its line carries what is paid once."""

    line: AssignmentLine
    packs: int
    delivery_on: date
    pack_id: int
    first: bool = True
    part: AnswerPart | None = None

    @property
    def stop(self) -> Stop:
        line = self.line
        return (
            *(line.buyer_id, self.delivery_on, line.place_code),
            *(line.freight_rp, self.pack_id, line.price_rp),
        )


def order_all(actor: Actor, assignment: Assignment, deliveries: Sequence[Delivery]) -> None:
    """Orders for an answer: one per buyer, or numbered where one buyer gets several."""
    stops = {delivery.stop for delivery in deliveries}
    for number, (stop, group) in enumerate(_by_stop(deliveries), 1):
        alone = sum(each[0] == stop[0] for each in stops) == 1
        origin = f"assignment:{assignment.id}/buyer:{stop[0]}" + ("" if alone else f"/{number}")
        _order(actor, assignment, stop, group, origin)


def order_line(actor: Actor, assignment: Assignment, deliveries: Sequence[Delivery]) -> None:
    """Orders for one line that its buyer has decided on."""
    for number, (stop, group) in enumerate(_by_stop(deliveries), 1):
        origin = f"assignment:{assignment.id}/line:{group[0].line.id}/{number}"
        _order(actor, assignment, stop, group, origin)


def _by_stop(deliveries: Sequence[Delivery]) -> list[tuple[Stop, list[Delivery]]]:
    groups: dict[Stop, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        groups[delivery.stop].append(delivery)
    return sorted(groups.items(), key=lambda item: item[0])


def _order(actor: Actor, assignment: Assignment, stop: Stop, group: list[Delivery], origin: str) -> None:
    order = purchasing_services.issue_order(
        actor,
        stop[0],
        assignment.organization_id,
        _order_lines(stop, group),
        origin=origin,
        terms=assignment.terms,
        credit_days=assignment.credit_days,
        delivery_on=stop[1],
        place_code=stop[2],
    )
    for delivery in group:
        if delivery.first:
            delivery.line.order_id = order.id
        if delivery.part is not None:
            delivery.part.order_id = order.id
        accepted = _add_accepted(assignment.round_id, delivery.line.need_id, delivery.packs)
        need_services.mark_matched(SYSTEM, delivery.line.need_id, accepted)


def _add_accepted(round_id: int, need_id: int, packs: int) -> int:
    """Count accepted packs on the frozen need; returns how many it has in this round now."""
    frozen = queries.round_need(round_id, need_id)
    frozen.accepted_packs += packs
    db.session.flush()
    return frozen.accepted_packs


def _order_lines(stop: Stop, group: list[Delivery]) -> list[OrderLine]:
    """Goods and freight by the pack, then the shares of what is paid once, with a line's first delivery."""
    pack, packs = commodities.pack(stop[4]), sum(delivery.packs for delivery in group)
    once = [delivery.line for delivery in group if delivery.first]
    drop_rp, fixed_rp = sum(line.drop_rp for line in once), sum(line.fixed_rp for line in once)
    door = stored("Ongkos turun barang")
    if fixed_rp:
        door = stored("Ongkos turun barang dan biaya tetap pemasok")
    truck_rp = sum(line.truck_rp for line in once)
    return [
        OrderLine("goods", pack.id, pack.name, packs, stop[5]),
        OrderLine("freight", pack.id, stored("Ongkos kirim per kemasan"), packs, stop[3]),
        OrderLine("drop", None, door, 1, drop_rp + fixed_rp),
        OrderLine("truck", None, stored("Bagian ongkos truk, menurut berat"), 1, truck_rp),
    ]
