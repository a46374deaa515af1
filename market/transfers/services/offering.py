"""Slow stock becomes an offer to the neighbours, and ceases to be one."""

from __future__ import annotations

from datetime import timedelta

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import clock, db, faults, states
from market.core.errors import Refused
from market.core.i18n import _, lazy, stored
from market.core.money import format_rp
from market.core.numbering import next_number
from market.core.parameters import Parameter
from market.core.permissions import SYSTEM, Actor, Permission, Role
from market.core.text import clean
from market.identity import queries as identity
from market.needs import services as needs
from market.notices.services import notify
from market.stock import queries as stock_queries
from market.stock import services as stock
from market.stock.models import StockItem
from market.transfers import queries
from market.transfers.models import StockTransfer

SERIES = "AK"
OFFER_DAYS = Parameter(
    "transfers.offer_days",
    14,
    "assumption: two weeks, one usual cycle",
    *(1, 90, lazy("Tawaran ke tetangga berlaku selama"), lazy("hari")),
)
NEAR_HOURS = Parameter(
    "transfers.near_hours",
    24,
    "assumption: a day in which the nearest needs come first",
    *(1, 168, lazy("Kebutuhan terdekat didahulukan selama"), lazy("jam")),
)
DECIDERS = (Role.TREASURER, Role.CHAIR)
MAX_REASON = 300


def offer_stock(
    actor: Actor, item_id: int, packs: int | None = None, price_rp: int | None = None
) -> StockTransfer:
    """Offer slow stock to the cooperatives of the city: all that is free, at cost, unless told otherwise.

    Raises Forbidden, NotFound, and Refused at `packs` or `price_rp` for more than is free, a price above cost
    or HET, or a good that may not be passed on.
    """
    actor.require(Permission.STOCK_OFFER)
    item = stock_queries.item_for(actor, item_id)
    reason = hindrance(item)
    if reason is not None or item.pack_id is None:
        raise Refused(reason or "")
    pack = commodities.pack(item.pack_id)
    free, cost = queries.free_packs(item, pack), queries.cost_per_pack(item, pack)
    packs, price_rp = free if packs is None else packs, cost if price_rp is None else price_rp
    if not 0 < packs <= free:
        raise Refused(
            _("Yang bebas %(free)s %(word)s.", free=max(0, free), word=pack.unit_word), field="packs"
        )
    home = identity.organization(item.organization_id)
    _check_price(actor, pack, home.place_code or "", price_rp, cost)
    lot = _lot(actor, item, pack, packs, price_rp, home.place_code or "")
    faults.point("transfers.offered")
    _tell_nearest(lot, home.name)
    return lot


def hindrance(item: StockItem) -> str | None:
    """Why this good cannot be offered to neighbours now; None when it can."""
    if not item.owned:
        return _("Barang titipan bukan milik koperasi.")
    if item.pack_id is None:
        return _("Hanya barang dalam kemasan baku yang bisa ditawarkan.")
    pack = commodities.pack(item.pack_id)
    if not pack.commodity.resale_allowed:
        why = pack.commodity.note
        return _("%(name)s tidak boleh dijual lagi: %(why)s.", name=pack.commodity.name, why=_(why))
    if not pack.bulk:
        return _("Kemasan eceran tidak dicari koperasi lain. Jual di toko.")
    if queries.days_still(item) < queries.SLOW_DAYS.value(organization_id=item.organization_id):
        return _("Barang ini masih bergerak.")
    expires_on = stock_queries.earliest_expiry(item.id)
    if expires_on is not None and expires_on <= clock.today():
        return _("Ada yang sudah kedaluwarsa. Hapus dahulu dari stok.")
    if queries.free_packs(item, pack) <= 0:
        return _("Semua sudah dipesan atau ditawarkan.")
    if queries.cost_per_pack(item, pack) <= 0:
        return _("Barang ini tidak punya nilai di buku.")
    return None


def _check_price(actor: Actor, pack: Pack, place_code: str, price_rp: int, cost_rp: int) -> None:
    if price_rp <= 0:
        raise Refused(_("Isi harga lebih dari nol."), field="price_rp")
    if price_rp > cost_rp:
        most = format_rp(cost_rp)
        raise Refused(_("Paling tinggi sama dengan harga beli, %(most)s.", most=most), field="price_rp")
    if price_rp < cost_rp and not actor.may(Permission.STOCK_WRITE_OFF_APPROVE):
        raise Refused(_("Di bawah harga beli berarti rugi: minta bendahara atau ketua."), field="price_rp")
    require_ceiling(pack, place_code, price_rp)


