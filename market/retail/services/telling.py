"""What the buyer is told when something does not come, and what happens to the money."""

from __future__ import annotations

from market.core import messages
from market.core.i18n import _, lazy
from market.core.money import format_rp
from market.core.permissions import Role
from market.identity import queries as identity
from market.notices.services import notify
from market.retail import queries, queries_parts
from market.retail.models import RetailOrder
from market.retail.services import paying

COUNTER = (Role.CASHIER, Role.SECRETARY)


def tell_refused(order_id: int, part_id: int) -> messages.Message:
    """The message to the buyer's phone; the counter is told, too. Raises NotFound."""
    order = queries.order_by_id(order_id)
    part = next(each for each in queries_parts.parts_of(order_id) if each.id == part_id)
    seller = identity.names({part.seller_id})[part.seller_id]
    title = lazy("%(seller)s tidak bisa memenuhi %(number)s", seller=seller, number=order.number)
    body = lazy("Alasan: %(reason)s. Pembeli sudah diberi tahu.", reason=part.reason)
    notify(order.organization_id, COUNTER, "part_refused", title, body, f"/penjualan/{order.id}")
    text = _(
        "%(seller)s tidak bisa memenuhi seluruh pesanan %(number)s. %(money)s %(link)s",
        seller=seller,
        number=order.number,
        money=money_word(order),
        link=messages.link(f"/pesanan-saya/{order.token}"),
    )
    key = f"retail-refused-{part_id}-{order.refused_rp}"
    return messages.Message(order.phone, _("Pesanan Anda"), text, channel="whatsapp", key=key)


def money_word(order: RetailOrder) -> str:
    """What happens to the money of what does not come, in one sentence."""
    payment = paying.payment_of(order)
    gone = format_rp(order.refused_rp)
    if payment is not None and payment.state == "paid":
        return _("%(gone)s dikembalikan kepada Anda.", gone=gone)
    if order.state not in queries.OPEN:
        return _("Tidak ada yang perlu dibayar.")
    return _("Anda membayar %(gone)s lebih sedikit: %(due)s.", gone=gone, due=format_rp(order.due_rp))
