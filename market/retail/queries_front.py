"""What the public pages of a shop need of it, in one statement."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select

from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.identity.models import Organization
from market.payments.models import MerchantAccount
from market.places.models import Place


@dataclass(frozen=True)
class Front:
    """A cooperative as its visitors see it; `payable` when it can be paid over the internet today."""

    id: int
    slug: str
    name: str
    address: str
    phone: str | None
    place_code: str | None
    village: str
    latitude: float | None
    longitude: float | None
    payable: bool


def front(slug: str) -> Front:
    """The cooperative at this address; raises NotFound for anybody else's."""
    today = clock.today()
    account = exists().where(
        MerchantAccount.organization_id == Organization.id,
        MerchantAccount.state == "active",
        MerchantAccount.valid_from_on <= today,
        or_(MerchantAccount.valid_until_on.is_(None), MerchantAccount.valid_until_on >= today),
    )
    query = (
        select(
            Organization.id,
            Organization.slug,
            Organization.name,
            Organization.address,
            Organization.phone,
            Organization.place_code,
            func.coalesce(Place.name, "").label("village"),
            Place.latitude,
            Place.longitude,
            account.label("payable"),
        )
        .outerjoin(Place, Place.code == Organization.place_code)
        .where(Organization.slug == slug, Organization.kind == "cooperative", Organization.active.is_(True))
    )
    found = db.session.execute(query).first()
    if found is None:
        raise NotFound(_("Toko tidak ditemukan."))
    return Front(**found._mapping)
