"""Orders brought home: a run of one courier and one day, and what happens at each door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from market.core import clock, crypto, db, faults, files, messages, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, stored
from market.core.money import format_rp
from market.core.permissions import ANONYMOUS, Actor, Permission
from market.core.text import clean
from market.ledger import chart
from market.ledger import services as ledger
from market.rations.types import Shown
from market.retail import postings, queries, queries_delivery
from market.retail.models import RetailOrder
from market.retail.models_delivery import CashHandIn, CourierRun, RetailDelivery
from market.retail.services import extras, handing, paying, rations

MOST_STOPS = 40
MAX_REASON = 200
PHOTO_SIDES = (1024, 320)


def courier(run: CourierRun) -> Actor:
    """Who acts behind a courier's link."""
    return replace(ANONYMOUS, organization_id=run.organization_id, name=run.courier_name)


def open_run(actor: Actor, courier_name: str, courier_phone: str, delivery_ids: Sequence[int]) -> CourierRun:
    """Give somebody today's doors; the link of the run works without a login until the day is over.

    Raises Forbidden, NotFound, Refused for no stop or too many, Conflict for a delivery that is not waiting,
    not packed, or neither paid nor to be paid at the door.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    if not 0 < len(delivery_ids) <= MOST_STOPS:
        raise Refused(_("Pilih 1 sampai %(most)s antaran.", most=MOST_STOPS), field="stops")
    run = CourierRun(
        organization_id=actor.organization_id,
        token=crypto.token(),
        courier_name=courier_name,
        courier_phone=messages.normal_phone(courier_phone),
        runs_on=clock.today(),
        made_by=actor.user_id,
    )
    db.session.add(run)
    db.session.flush()
    for delivery_id in sorted(set(delivery_ids)):
        _take(run, queries_delivery.delivery_for(actor, delivery_id, lock=True))
    db.session.flush()
    return run


def _take(run: CourierRun, delivery: RetailDelivery) -> None:
    order = queries.order_by_id(delivery.order_id)
    if delivery.state != "waiting" or delivery.run_id is not None:
        raise Conflict(_("%(number)s sudah dibawa kurir lain. Muat ulang halaman.", number=order.number))
    if order.state != "ready":
        raise Conflict(_("%(number)s belum siap. Kemas dahulu.", number=order.number))
    _require_payable(order, delivery)
    delivery.run_id = run.id


def _require_payable(order: RetailOrder, delivery: RetailDelivery) -> None:
    if paying.cash_due_rp(order) and not delivery.cash:
        raise Conflict(_("%(number)s belum dibayar lewat internet.", number=order.number))


def depart(token: str) -> CourierRun:
    """The courier leaves the shop: every buyer of the run sees that the goods are on their way."""
    run = queries_delivery.run_by_token(token, lock=True)
    for stop in queries_delivery.stops_of(run):
        if stop.delivery.state == "waiting":
            also = {"tries": stop.delivery.tries + 1}
            states.advance(stop.delivery, "on_the_way", courier(run), also=also)
    return run


def _at_door(token: str, delivery_id: int) -> tuple[CourierRun, RetailOrder, RetailDelivery]:
    """Run, order and delivery, held in everybody's order; a stop of another run does not exist."""
    run = queries_delivery.run_by_token(token)
    found = queries_delivery.delivery_for(courier(run), delivery_id)
    if found.run_id != run.id:
        raise Conflict(_("Antaran ini tidak ada di daftar Anda lagi. Muat ulang halaman."))
    order = queries.order_by_id(found.order_id, lock=True)
    delivery = queries_delivery.delivery_of(order.id, lock=True)
    if delivery is None or delivery.state != "on_the_way":
        raise Conflict(_("Antaran ini sudah dicatat atau belum berangkat."))
    return run, order, delivery


