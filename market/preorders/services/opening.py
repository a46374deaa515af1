"""A cooperative opens a pre-order, and gives it up when nothing will come of it."""

from __future__ import annotations

from datetime import date, timedelta

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import clock, db, faults, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, lazy
from market.core.money import format_rp
from market.core.numbering import next_number
from market.core.parameters import Parameter
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.identity import queries as identity
from market.preorders import queries
from market.preorders.models import PreOrder
from market.preorders.services import telling
from market.stock import queries as stock

SERIES = "PRA"
AHEAD_DAYS = 60
MOST_UNITS = 50
MAX_REASON = 300
CONSUMER_CAP = "consumer_cap"
HOUSEHOLD_UNITS = Parameter(
    "preorders.household_units",
    10,
    "assumption: two sacks' worth of 5 kg packs is what a large household eats in two months",
    *(1, MOST_UNITS, lazy("Pra-pesan paling banyak per keluarga"), lazy("kemasan"), "cooperative"),
)


def open_preorder(
    actor: Actor,
    *,
    pack_id: int,
    bulk_pack_id: int | None = None,
    price_rp: int,
    closes_on: date,
    pickup_from_on: date,
    pickup_until_on: date,
    least_units: int = 1,
    most_units: int | None = None,
    goal_units: int | None = None,
    goal_price_rp: int | None = None,
    note: str | None = "",
) -> PreOrder:
    """Let residents order units of a retail pack, at `price_rp` per unit at most, until a day.

    Their sum will ask for whole `bulk_pack_id`s (the smallest that can be repacked, unless named). Raises
    Forbidden, NotFound, and Refused at the field: a price above HET, packs that do not divide, more per
    household than the law or the cooperative allows, dates out of order, a goal that is not cheaper.
    """
    actor.require(Permission.NEEDS_POST)
    if actor.organization_id is None or actor.user_id is None or actor.organization_kind != "cooperative":
        raise Refused(_("Hanya koperasi yang bisa membuka pra-pesan."))
    pack = commodities.pack(pack_id)
    if not pack.retail:
        raise Refused(_("Pilih kemasan eceran, yang dibawa pulang warga."), field="pack_id")
    bulk = _bulk(pack, bulk_pack_id)
    _check_price(actor.organization_id, pack, price_rp)
    _check_goal(price_rp, goal_units, goal_price_rp)
    _check_dates(closes_on, pickup_from_on, pickup_until_on)
    most = _most(actor.organization_id, pack, pickup_from_on, least_units, most_units)
    preorder = PreOrder(
        organization_id=actor.organization_id,
        number=next_number(actor.organization_id, SERIES),
        pack_id=pack.id,
        pack=pack,
        bulk_pack_id=bulk.id,
        bulk_pack=bulk,
        price_rp=price_rp,
        goal_units=goal_units,
        goal_price_rp=goal_price_rp,
        least_units=least_units,
        most_units=most,
        closes_at=clock.start_of(closes_on + timedelta(days=1)),
        pickup_from_on=pickup_from_on,
        pickup_until_on=pickup_until_on,
        note=clean(note or "", MAX_REASON),
        opened_by=actor.user_id,
        opened_role=actor.role.value,
        state_at=clock.now(),
    )
    db.session.add(preorder)
    db.session.flush()
    states.start(preorder, actor)
    faults.point("preorders.opened")
    return preorder


def _bulk(pack: Pack, bulk_pack_id: int | None) -> Pack:
    """The pack that the need asks for: the good's own when it is bought as it is sold."""
    if bulk_pack_id is None:
        fitting = [each for each in commodities.packs(bulk=True) if _divides(each, pack)]
        if not fitting:
            raise Refused(_("Tidak ada kemasan besar yang bisa dibagi menjadi kemasan ini."), field="pack_id")
        return min(fitting, key=lambda each: (each.id != pack.id, each.size_base))
    bulk = commodities.pack(bulk_pack_id)
    if not bulk.bulk or not _divides(bulk, pack):
        raise Refused(_("Kemasan besar ini tidak bisa dibagi menjadi kemasan itu."), field="bulk_pack_id")
    return bulk


def _divides(bulk: Pack, pack: Pack) -> bool:
    return bulk.id == pack.id or stock.divides(bulk, pack)


def _check_price(organization_id: int, pack: Pack, price_rp: int) -> None:
    if price_rp <= 0:
        raise Refused(_("Isi harga lebih dari nol."), field="price_rp")
    place_code = identity.organization(organization_id).place_code
    most = commodities.ceiling_rp(pack, place_code, clock.today())
    if most is not None and price_rp > most:
        raise Refused(_("Di atas HET %(most)s.", most=format_rp(most)), field="price_rp")


def _check_goal(price_rp: int, goal_units: int | None, goal_price_rp: int | None) -> None:
    if (goal_units is None) != (goal_price_rp is None):
        raise Refused(_("Isi jumlah dan harganya, atau kosongkan keduanya."), field="goal_price_rp")
    if goal_price_rp is not None and not 0 < goal_price_rp < price_rp:
        raise Refused(_("Harga saat ramai harus lebih murah."), field="goal_price_rp")


def _check_dates(closes_on: date, pickup_from_on: date, pickup_until_on: date) -> None:
    if not clock.today() <= closes_on <= clock.today() + timedelta(days=AHEAD_DAYS):
        raise Refused(_("Pilih tanggal dalam %(n)s hari ke depan.", n=AHEAD_DAYS), field="closes_on")
    if not closes_on < pickup_from_on <= closes_on + timedelta(days=AHEAD_DAYS):
        raise Refused(_("Barang diambil sesudah pra-pesan ditutup."), field="pickup_from_on")
    if not pickup_from_on <= pickup_until_on <= pickup_from_on + timedelta(days=14):
        raise Refused(_("Waktu mengambil paling lama 14 hari."), field="pickup_until_on")


def _most(organization_id: int, pack: Pack, on: date, least: int, most: int | None) -> int:
    """The most one household may order: what the cooperative says, and never more than the law."""
    allowed = min(MOST_UNITS, HOUSEHOLD_UNITS.value(organization_id=organization_id))
    quota = commodities.quota(pack, on, CONSUMER_CAP)
    if quota is not None:
        allowed = min(allowed, quota.amount_base // pack.size_base)
    if most is not None and most > allowed:
        text = _("Paling banyak %(most)s per keluarga untuk barang ini.", most=allowed)
        raise Refused(text, field="most_units")
    if not 0 < least <= (most or allowed):
        raise Refused(_("Paling sedikit harus antara 1 dan paling banyak."), field="least_units")
    return most or allowed


def give_up(actor: Actor, preorder_id: int, reason: str) -> PreOrder:
    """Nothing will come: every household is told why. Raises Forbidden, NotFound, Conflict, Refused."""
    actor.require(Permission.NEEDS_POST)
    preorder = queries.preorder_for(actor, preorder_id, lock=True)
    reason = clean(reason, MAX_REASON)
    if not reason:
        raise Refused(_("Tulis alasannya, warga membacanya."), field="reason")
    if preorder.state == "ready":
        raise Conflict(_("Barangnya sudah dibagi."))
    states.advance(preorder, "cancelled", actor, reason)
    for wish in queries.wishes_of(preorder.id, ("asked",), lock=True):
        states.advance(wish, "unmet", actor, reason)
        telling.tell(wish)
    faults.point("preorders.given_up")
    return preorder
