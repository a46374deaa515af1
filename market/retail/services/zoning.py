"""Where a shop delivers to: zones of villages with a fee rule, each in force from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from market.catalogue.models import Product
from market.commodities.models import Commodity, Pack
from market.core import clock, db
from market.core.errors import Refused
from market.core.i18n import _
from market.core.money import format_rp
from market.core.permissions import Actor, Permission
from market.places import queries as places
from market.retail import queries_delivery
from market.retail.models_delivery import DeliveryZone, DeliveryZoneVillage

MOST_VILLAGES = 60
LOOK_AHEAD_DAYS = 14


@dataclass(frozen=True)
class ZoneTerms:
    """What a zone asks; rupiah, hours of the day in Jakarta, `days` a bit mask with Monday = 1."""

    fee_rp: int
    free_from_rp: int | None = None
    minimum_rp: int = 0
    days: int = 127
    from_hour: int = 8
    until_hour: int = 17
    cash: bool = True


@dataclass(frozen=True)
class Door:
    """Where the buyer wants the goods brought, and whether the courier is paid in cash."""

    place_code: str
    address: str
    landmark: str = ""
    cash: bool = False


def add_zone(
    actor: Actor, name: str, villages: Sequence[str], terms: ZoneTerms, valid_from_on: date
) -> DeliveryZone:
    """A zone from a day on; for a village in several the newest counts.

    Raises Forbidden, NotFound for an unknown village, Refused for none or too many, hours or days that are
    none, or a day that is over.
    """
    actor.require(Permission.DELIVERY_KEEP)
    _check(villages, terms, valid_from_on)
    zone = DeliveryZone(
        organization_id=actor.organization_id,
        name=name,
        fee_rp=terms.fee_rp,
        free_from_rp=terms.free_from_rp or None,
        minimum_rp=terms.minimum_rp,
        days=terms.days,
        from_hour=terms.from_hour,
        until_hour=terms.until_hour,
        cash=terms.cash,
        valid_from_on=valid_from_on,
        entered_by=actor.user_id,
    )
    db.session.add(zone)
    db.session.flush()
    for code in dict.fromkeys(villages):
        row = DeliveryZoneVillage(
            organization_id=zone.organization_id, zone_id=zone.id, place_code=places.village(code).code
        )
        db.session.add(row)
    db.session.flush()
    return zone


def _check(villages: Sequence[str], terms: ZoneTerms, valid_from_on: date) -> None:
    if not villages:
        raise Refused(_("Pilih paling sedikit satu kelurahan."), field="villages")
    if len(villages) > MOST_VILLAGES:
        raise Refused(_("Paling banyak %(most)s kelurahan.", most=MOST_VILLAGES), field="villages")
    if not 0 <= terms.from_hour < terms.until_hour <= 24:
        raise Refused(_("Jam selesai harus sesudah jam mulai."), field="until_hour")
    if not 1 <= terms.days <= 127:
        raise Refused(_("Pilih paling sedikit satu hari."), field="days")
    if valid_from_on < clock.today():
        raise Refused(_("Perubahan berlaku paling cepat hari ini."), field="valid_from_on")


def end_zone(actor: Actor, zone_id: int) -> DeliveryZone:
    """From tomorrow on nobody orders by this zone; what was ordered is still brought."""
    actor.require(Permission.DELIVERY_KEEP)
    zone = queries_delivery.zone_for(actor, zone_id, lock=True)
    zone.valid_until_on = max(zone.valid_from_on, clock.today())
    db.session.flush()
    return zone


def zone_for_order(cooperative_id: int, door: Door, goods_rp: int) -> DeliveryZone:
    """The zone that brings goods of this worth to the door; raises Refused at the field that is wrong."""
    zone = queries_delivery.zone_of(cooperative_id, door.place_code)
    if zone is None:
        raise Refused(_("Koperasi ini belum mengantar ke kelurahan itu."), field="place_code")
    if goods_rp < zone.minimum_rp:
        least = format_rp(zone.minimum_rp)
        raise Refused(_("Diantar mulai belanja %(least)s.", least=least), field="place_code")
    if door.cash and not zone.cash:
        raise Refused(_("Ke kelurahan itu bayar lewat internet dahulu."), field="pay")
    return zone


def fee_rp(zone: DeliveryZone, goods_rp: int) -> int:
    """What bringing goods of this worth costs."""
    free = zone.free_from_rp is not None and goods_rp >= zone.free_from_rp
    return 0 if free else zone.fee_rp


def due_on(zone: DeliveryZone, ready_on: date | None = None) -> date:
    """The next day from `ready_on` on which the zone is served: today while its hours are not over."""
    now = clock.wib(clock.now())
    start = now.date() if now.hour < zone.until_hour else now.date() + timedelta(days=1)
    start = max(start, ready_on or start)
    for ahead in range(LOOK_AHEAD_DAYS):
        day = start + timedelta(days=ahead)
        if zone.days >> day.weekday() & 1:
            return day
    raise ValueError("a zone without days")


def require_deliverable(village: str | None, products: Sequence[Product], door: Door) -> None:
    """Goods that may not be sold over the internet stay in the shop's own village: rule of the commodity.

    Raises Refused that names the good.
    """
    if door.place_code == village:
        return
    for product in products:
        if product.pack_id is None:
            continue
        pack = db.session.get_one(Pack, product.pack_id)
        if not db.session.get_one(Commodity, pack.commodity_id).online_allowed:
            name = product.name
            raise Refused(
                _("%(name)s barang bersubsidi: tidak diantar ke kelurahan lain.", name=name),
                field="place_code",
            )
