"""What is asked of transfers: what lies still, what neighbours offer, who comes first, what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, Select, String, cast, func, literal, or_, select

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import clock, db
from market.core.approvals import LAPSES_AFTER_H, Approval
from market.core.errors import NotFound
from market.core.i18n import _, lazy
from market.core.parameters import Parameter
from market.core.permissions import Actor, Permission
from market.identity import queries as identity
from market.needs import queries as needs
from market.needs.models import Need
from market.places import queries as places
from market.stock import queries as stock
from market.stock.models import StockItem
from market.transfers.models import StockTransfer, TransferPayment

MAX_ID = 2**63 - 1
PAYMENT = "transfer_payment"
"""The kind of two-person act by which a neighbour is paid."""
SLOW_DAYS = Parameter(
    "transfers.slow_days",
    30,
    "assumption: a month without a move is dead money",
    *(1, 365, lazy("Barang disebut diam setelah"), lazy("hari"), "cooperative"),
)
RUNNING = ("accepted", "sent", "short", "rejected")
FAR_M = 10**9
"""For a place whose coordinates nobody entered: it comes last."""


@dataclass(frozen=True)
class Slow:
    """A good that has not moved for `days`; `cost_rp` is what one pack cost, rounded down."""

    item: StockItem
    pack: Pack
    days: int
    packs: int
    cost_rp: int
    expires_on: date | None


def free_packs(item: StockItem, pack: Pack) -> int:
    """Whole packs that nobody was promised and that are not on offer already."""
    return (item.on_hand_base - item.reserved_base) // pack.size_base - packs_on_offer(item.id)


def cost_per_pack(item: StockItem, pack: Pack) -> int:
    """Average cost of one pack in whole rupiah, rounded down: a price is never above it."""
    return item.value_rp * pack.size_base // item.on_hand_base if item.on_hand_base else 0


def days_still(item: StockItem) -> int:
    """Days since the last move of the good."""
    if item.moved_at is None:
        return 0
    return (clock.today() - clock.wib(item.moved_at).date()).days


def slow_stock(organization_id: int) -> list[Slow]:
    """Own goods in packs that have not moved for the days of the parameter, dearest first."""
    least = SLOW_DAYS.value(organization_id=organization_id)
    packs = {pack.id: pack for pack in commodities.packs()}
    still = [
        item
        for item in stock.stock_of(organization_id)
        if item.owned and item.pack_id and item.on_hand_base and days_still(item) >= least
    ]
    rows = []
    for item in still:
        pack = packs[item.pack_id or 0]
        rows.append(
            Slow(
                item,
                pack,
                days_still(item),
                free_packs(item, pack),
                cost_per_pack(item, pack),
                stock.earliest_expiry(item.id),
            )
        )
    return sorted(rows, key=lambda row: -row.item.value_rp)


def packs_on_offer(item_id: int) -> int:
    """Packs of an item that are offered and not taken yet."""
    query = select(func.sum(StockTransfer.packs)).where(
        StockTransfer.item_id == item_id, StockTransfer.state == "offered"
    )
    return int(db.session.scalar(query) or 0)


# --- lots ------------------------------------------------------------------------------------------


def transfer_for(actor: Actor, transfer_id: int, lock: bool = False) -> StockTransfer:
    """A lot that the actor's cooperative gives or takes, or that is on offer in its city; raises NotFound."""
    mine = or_(
        StockTransfer.organization_id == actor.organization_id,
        StockTransfer.receiver_id == actor.organization_id,
    )
    offered = (StockTransfer.state == "offered") & (StockTransfer.city_code == actor.scope_code[:4])
    query = select(StockTransfer).where(StockTransfer.id == transfer_id, mine | offered)
    if lock:
        query = query.with_for_update(of=StockTransfer).execution_options(populate_existing=True)
    found = None
    if actor.organization_kind == "cooperative" and 0 < transfer_id <= MAX_ID:
        found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Barang antarkoperasi tidak ditemukan."))
    return found


def given_by(actor: Actor, transfer_id: int) -> StockTransfer:
    """A lot of the actor's own stock, locked; raises NotFound."""
    found = transfer_for(actor, transfer_id, lock=True)
    if found.organization_id != actor.organization_id:
        raise NotFound(_("Barang antarkoperasi tidak ditemukan."))
    return found


