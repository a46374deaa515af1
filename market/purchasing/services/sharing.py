"""A truck that falls short is shared by the published rule, to the last sack, and the orders follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from market.core import clock, db, faults, money
from market.core.errors import Refused
from market.core.i18n import _, stored
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.purchasing import queries
from market.purchasing.models import PurchaseOrder, PurchaseOrderLine
from market.purchasing.models_deliveries import DeliveryShare, DeliveryShortage
from market.purchasing.services.announcing import announce_share
from market.purchasing.services.ordering import MAX_REASON, end_if_nothing_comes

Awaited = tuple[PurchaseOrder, PurchaseOrderLine]


def share_out(loaded: int, awaited: Sequence[int]) -> list[int]:
    """What each gets of `loaded` packs: in proportion to what it awaits, by largest remainder.

    Equal remainders go to whoever stands first; nobody gets more than awaited, nothing is left over.
    Raises ValueError unless 0 <= loaded <= sum(awaited), all of it above zero.
    """
    if not awaited or min(awaited) <= 0 or not 0 <= loaded <= sum(awaited):
        raise ValueError("there is nothing to share")
    return money.split(loaded, awaited)


def declare_shortage(
    actor: Actor,
    delivery_on: date,
    pack_id: int,
    loaded_packs: int,
    reason: str,
    rest_on: date | None = None,
) -> DeliveryShortage:
    """Say that the truck of a day carries fewer packs than its cooperatives await, and share them.

    The order of the row is that in which the orders were issued. With `rest_on` the rest stays
    awaited; without, every order line is cut to what comes, its freight with it. All buyers are
    told. Raises Refused when nothing is awaited, everything is loaded, a reason is missing, or the
    rest would come before the truck.
    """
    actor.require(Permission.ASSIGNMENTS_ANSWER)
    row = queries.awaited_on(actor, delivery_on, pack_id, lock=True)
    awaited = [line.open_packs for _order, line in row]
    _check(awaited, loaded_packs, reason, delivery_on, rest_on)
    shortage = DeliveryShortage(
        organization_id=actor.organization_id,
        delivery_on=delivery_on,
        pack_id=pack_id,
        awaited_packs=sum(awaited),
        loaded_packs=loaded_packs,
        rest_on=rest_on,
        reason=clean(reason, MAX_REASON),
        declared_at=clock.now(),
        declared_by=actor.user_id,
    )
    db.session.add(shortage)
    db.session.flush()
    shares = share_out(loaded_packs, awaited)
    for rank, ((order, line), packs) in enumerate(zip(row, shares, strict=True), 1):
        _keep(actor, shortage, order, line, packs, rank)
    faults.point("shortage_shared")
    db.session.flush()
    for order, line in row:
        announce_share(shortage, order, next(s for s in _shares(shortage) if s.order_line_id == line.id))
    return shortage


def _check(awaited: list[int], loaded: int, reason: str, delivery_on: date, rest_on: date | None) -> None:
    if not awaited:
        raise Refused(_("Tidak ada yang harus Anda kirim dari barang ini pada hari itu."))
    if not 0 <= loaded < sum(awaited):
        text = _("Isi yang termuat, kurang dari %(all)s yang ditunggu.", all=money.group(sum(awaited)))
        raise Refused(text, field="loaded_packs")
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    if rest_on is not None and rest_on <= max(delivery_on, clock.today()):
        raise Refused(_("Sisanya datang paling cepat sehari sesudah kiriman ini."), field="rest_on")


def _shares(shortage: DeliveryShortage) -> list[DeliveryShare]:
    return [share for share, _name, _number in queries.shares_of(shortage.id)]


def _keep(
    actor: Actor,
    shortage: DeliveryShortage,
    order: PurchaseOrder,
    line: PurchaseOrderLine,
    packs: int,
    rank: int,
) -> None:
    missing = line.open_packs - packs
    db.session.add(
        DeliveryShare(
            organization_id=shortage.organization_id,
            shortage_id=shortage.id,
            order_id=order.id,
            order_line_id=line.id,
            buyer_id=order.organization_id,
            rank=rank,
            awaited_packs=line.open_packs,
            packs=packs,
        )
    )
    if missing and shortage.rest_on is None:
        lines = queries.lines_of(order.id)
        for each in lines:
            if each.id == line.id or (each.kind == "freight" and each.pack_id == line.pack_id):
                each.cancelled_packs += missing
        db.session.flush()
        end_if_nothing_comes(actor, order, stored("kiriman kurang, sisanya tidak datang"))
