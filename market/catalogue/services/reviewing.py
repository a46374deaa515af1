"""Every day: what the law ends today stops, what it will end soon is told, what is in order comes back."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import or_, select

from market.catalogue import queries_permits
from market.catalogue.models import Product
from market.catalogue.services import permits as lawful
from market.catalogue.services.permits import CHECKERS
from market.core import clock, db, faults
from market.core.i18n import format_date, lazy
from market.core.parameters import Parameter
from market.core.permissions import SYSTEM, Role
from market.notices import services as notices

FIRST_REMINDER = Parameter(
    "catalogue.permit_reminder_first",
    30,
    "domain facts 12 F: alerts 30 and 7 days before",
    *(1, 365, lazy("Pengingat izin pertama"), lazy("hari sebelumnya"), "platform"),
)
LAST_REMINDER = Parameter(
    "catalogue.permit_reminder_last",
    7,
    "domain facts 12 F: alerts 30 and 7 days before",
    *(1, 365, lazy("Pengingat izin terakhir"), lazy("hari sebelumnya"), "platform"),
)
AT_ONCE = 500
"""Products in one transaction of the schedule; the rest are taken at its next turn."""


def review_permits() -> int:
    """Pause what may not be sold any more and remind before it comes to that (a scheduled job).

    Returns how many products it touched. Sale itself asks the date (`models.on_sale`), so that a late
    turn sells nothing unlawful.
    """
    return _pause_ended() + _remind()


def _pause_ended() -> int:
    query = (
        select(Product)
        .where(Product.state == "published", Product.lawful_until_on < clock.today())
        .order_by(Product.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return _refresh_all(list(db.session.scalars(query)))


def _refresh_all(products: list[Product]) -> int:
    known, permits = queries_permits.rules(), queries_permits.permits_by_product(products)
    addresses = queries_permits.addresses({each.organization_id for each in products})
    changed = 0
    for each in products:
        address = addresses[each.organization_id]
        changed += lawful.refresh_with(SYSTEM, each, known, permits[each.id], address)
    faults.point("catalogue.permits_reviewed")
    return changed


def review_rules() -> int:
    """After a rule changed: every product of members that is or was on the shelf is judged anew."""
    on_shelf = Product.state.in_(("published", "paused")) & Product.pack_id.is_(None)
    products = list(
        db.session.scalars(select(Product).where(on_shelf).order_by(Product.id).with_for_update())
    )
    return _refresh_all(products)


def _remind() -> int:
    today = clock.today()
    first, last = FIRST_REMINDER.value(), LAST_REMINDER.value()
    query = (
        select(Product)
        .where(
            Product.state == "published",
            Product.lawful_until_on >= today,
            Product.lawful_until_on < today + timedelta(days=max(first, last)),
            or_(Product.reminded_days.is_(None), Product.reminded_days > min(first, last)),
        )
        .order_by(Product.id)
        .limit(AT_ONCE)
    )
    due: dict[int, list[Product]] = defaultdict(list)
    for product in db.session.scalars(query.with_for_update(skip_locked=True)):
        ends_on = product.lawful_until_on or today
        left = (ends_on - today).days + 1
        step = last if left <= last else first
        if left <= step and (product.reminded_days is None or product.reminded_days > step):
            lawful.remember(product, reminded_days=step)
            due[product.cooperative_id].append(product)
    for cooperative_id, products in due.items():
        _tell(cooperative_id, products)
    return sum(map(len, due.values()))


def _tell(cooperative_id: int, products: list[Product]) -> None:
    for product in products:
        stops_on = (product.lawful_until_on or clock.today()) + timedelta(days=1)
        title = lazy("%(name)s berhenti dijual %(day)s", name=product.name, day=format_date(stops_on))
        body = lazy("Lengkapi atau perpanjang izinnya sebelum tanggal itu. Buka halaman produknya.")
        link = f"/produk/{product.id}"
        notices.notify(product.organization_id, (Role.SELLER_OWNER,), "permit_ending", title, body, link)
        notices.notify(cooperative_id, CHECKERS, "permit_ending", title, body, link)