def taken_by(actor: Actor, transfer_id: int) -> StockTransfer:
    """A lot that the actor's cooperative took, locked; raises NotFound."""
    found = transfer_for(actor, transfer_id, lock=True)
    if found.receiver_id != actor.organization_id:
        raise NotFound(_("Barang antarkoperasi tidak ditemukan."))
    return found


def transfer_by_id(transfer_id: int) -> StockTransfer:
    """The lot with this id, for payments that were already found."""
    return db.session.get_one(StockTransfer, transfer_id)


def lots_of(organization_id: int, done: bool = False, limit: int = 50) -> list[StockTransfer]:
    """Lots given or taken, newest first: those that run (on offer included), or those that have ended."""
    mine = or_(StockTransfer.organization_id == organization_id, StockTransfer.receiver_id == organization_id)
    running = StockTransfer.state.in_(("offered", *RUNNING))
    query = select(StockTransfer).where(mine, ~running if done else running)
    return list(db.session.scalars(query.order_by(StockTransfer.id.desc()).limit(limit)))


def overdue(now: Any, limit: int = 100) -> list[StockTransfer]:
    """Lots that nobody took, or nobody sent, in time; what somebody handles now is left for later."""
    query = (
        select(StockTransfer)
        .where(StockTransfer.state.in_(("offered", "accepted")), StockTransfer.ends_at <= now)
        .order_by(StockTransfer.id)
        .limit(limit)
        .with_for_update(of=StockTransfer, skip_locked=True)
    )
    return list(db.session.scalars(query))


# --- who comes first -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wish:
    """A neighbour's open need for the good of a lot, how far away, and how much of the lot is kept for it."""

    need: Need
    distance_m: int
    packs: int


def wishes(lot: StockTransfer) -> list[Wish]:
    """Open needs that the lot can answer, nearest first; each keeps what it wants while there is some."""
    fitting = [
        need
        for need in needs.open_needs(lot.city_code, [lot.pack_id])
        if need.organization_id != lot.organization_id and _within_ceiling(need, lot)
    ]
    ranked = sorted((_distance(lot.place_code, need.place_code), need.id, need) for need in fitting)
    left, found = lot.packs, []
    for distance, _id, need in ranked:
        packs = min(left, need.wanted_packs)
        left -= packs
        found.append(Wish(need, distance, packs))
    return found


def _within_ceiling(need: Need, lot: StockTransfer) -> bool:
    return need.ceiling_rp is None or lot.price_rp <= need.ceiling_rp


def _distance(one: str, other: str) -> int:
    try:
        return places.distance_m(one, other)
    except NotFound:
        return FAR_M


@dataclass(frozen=True)
class Nearby:
    """A neighbour's lot as a cooperative sees it; `kept` packs are for it while the nearest come first."""

    lot: StockTransfer
    giver: str
    distance_m: int
    kept: int
    wanted: int


def offers_nearby(actor: Actor) -> list[Nearby]:
    """Lots on offer in the actor's city, those that answer a need of its own first, then by distance."""
    query = select(StockTransfer).where(
        StockTransfer.state == "offered",
        StockTransfer.city_code == actor.scope_code[:4],
        StockTransfer.organization_id != actor.organization_id,
        StockTransfer.ends_at > clock.now(),
    )
    lots = list(db.session.scalars(query.order_by(StockTransfer.id)))
    names = identity.names({lot.organization_id for lot in lots})
    rows = [_nearby(actor, lot, names[lot.organization_id]) for lot in lots]
    return sorted(rows, key=lambda row: (row.wanted == 0, row.distance_m, row.lot.id))


def nearby(actor: Actor, lot: StockTransfer) -> Nearby:
    """One lot as the actor's cooperative sees it."""
    return _nearby(actor, lot, identity.organization(lot.organization_id).name)


def _nearby(actor: Actor, lot: StockTransfer, giver: str) -> Nearby:
    ours = [wish for wish in wishes(lot) if wish.need.organization_id == actor.organization_id]
    home = identity.organization(actor.organization_id or 0).place_code or ""
    return Nearby(
        lot=lot,
        giver=giver,
        distance_m=ours[0].distance_m if ours else _distance(lot.place_code, home),
        kept=sum(wish.packs for wish in ours),
        wanted=sum(wish.need.wanted_packs for wish in ours),
    )