def deliver(
    token: str,
    delivery_id: int,
    *,
    pickup_code: str = "",
    receiver_name: str = "",
    photo: bytes | None = None,
    cash_rp: int | None = None,
    shown: Shown = handing.NOTHING_SHOWN,
) -> RetailDelivery:
    """Goods at the door, against the buyer's code, or a photo and the name of who took them.

    It is the hand-over: the sale is posted, the cash is the courier's until it is handed in. `cash_rp` is
    what the page told the courier to take. Raises NotFound when the link has ended, Conflict for a stop that
    is over or money that changed, Refused for a wrong code or no proof, and for rations as `hand_over`.
    """
    run, order, delivery = _at_door(token, delivery_id)
    actor = courier(run)
    if pickup_code:
        handing.require_code(order, pickup_code)
    elif not (photo and receiver_name.strip()):
        raise Refused(_("Isi kode pembeli, atau foto dan nama penerima."), field="pickup_code")
    rations.claim(order, shown)
    due = paying.cash_due_rp(order)
    _require_payable(order, delivery)
    handing.complete(actor, order, cash_rp=cash_rp, till=chart.COURIER_CASH)
    proof = {
        "proof": "code" if pickup_code else "photo",
        "receiver_name": clean(receiver_name, 80) if not pickup_code else "",
        "photo": files.store_photo(photo, PHOTO_SIDES, private=True).name
        if photo and not pickup_code
        else None,
        "cash_rp": due,
    }
    states.advance(delivery, "delivered", actor, also=proof)
    faults.point("order_delivered")
    return delivery


def fail(token: str, delivery_id: int, reason: str) -> RetailDelivery:
    """Nobody took the goods: the courier says why and brings them back."""
    run, _order, delivery = _at_door(token, delivery_id)
    why = clean(reason, MAX_REASON)
    if not why:
        raise Refused(_("Tulis alasannya."), field="reason")
    states.advance(delivery, "failed", courier(run), why, also={"failed_why": why})
    return delivery


def try_again(actor: Actor, delivery_id: int) -> RetailDelivery:
    """The goods go out once more, on the next day that their zone is served."""
    actor.require(Permission.RETAIL_HAND_OVER)
    found = queries_delivery.delivery_for(actor, delivery_id)
    order = queries.order_by_id(found.order_id, lock=True)
    delivery = queries_delivery.delivery_for(actor, delivery_id, lock=True)
    states.advance(delivery, "waiting", actor, also={"run_id": None})
    extras.put_off(order, delivery)
    return delivery


def bring_back(actor: Actor, delivery_id: int) -> RetailDelivery:
    """The goods are at the shop again; the buyer collects them there, or the order is given up."""
    actor.require(Permission.RETAIL_HAND_OVER)
    delivery = queries_delivery.delivery_for(actor, delivery_id, lock=True)
    states.advance(delivery, "returned", actor, also={"run_id": None})
    return delivery


def end_run(actor: Actor, run_id: int) -> CourierRun:
    """The link opens nothing any more; what was not brought waits for the next run."""
    actor.require(Permission.RETAIL_HAND_OVER)
    run = queries_delivery.run_for(actor, run_id, lock=True)
    _close(actor, run)
    return run


def _close(actor: Actor, run: CourierRun) -> None:
    run.ended_at = run.ended_at or clock.now()
    for stop in sorted(queries_delivery.stops_of(run), key=lambda each: each.order.id):
        order = queries.order_by_id(stop.order.id, lock=True)
        delivery = queries_delivery.delivery_of(order.id, lock=True)
        if delivery is None or delivery.run_id != run.id or delivery.state not in ("waiting", "on_the_way"):
            continue
        if delivery.state == "on_the_way":
            states.advance(delivery, "waiting", actor, stored("tidak sempat diantar"))
        delivery.run_id = None
        extras.put_off(order, delivery)
    db.session.flush()


def end_old_runs() -> int:
    """Runs of days that are over end by themselves (a scheduled job); returns how many."""
    runs = queries_delivery.old_runs()
    for run in runs:
        _close(courier(run), run)
    return len(runs)


def hand_in(actor: Actor, run_id: int, amount_rp: int) -> CashHandIn:
    """The courier's cash comes into the till. Raises Forbidden, NotFound, Refused for more than was taken."""
    actor.require(Permission.RETAIL_HAND_OVER)
    run = queries_delivery.run_for(actor, run_id, lock=True)
    left = queries_delivery.cash_with(run.id)
    if not 0 < amount_rp <= left:
        raise Refused(_("Paling banyak %(left)s.", left=format_rp(left)), field="amount_rp")
    row = CashHandIn(
        organization_id=run.organization_id,
        run_id=run.id,
        amount_rp=amount_rp,
        at=clock.now(),
        taken_by=actor.user_id,
    )
    db.session.add(row)
    db.session.flush()
    faults.point("courier_cash_in")
    ledger.post(actor, run.organization_id, postings.for_hand_in(run, row))
    return row
