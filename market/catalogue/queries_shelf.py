"""The version of the shelf: as long as it stays, every public page of the market stays as it is that day."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from market.catalogue.models_finding import ShelfChange
from market.core import db
from market.identity.models import Organization

EVERYWHERE = 0

_shop = select(Organization.id).where(Organization.slug == bindparam("slug")).scalar_subquery()
_ALL = select(func.coalesce(func.sum(ShelfChange.moves), 0))
_ONE = _ALL.where(ShelfChange.cooperative_id.in_((EVERYWHERE, _shop)))


def version(slug: str = "") -> int:
    """A number that grows with every committed change which visitors can see; with `slug` at that shop alone.

    One statement. Read it before what it stands for: then a page may only be newer than its version.
    """
    query = _ONE if slug else _ALL
    with db.browsing() as connection:
        return int(connection.execute(query, {"slug": slug} if slug else {}).scalar_one())