# --- money -----------------------------------------------------------------------------------------


def payment_of(transfer_id: int) -> TransferPayment | None:
    """The payment of a lot that waits or was made; None when nobody proposed one that stands."""
    query = select(TransferPayment).where(
        TransferPayment.transfer_id == transfer_id,
        TransferPayment.state.in_(("proposed", "paid", "confirmed")),
    )
    return db.session.scalar(query)


def payment_for(actor: Actor, payment_id: int, lock: bool = False) -> TransferPayment:
    """A payment that the actor's cooperative makes or gets; raises NotFound."""
    query = select(TransferPayment).where(
        TransferPayment.id == payment_id,
        or_(
            TransferPayment.organization_id == actor.organization_id,
            TransferPayment.giver_id == actor.organization_id,
        ),
    )
    query = query.with_for_update() if lock else query
    found = db.session.scalar(query) if 0 < payment_id <= MAX_ID else None
    if found is None:
        raise NotFound(_("Pembayaran tidak ditemukan."))
    return found


def stale_payments() -> list[TransferPayment]:
    """Proposals that nobody decided within 72 hours."""
    oldest = clock.now() - timedelta(hours=LAPSES_AFTER_H)
    query = select(TransferPayment).where(
        TransferPayment.state == "proposed", TransferPayment.proposed_at <= oldest
    )
    return list(db.session.scalars(query.with_for_update(skip_locked=True)))


# --- home ------------------------------------------------------------------------------------------


def _task(kind: str, since: Any, amount: Any) -> Select[*tuple[Any, ...]]:
    return select(
        literal(kind, String).label("kind"),
        StockTransfer.id.label("subject_id"),
        since.label("since"),
        cast(Pack.name, String).label("detail"),
        cast(amount, BigInteger).label("amount"),
    ).join(Pack, Pack.id == StockTransfer.pack_id)


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """Lots to send, to receive, to clear, to pay and money to look for, for those who may do it."""
    mine = StockTransfer.organization_id == actor.organization_id
    ours = StockTransfer.receiver_id == actor.organization_id
    lot, state = StockTransfer, StockTransfer.state
    found: list[Select[*tuple[Any, ...]]] = []
    if actor.organization_kind != "cooperative":
        return found
    if actor.may(Permission.STOCK_MOVE):
        found.append(_task("lot_to_send", lot.state_at, lot.packs).where(mine, state == "accepted"))
        found.append(
            _task("lot_to_clear", lot.state_at, lot.packs - lot.received_packs).where(
                mine, state.in_(("short", "rejected"))
            )
        )
    if actor.may(Permission.GOODS_RECEIVE):
        found.append(_task("lot_arrives", lot.state_at, lot.packs).where(ours, state == "sent"))
    if actor.may(Permission.PAYMENT_PROPOSE):
        stands = select(TransferPayment.id).where(
            TransferPayment.transfer_id == lot.id,
            TransferPayment.state.in_(("proposed", "paid", "confirmed")),
        )
        unpaid = _task("lot_unpaid", lot.state_at, lot.owed_rp).where(ours, lot.owed_rp > 0, ~stands.exists())
        found.append(unpaid)
        found.append(_payments("lot_money", "paid").where(mine))
    if actor.may(Permission.PAYMENT_APPROVE):
        others = select(Approval.id).where(
            Approval.kind == PAYMENT,
            Approval.subject_id == TransferPayment.id,
            Approval.state == "proposed",
            Approval.proposed_by != actor.user_id,
        )
        found.append(_payments("lot_payment_waits", "proposed").where(ours, others.exists()))
    return found


def _payments(kind: str, state: str) -> Select[*tuple[Any, ...]]:
    asked = _task(kind, TransferPayment.state_at, TransferPayment.amount_rp)
    return asked.join(TransferPayment, TransferPayment.transfer_id == StockTransfer.id).where(
        TransferPayment.state == state
    )


def names_of(lots: Sequence[StockTransfer]) -> dict[int, str]:
    """Names of everybody who gives or takes one of the lots."""
    ids = {lot.organization_id for lot in lots} | {lot.receiver_id for lot in lots if lot.receiver_id}
    return identity.names(ids)
