"""Until when a buyer may give an order up, in the words that are shown before ordering and after."""

from __future__ import annotations

from collections.abc import Iterable

from market.core.i18n import _
from market.retail import queries, queries_delivery, queries_parts
from market.retail.models import RetailOrder
from market.retail.models_delivery import RetailDelivery
from market.retail.models_parts import RetailPart


def why_not(order: RetailOrder) -> str:
    """Why the buyer cannot give the order up any more; "" while they can."""
    if order.state not in queries.OPEN:
        return _("Pesanan ini sudah berakhir.")
    return why_not_of(order, queries_delivery.delivery_of(order.id), queries_parts.parts_of(order.id))


def why_not_of(order: RetailOrder, delivery: RetailDelivery | None, parts: Iterable[RetailPart]) -> str:
    """The same where its delivery and parts have been read already."""
    if order.state not in queries.OPEN:
        return _("Pesanan ini sudah berakhir.")
    if delivery is not None and delivery.state == "on_the_way":
        return _("Kurir sudah di jalan. Pesanan tidak bisa dibatalkan lagi.")
    if order.state == "ready":
        return _("Barang sudah dikemas. Hubungi koperasi bila Anda berubah pikiran.")
    away = [part for part in parts if part.place == "away"]
    if any(part.state in ("packed", "ready") for part in away):
        return _("Ada barang yang sudah dibuat untuk Anda. Pesanan tidak bisa dibatalkan lagi.")
    return ""


def rules(made_to_order: Iterable[str]) -> list[str]:
    """The rules of cancelling an order, for its page and for paper; names of goods that are made to order."""
    names = ", ".join(made_to_order)
    found = [_("Anda bisa membatalkan sendiri sampai barang dikemas. Uang yang sudah dibayar dikembalikan.")]
    if names:
        found.append(
            _("Dibuat sesuai pesanan, tidak bisa dibatalkan begitu selesai dibuat: %(names)s.", names=names)
        )
    found.append(_("Yang tidak bisa dipenuhi penjual dibatalkan sebagian dan uangnya kembali."))
    return found
