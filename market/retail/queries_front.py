"""What the public pages of a shop need of it, in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, func, or_, select

from market.catalogue.models_permits import Permit
from market.catalogue.queries_permits import MAX_ID, public
from market.core import clock, db, parameters
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.parameters import Parameter
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


@lru_cache(maxsize=2)
def _columns(today: date) -> Select[*tuple[Any, ...]]:
    account = exists().where(
        MerchantAccount.organization_id == Organization.id,
        MerchantAccount.state == "active",
        MerchantAccount.valid_from_on <= today,
        or_(MerchantAccount.valid_until_on.is_(None), MerchantAccount.valid_until_on >= today),
    )
    return (
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
        .where(Organization.kind == "cooperative", Organization.active.is_(True))
    )


def _read(query: Select[*tuple[Any, ...]], **values: Any) -> tuple[Front, list[Row[Any]]]:
    rows = list(db.session.execute(query, values))
    if not rows:
        raise NotFound(_("Toko tidak ditemukan."))
    facts = rows[0]._mapping
    return Front(**{each.name: facts[each.name] for each in fields(Front)}), rows


# Built once a day, not at each request: building took longer than asking.
_slug = Organization.slug == bindparam("slug")


@lru_cache(maxsize=2)
def _for_product(today: date) -> Select[*tuple[Any, ...]]:
    return (
        _columns(today)
        .outerjoin(Permit, public(bindparam("product_id")))
        .add_columns(Permit.kind, Permit.number, Permit.example)
        .where(_slug)
        .order_by(Permit.id)
    )


@lru_cache(maxsize=8)
def _with(today: date, asked: tuple[Parameter, ...]) -> Select[*tuple[Any, ...]]:
    columns = (parameters.column_of(each, Organization.id).label(each.name) for each in asked)
    return _columns(today).add_columns(*columns).where(_slug)


def front(slug: str) -> Front:
    """The cooperative at this address; raises NotFound for anybody else's."""
    return _read(_with(clock.today(), ()), slug=slug)[0]


def front_for_product(slug: str, product_id: int) -> tuple[Front, list[Row[Any]]]:
    """The cooperative, and the checked permits (kind, number, example) that a product is shown with."""
    shop, rows = _read(_for_product(clock.today()), slug=slug, product_id=min(product_id, MAX_ID))
    return shop, [row for row in rows if row.kind is not None]


def front_with(slug: str, asked: Iterable[Parameter]) -> tuple[Front, dict[str, int]]:
    """The cooperative, and today's value of some of its parameters by name."""
    wanted = tuple(asked)
    shop, rows = _read(_with(clock.today(), wanted), slug=slug)
    return shop, {each.name: rows[0]._mapping[each.name] for each in wanted}
