"""A pool is opened by one person and approved by another: both mean the purchase that it will fire."""

from __future__ import annotations

from datetime import date, timedelta

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import approvals, clock, db, faults, states
from market.core.errors import Refused
from market.core.i18n import _, lazy
from market.core.money import format_rp
from market.core.numbering import next_number
from market.core.parameters import Parameter
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.identity import queries as identity
from market.needs import services as needs
from market.prepaid import queries
from market.prepaid.models import PrepaidPool

SERIES = "SB"
AHEAD_DAYS = 60
MAX_SHARES = 1_000
MAX_PACKS = 100_000
MAX_REASON = 300
REFUND_DAYS = Parameter(
    "prepaid.refund_days",
    3,
    "assumption: two office days and one to spare",
    *(1, 14, lazy("Setoran dikembalikan paling lambat dalam"), lazy("hari")),
)


def open_pool(
    actor: Actor,
    *,
    pack_id: int,
    price_rp: int,
    min_packs: int,
    closes_on: date,
    delivery_on: date,
    shares_per_pack: int = 1,
    max_packs: int | None = None,
) -> PrepaidPool:
    """Propose a pool for a bulk pack at `price_rp` per share; a second person opens it for payments.

    Raises Forbidden, NotFound, and Refused at the field that breaks a rule: shares that do not divide the
    pack, a price above HET or below the fixed buying price, dates that are over or out of order.
    """
    actor.require(Permission.NEEDS_POST)
    if actor.organization_id is None or actor.user_id is None or actor.organization_kind != "cooperative":
        raise Refused(_("Hanya koperasi yang bisa membuka setor beli."))
    pack = commodities.pack(pack_id)
    _check_pack(pack, shares_per_pack)
    _check_price(actor.organization_id, pack, price_rp * shares_per_pack)
    most = max_packs or min_packs
    if not 0 < min_packs <= most <= MAX_PACKS:
        raise Refused(_("Paling banyak harus sama atau lebih dari paling sedikit."), field="max_packs")
    _check_dates(closes_on, delivery_on)
    pool = PrepaidPool(
        organization_id=actor.organization_id,
        number=next_number(actor.organization_id, SERIES),
        pack_id=pack.id,
        pack=pack,
        shares_per_pack=shares_per_pack,
        price_rp=price_rp,
        min_packs=min_packs,
        max_packs=most,
        closes_at=clock.start_of(closes_on + timedelta(days=1)),
        delivery_on=delivery_on,
        refund_by_on=closes_on + timedelta(days=REFUND_DAYS.value()),
        opened_by=actor.user_id,
        opened_role=actor.role.value,
        state_at=clock.now(),
    )
    db.session.add(pool)
    db.session.flush()
    states.start(pool, actor)
    approvals.propose(actor, queries.POOL, pool)
    return pool


def _check_pack(pack: Pack, shares_per_pack: int) -> None:
    if not pack.bulk:
        raise Refused(_("Kemasan ini dijual eceran. Pilih kemasan besar."), field="pack_id")
    if not 0 < shares_per_pack <= MAX_SHARES or pack.size_base % shares_per_pack:
        raise Refused(_("Isi kemasan tidak habis dibagi sebanyak itu."), field="shares_per_pack")


def _check_price(organization_id: int, pack: Pack, pack_rp: int) -> None:
    """What all shares of a pack cost stays within the law and can pay for the pack."""
    home = identity.organization(organization_id).place_code or ""
    outlook = needs.price_outlook(pack, home)
    if pack_rp <= 0:
        raise Refused(_("Isi harga lebih dari nol."), field="price_rp")
    if outlook.ceiling_rp is not None and pack_rp > outlook.ceiling_rp:
        most = format_rp(outlook.ceiling_rp)
        raise Refused(_("Di atas HET: satu kemasan paling tinggi %(most)s.", most=most), field="price_rp")
    if outlook.fixed_rp is not None and pack_rp < outlook.fixed_rp:
        least = format_rp(outlook.fixed_rp)
        raise Refused(_("Di bawah harga beli resmi %(least)s per kemasan.", least=least), field="price_rp")


def _check_dates(closes_on: date, delivery_on: date) -> None:
    if not clock.today() <= closes_on <= clock.today() + timedelta(days=AHEAD_DAYS):
        raise Refused(_("Pilih tanggal dalam %(n)s hari ke depan.", n=AHEAD_DAYS), field="closes_on")
    if not closes_on < delivery_on <= closes_on + timedelta(days=AHEAD_DAYS):
        raise Refused(_("Barang datang sesudah setoran ditutup."), field="delivery_on")


def decide_pool(actor: Actor, pool_id: int, approve: bool, reason: str = "") -> PrepaidPool:
    """Open a proposed pool for payments, or refuse it with a reason; never one's own.

    Raises Forbidden, NotFound, Refused for one's own, a decided or lapsed one, and one whose days are over.
    """
    actor.require(Permission.NEEDS_APPROVE)
    pool = queries.pool_for(actor, pool_id, lock=True)
    if not approve and not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    waiting = approvals.waiting(queries.POOL, pool, pool.organization_id)
    if waiting is None:
        raise Refused(_("Usulan ini sudah diputuskan atau lewat 72 jam."))
    if approve and pool.closes_at <= clock.now():
        raise Refused(_("Waktu setornya sudah lewat. Tolak, lalu buka yang baru."))
    reason = clean(reason, MAX_REASON)
    approvals.decide(actor, waiting.id, approve, reason)
    if approve:
        _check_price(pool.organization_id, pool.pack, pool.price_rp * pool.shares_per_pack)
        signed = {"approved_by": actor.user_id, "approved_role": actor.role.value}
        states.advance(pool, "open", actor, reason, also=signed)
    else:
        states.advance(pool, "rejected", actor, reason)
    faults.point("prepaid.decided")
    return pool
