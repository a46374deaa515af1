"""Sellers' parts: made with the order, asked when it counts, and what the order becomes by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from market.catalogue import queries_days
from market.catalogue.models import Product
from market.core import clock, db, faults, history, states
from market.core.errors import Refused
from market.core.i18n import _, format_date, lazy
from market.core.parameters import Parameter
from market.core.permissions import Actor, Role
from market.notices.services import notify
from market.retail import queries_parts
from market.retail.models import RetailOrder
from market.retail.models_parts import RetailPart
from market.retail.services import deadline

HOLD_HOURS = Parameter(
    "retail.hold_hours",
    48,
    "assumption: goods wait two days for a resident who pays at pickup",
    *(1, 336, lazy("Pesanan warga disisihkan paling lama"), lazy("jam"), "cooperative"),
)
PAY_FIRST_MIN = Parameter(
    "retail.pay_first_minutes",
    30,
    "assumption: whoever chose QRIS has the phone in the hand; a hold of half an hour blocks nobody for long",
    *(5, 1440, lazy("Pesanan QRIS disisihkan sebelum dibayar paling lama"), lazy("menit"), "cooperative"),
)


Key = tuple[int, str, date]
"""Whose goods, where they lie, from which day."""


@dataclass(frozen=True)
class Wanted:
    """A line of a basket with the day from which it can be collected."""

    product: Product
    quantity: int
    ready_on: date

    @property
    def place(self) -> str:
        return "here" if self.product.supply == "shelf" else "away"

    @property
    def key(self) -> Key:
        """What belongs into one part: one pair of hands, one place, one day."""
        return self.product.organization_id, self.place, self.ready_on


def with_days(lines: list[tuple[Product, int]], days: dict[int, date]) -> list[Wanted]:
    """Each line with its day: what lies here today, what lies at home soon, what is made on the chosen day.

    Without a choice it is the first day that has room. Raises Refused, naming the product.
    """
    closed = queries_days.closed_days(
        product.organization_id for product, _n in lines if product.supply != "shelf"
    )
    offers = queries_days.day_offers(product for product, _n in lines)
    found = []
    for product, quantity in lines:
        on = clock.today()
        if product.supply == "home":
            on = queries_days.home_ready_on(product, closed[product.organization_id])
        elif product.supply == "order":
            on = _chosen(product, quantity, offers[product.id], days.get(product.id))
        found.append(Wanted(product, quantity, on))
    return found


def _chosen(product: Product, quantity: int, offers: list[queries_days.DayOffer], on: date | None) -> date:
    if on is None:
        fit = [offer.on for offer in offers if offer.left >= quantity]
        if not fit:
            raise Refused(_("%(name)s sudah penuh untuk hari-hari ini.", name=product.name))
        return fit[0]
    left = next((offer.left for offer in offers if offer.on == on), None)
    if left is None:
        raise Refused(_("%(name)s tidak dibuat hari itu. Pilih hari lain.", name=product.name))
    if left < quantity:
        day = format_date(on)
        raise Refused(_("%(name)s untuk %(day)s tinggal %(left)s.", name=product.name, day=day, left=left))
    return on


FIRST_STATES = {"away": ("waiting",), "here": ("waiting", "accepted")}
"""What a new part has been through: what lies in the cooperative needs nobody's answer."""


def make_parts(actor: Actor, order: RetailOrder, lines: Iterable[Wanted]) -> dict[Key, int]:
    """A part for each seller, place and day, written at once with its history; their ids."""
    keys, now = list(dict.fromkeys(line.key for line in lines)), clock.now()
    rows = [
        {
            "organization_id": order.organization_id,
            "order_id": order.id,
            "seller_id": seller_id,
            "place": place,
            "ready_on": ready_on,
            "state_at": now,
            "state": FIRST_STATES[place][-1],
        }
        for seller_id, place, ready_on in keys
    ]
    ids = db.write_numbered(RetailPart, rows)
    steps = [
        history.Step("retail_part", id_, order.organization_id, state, before)
        for id_, (_seller, place, _on) in zip(ids, keys, strict=True)
        for before, state in pairwise((None, *FIRST_STATES[place]))
        if state is not None
    ]
    history.record_all(actor, steps)
    return dict(zip(keys, ids, strict=True))


def collect_by(order: RetailOrder, parts: Iterable[RetailPart], now: datetime) -> datetime:
    """Until when the goods wait: the hold begins now, or when the last of them can be there."""
    last_on = max((part.ready_on for part in parts), default=clock.today())
    return hold_from(now, last_on, HOLD_HOURS.value(organization_id=order.organization_id))


def hold_from(now: datetime, ready_on: date, hours: int) -> datetime:
    """The end of a hold of so many hours that begins now, or on the day on which the goods can be there."""
    return max(now, clock.start_of(ready_on)) + timedelta(hours=hours)


def release_to_sellers(order: RetailOrder) -> None:
    """The order counts from now on: each maker is asked, and has time to answer. Once."""
    if order.released_at is not None:
        return
    now, parts = clock.now(), queries_parts.parts_of(order.id, lock=True)
    order.released_at = now
    order.collect_by = max(order.collect_by, collect_by(order, parts, now))
    ask(order, parts)
    faults.point("retail_order_released")
    db.session.flush()


def ask(order: RetailOrder, parts: Iterable[RetailPart]) -> None:
    """Each maker who has not answered is asked and told until when."""
    for part in parts:
        if part.state == "waiting":
            part.answer_by = deadline.answer_by(clock.now(), order.organization_id)
            title = lazy("Pesanan baru: jawab segera")
            body = lazy(
                "%(number)s dari %(buyer)s. Diam berarti tidak bisa.",
                number=order.number,
                buyer=order.buyer_name,
            )
            notify(part.seller_id, (Role.SELLER_OWNER,), "part_asked", title, body, f"/jualan/{part.id}")


def settle_state(actor: Actor, order: RetailOrder, parts: list[RetailPart]) -> None:
    """The order is ready when everything that still comes is there; the goods then wait a whole hold."""
    live = [part for part in parts if part.live]
    if order.state == "placed" and live and all(part.state == "ready" for part in live):
        states.advance(order, "ready", actor)
        hold = timedelta(hours=HOLD_HOURS.value(organization_id=order.organization_id))
        order.collect_by = max(order.collect_by, clock.now() + hold)
        db.session.flush()


def end_parts(actor: Actor, parts: list[RetailPart], target: str) -> None:
    """What is still live ends with its order: handed over, or cancelled."""
    for part in parts:
        if part.live:
            states.advance(part, target, actor)