def require_ceiling(pack: Pack, place_code: str, price_rp: int) -> None:
    """Raise Refused at `price_rp` when a pack would cost more than the HET of the place."""
    most = commodities.ceiling_rp(pack, place_code, clock.today())
    if most is not None and price_rp > most:
        raise Refused(_("Di atas HET %(most)s.", most=format_rp(most)), field="price_rp")


def _lot(
    actor: Actor, item: StockItem, pack: Pack, packs: int, price_rp: int, place_code: str
) -> StockTransfer:
    now = clock.now()
    lot = StockTransfer(
        organization_id=item.organization_id,
        number=next_number(item.organization_id, SERIES),
        item_id=item.id,
        pack_id=pack.id,
        pack=pack,
        city_code=place_code[:4],
        place_code=place_code,
        packs=packs,
        price_rp=price_rp,
        offered_at=now,
        near_until=now + timedelta(hours=NEAR_HOURS.value()),
        ends_at=now + timedelta(days=OFFER_DAYS.value()),
        state_at=now,
    )
    db.session.add(lot)
    db.session.flush()
    states.start(lot, actor)
    return lot


def split_off(actor: Actor, lot: StockTransfer, packs: int) -> StockTransfer:
    """Leave `packs` in the lot; the rest stays on offer as a lot of its own until the same day."""
    copied = ("organization_id", "item_id", "pack_id", "city_code", "place_code", "price_rp")
    times = ("offered_at", "near_until", "ends_at")
    rest = StockTransfer(
        **{name: getattr(lot, name) for name in (*copied, *times)},
        pack=lot.pack,
        number=next_number(lot.organization_id, SERIES),
        packs=lot.packs - packs,
        carried_from_id=lot.id,
        state_at=clock.now(),
    )
    lot.packs = packs
    db.session.add(rest)
    db.session.flush()
    states.start(rest, actor, stored("sisa yang belum diambil"))
    return rest


def _tell_nearest(lot: StockTransfer, giver: str) -> None:
    for wish in queries.wishes(lot):
        if wish.packs:
            title = lazy("Tetangga menawarkan %(good)s", good=lot.pack.name)
            body = lazy(
                "%(giver)s punya %(packs)s %(word)s untuk kebutuhan Anda, %(price)s per %(word)s.",
                giver=giver,
                packs=wish.packs,
                word=lot.pack.unit_word,
                price=format_rp(lot.price_rp),
            )
            notify(wish.need.organization_id, DECIDERS, "lot_offered", title, body, path_of(lot))


def path_of(lot: StockTransfer) -> str:
    """The page of a lot."""
    return f"/antarkoperasi/{lot.id}"


def withdraw_stock(actor: Actor, transfer_id: int, reason: str) -> StockTransfer:
    """Take a lot back before it is sent: the giver while nobody or somebody took it, the receiver its own.

    Raises Forbidden, NotFound, IllegalMove, Refused without a reason.
    """
    lot = queries.transfer_for(actor, transfer_id, lock=True)
    ours = lot.organization_id == actor.organization_id
    actor.require(Permission.STOCK_OFFER if ours else Permission.NEEDS_APPROVE)
    if not ours and lot.receiver_id != actor.organization_id:
        raise Refused(_("Barang ini milik koperasi lain."))
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    end(actor, lot, "withdrawn", clean(reason, MAX_REASON))
    other = lot.receiver_id if ours else lot.organization_id
    if other is not None:
        title = lazy("Barang %(number)s batal dikirim", number=lot.number)
        notify(other, DECIDERS, "lot_withdrawn", title, clean(reason, MAX_REASON), path_of(lot))
    return lot


def end(actor: Actor, lot: StockTransfer, target: str, reason: str) -> None:
    """A lot that was not sent ends: its goods are free again, the need goes back to the pool."""
    states.advance(lot, target, actor, reason)
    if lot.reservation_id is not None:
        stock.release(actor, lot.organization_id, lot.reservation_id)
    if lot.need_id is not None:
        needs.return_to_open(
            SYSTEM, lot.need_id, stored("barang tetangga %(number)s batal", number=lot.number)
        )


def lapse_old() -> int:
    """End lots that nobody took, or nobody sent, in time; returns how many (a scheduled job)."""
    late = queries.overdue(clock.now())
    for lot in late:
        end(SYSTEM, lot, "lapsed", stored("lewat batas waktu"))
    return len(late)


def lapse_payments() -> int:
    """Close payments that nobody decided within 72 hours; returns how many (a scheduled job)."""
    stale = queries.stale_payments()
    for payment in stale:
        states.advance(payment, "lapsed", SYSTEM, stored("lewat 72 jam"))
    return len(stale)
