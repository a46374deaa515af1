"""Which suppliers are authorised sources of administered goods: noted by the office, with the paper."""

from __future__ import annotations

from datetime import date, timedelta

from market.commodities import queries as commodities
from market.core import clock, db
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity import queries as identity
from market.offers import queries
from market.offers.models import SupplierAuthorisation


def authorise_supplier(
    actor: Actor,
    supplier_id: int,
    commodity_id: int,
    *,
    valid_from_on: date,
    reference: str,
    valid_until_on: date | None = None,
    source: str = "",
) -> SupplierAuthorisation:
    """Note that a supplier may sell an administered good from a day on.

    Raises Forbidden, NotFound, Refused for goods that need no authorisation, dates out of order and
    an authorisation that is already held.
    """
    actor.require(Permission.SUPPLIER_AUTHORISE)
    if not 0 < supplier_id <= queries.MAX_ID or identity.organization(supplier_id).kind != "supplier":
        raise NotFound(_("Pemasok tidak ditemukan."))
    commodity = commodities.commodity(commodity_id)
    if commodity.handling != "administered":
        raise Refused(_("%(name)s boleh dijual siapa saja.", name=commodity.name), field="commodity_id")
    if valid_until_on is not None and valid_until_on < valid_from_on:
        raise Refused(_("Berakhir sebelum mulai berlaku."), field="valid_until_on")
    if queries.authorisation(supplier_id, commodity_id, valid_from_on) is not None:
        raise Refused(_("Pemasok ini sudah berizin pada tanggal itu."), field="supplier_id")
    made = SupplierAuthorisation(
        supplier_id=supplier_id,
        commodity_id=commodity_id,
        valid_from_on=valid_from_on,
        valid_until_on=valid_until_on,
        reference=reference,
        source=source,
        entered_by=actor.user_id,
        entered_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    return made


def end_authorisation(actor: Actor, authorisation_id: int) -> SupplierAuthorisation:
    """The supplier may not sell the good from today on; one that had not begun ends on its first day."""
    actor.require(Permission.SUPPLIER_AUTHORISE)
    found = None
    if 0 < authorisation_id <= queries.MAX_ID:
        found = db.session.get(SupplierAuthorisation, authorisation_id)
    if found is None:
        raise NotFound(_("Izin tidak ditemukan."))
    yesterday = clock.today() - timedelta(days=1)
    found.valid_until_on = max(found.valid_from_on, yesterday)
    db.session.flush()
    return found
