"""News of trips: buyers learn what comes together, and what the truck costs them since it set off."""

from __future__ import annotations

from datetime import date

from market.core.i18n import format_date, lazy
from market.core.money import format_rp
from market.core.permissions import Role
from market.identity import queries as identity
from market.notices import services as notices
from market.purchasing import queries
from market.purchasing.models_trips import DeliveryTrip, TripStop

RECEIVERS = (Role.SECRETARY, Role.CASHIER, Role.TREASURER)


def announce_trip(trip: DeliveryTrip) -> None:
    """Every door learns the day and how many of its orders come in one visit."""
    supplier = identity.names({trip.organization_id})[trip.organization_id]
    for door in queries.doors_of(trip.id):
        notices.notify(
            door.buyer.id,
            RECEIVERS,
            "trip_planned",
            lazy("%(supplier)s datang %(day)s", supplier=supplier, day=format_date(trip.delivery_on)),
            lazy(
                "%(n)s pesanan turun sekaligus: cukup sekali membuka pintu. Siapkan tempat dan orangnya.",
                n=len(door.orders),
            ),
            f"/kiriman/pintu/{door.stop.id}",
        )


def announce_departure(trip: DeliveryTrip) -> None:
    """The truck is on its way; whoever pays less for it reads how much."""
    supplier = identity.names({trip.organization_id})[trip.organization_id]
    for door in queries.doors_of(trip.id):
        saved_rp = sum(each.saved_rp for each in door.orders if each.row.live)
        body = lazy("Hitung di depan sopir, lalu catat semua pesanan sekaligus.")
        if saved_rp:
            body = lazy(
                "Berbagi truk: ongkos truk Anda turun %(saved)s. Hitung di depan sopir.",
                saved=format_rp(saved_rp),
            )
        notices.notify(
            door.buyer.id,
            RECEIVERS,
            "trip_departed",
            lazy("Truk %(supplier)s sudah berangkat", supplier=supplier),
            body,
            f"/kiriman/pintu/{door.stop.id}",
        )


def announce_home(trip: DeliveryTrip, stop: TripStop, reason: str, again_on: date | None) -> None:
    """The buyer learns why nothing was handed over, and what comes next."""
    supplier = identity.names({trip.organization_id})[trip.organization_id]
    body = lazy("Alasan: %(reason)s. Barang itu tidak dikirim lagi.", reason=reason)
    if again_on is not None:
        day = format_date(again_on)
        body = lazy("Alasan: %(reason)s. Dikirim lagi %(day)s.", reason=reason, day=day)
    notices.notify(
        stop.buyer_id,
        RECEIVERS,
        "trip_home",
        lazy("Truk %(supplier)s membawa pulang barang Anda", supplier=supplier),
        body,
        f"/kiriman/pintu/{stop.id}",
    )
