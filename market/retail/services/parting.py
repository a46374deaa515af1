"""Sellers' parts: made with the order, asked when it counts, and what the order becomes by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from market.catalogue import queries_days
from market.catalogue.models import Product
from market.core import clock, db, faults, states
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


def make_parts(actor: Actor, order: RetailOrder, lines: Iterable[Wanted]) -> dict[Key, RetailPart]:
    """A part for each seller, place and day. What lies in the cooperative needs nobody's answer."""
    parts: dict[Key, RetailPart] = {}
    for line in lines:
        if line.key not in parts:
            parts[line.key] = RetailPart(
                organization_id=order.organization_id,
                order_id=order.id,
                seller_id=line.product.organization_id,
                place=line.place,
                ready_on=line.ready_on,
                state_at=clock.now(),
                state="waiting",
            )
    db.session.add_all(parts.values())
    db.session.flush()
    for part in parts.values():
        states.start(part, actor)
        if part.place == "here":
            states.advance(part, "accepted", actor)
    return parts


def collect_by(order: RetailOrder, parts: Iterable[RetailPart], now: datetime) -> datetime:
    """Until when the goods wait: the hold begins now, or when the last of them can be there."""
    last_on = max((part.ready_on for part in parts), default=clock.today())
    begins = max(now, clock.start_of(last_on))
    return begins + timedelta(hours=HOLD_HOURS.value(organization_id=order.organization_id))


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
