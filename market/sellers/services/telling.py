"""A seller whom nobody orders from hears it once, with two things that she can do today."""

from __future__ import annotations

from sqlalchemy import select

from market.core import clock, db
from market.core.i18n import lazy
from market.core.permissions import Role
from market.notices.models import Notice
from market.notices.services import notify
from market.sellers import queries

KIND = "seller_quiet"


def tell_quiet() -> int:
    """Tell every quiet seller once per silence; returns how many (a scheduled job)."""
    told = 0
    for seller in queries.quiet_sellers():
        if _told_since(seller):
            continue
        hints = queries.hints(seller.cooperative_id, seller.seller_id)[:2]
        if not hints:
            continue
        title = lazy("Sudah %(days)s hari belum ada pesanan", days=seller.days)
        body = lazy("%(first)s %(second)s", first=hints[0].text, second=hints[1].text if hints[1:] else "")
        notify(seller.seller_id, (Role.SELLER_OWNER,), KIND, title, body, "/usaha-saya")
        told += 1
    return told


def _told_since(seller: queries.QuietSeller) -> bool:
    query = select(Notice.id).where(
        Notice.organization_id == seller.seller_id,
        Notice.kind == KIND,
        Notice.created_at >= clock.start_of(seller.since_on),
    )
    return db.session.scalar(query.limit(1)) is not None
