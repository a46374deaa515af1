"""The goods came: they are set aside for each buyer, and handed over by code."""

from __future__ import annotations

from sqlalchemy import update

from market.core import crypto, db, faults, quantity, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.ledger import services as ledger
from market.prepaid import postings, queries
from market.prepaid.models import PrepaidPool, PrepaidShare
from market.prepaid.services import online
from market.prepaid.services.paying import fresh_code
from market.stock import queries as shelf
from market.stock import services as stock

MAX_WRONG_CODES = 5


def mark_ready(actor: Actor, pool_id: int) -> PrepaidPool:
    """Set the goods of a fired pool aside, so that the shop sells them to nobody else.

    Raises Forbidden, NotFound, IllegalMove, Refused when the shelf does not hold enough for all buyers.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    pool = queries.pool_for(actor, pool_id, lock=True)
    states.advance(pool, "ready", actor)
    buyers = queries.shares_of(pool.id, ("paid",))
    item = stock.item_for_pack(pool.organization_id, pool.pack_id)
    wanted = sum(share.shares for share in buyers) * pool.share_base
    free = shelf.free_base(item.id)
    if wanted > free:
        unit = pool.pack.commodity.base_unit
        amounts = {"free": quantity.format_base(free, unit), "wanted": quantity.format_base(wanted, unit)}
        raise Refused(_("Di rak baru ada %(free)s, pembeli menunggu %(wanted)s.", **amounts))
    for share in buyers:
        base = share.shares * pool.share_base
        source = f"prepaid_share:{share.id}"
        promise = stock.reserve(actor, pool.organization_id, item.id, base, source, expires_at=None)
        states.advance(share, "ready", actor, also={"reservation_id": promise.id})
    faults.point("prepaid.ready")
    return pool


def collect_share(actor: Actor, share_id: int, pickup_code: str) -> PrepaidShare:
    """Hand the goods over: stock leaves, the advance becomes a sale. The last buyer closes the pool.

    Raises Forbidden, NotFound, IllegalMove, Refused at `pickup_code` (the edge counts it with
    `note_wrong_code`).
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    share = queries.share_for(actor, share_id)
    pool = queries.pool_for(actor, share.pool_id, lock=True)
    share = queries.share_for(actor, share_id, lock=True)
    if share.state == "ready":
        _require_code(share, pickup_code)
    states.advance(share, "collected", actor)
    source = f"prepaid_collected:{share.id}"
    move = stock.consume(actor, share.organization_id, share.reservation_id or 0, source)
    share.cost_rp = -move.value_rp
    db.session.flush()
    online.use(actor, share)
    faults.point("prepaid.collected")
    ledger.post(actor, share.organization_id, postings.for_collection(share))
    online.close_if_done(pool, actor)
    return share


def _require_code(share: PrepaidShare, pickup_code: str) -> None:
    if share.wrong_codes >= MAX_WRONG_CODES:
        raise Refused(_("Terlalu banyak kode salah. Minta pembeli membuat kode baru di halaman setorannya."))
    if not crypto.same(share.pickup_code, "".join(pickup_code.split())):
        raise Refused(_("Kode ambil tidak cocok."), field="pickup_code")


def note_wrong_code(share_id: int) -> None:
    """Count a wrong pickup code (in a transaction of its own: the refused one is rolled back)."""
    more = {"wrong_codes": PrepaidShare.wrong_codes + 1}
    db.session.execute(update(PrepaidShare).where(PrepaidShare.id == share_id).values(more))


def renew_code(token: str) -> PrepaidShare:
    """The buyer makes a new pickup code on the own page; wrong tries are forgotten."""
    share = queries.share_by_token(token, lock=True)
    if share.state not in ("paid", "ready"):
        raise Conflict(_("Setoran ini sudah berakhir."))
    share.pickup_code, share.wrong_codes = fresh_code(), 0
    db.session.flush()
    return share
