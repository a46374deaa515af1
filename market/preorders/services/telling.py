"""What a household is told, on its telephone: that its goods wait, or that none came."""

from __future__ import annotations

from market.core import db, jobs, messages
from market.core.i18n import _, format_date
from market.identity import queries as identity
from market.preorders import queries
from market.preorders.models import PreOrderWish


def tell(wish: PreOrderWish) -> None:
    """Write to the household once what became of its wish."""
    jobs.enqueue("preorder_told", {"wish_id": wish.id}, unique_key=f"preorder_told:{wish.id}:{wish.state}")


def letter(wish_id: int) -> messages.Message | None:
    """The message to a household; None when there is nothing to say any more."""
    wish = db.session.get_one(PreOrderWish, wish_id)
    preorder = queries.preorder_by_id(wish.preorder_id)
    shop = identity.names({wish.organization_id})[wish.organization_id]
    link = messages.link(f"/pra-pesan-saya/{wish.token}")
    if wish.state == "ready":
        text = _(
            "%(shop)s: %(n)s %(good)s Anda siap diambil %(since)s sampai %(until)s. Kode ambil: %(link)s",
            shop=shop,
            n=wish.given,
            good=preorder.pack.name,
            since=format_date(preorder.pickup_from_on),
            until=format_date(preorder.pickup_until_on),
            link=link,
        )
    elif wish.state == "unmet":
        text = _(
            "%(shop)s: pra-pesan %(good)s belum dapat barang untuk Anda. "
            "Tidak ada yang perlu dibayar. %(link)s",
            shop=shop,
            good=preorder.pack.name,
            link=link,
        )
    else:
        return None
    return messages.Message(
        wish.phone, _("Pra-pesan"), text, channel="whatsapp", key=f"preorder-{wish.id}-{wish.state}"
    )
