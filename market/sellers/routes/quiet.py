"""Who sells nothing: for the cooperative, and for the office of its area."""

from __future__ import annotations

from flask import render_template

from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Permission
from market.sellers import queries
from market.sellers.routes.blueprint import bp
from market.web.access import current_actor, requires


@bp.get("/umkm-sepi")
@requires(Permission.PRODUCTS_VIEW)
def index_quiet() -> str:
    """The cooperative's sellers whom nobody orders from, and what each could do."""
    actor = current_actor()
    if actor.organization_kind != "cooperative":
        raise NotFound(_("Halaman ini untuk koperasi."))
    shop_id = actor.organization_id or 0
    return _page(queries.quiet_sellers(shop_id), queries.exposure(shop_id))


@bp.get("/papan/umkm")
@requires(Permission.BOARD_VIEW)
def index_quiet_office() -> str:
    """The same for every cooperative of the office's area."""
    scope = current_actor().scope_code or "?"
    return _page(queries.quiet_sellers(scope_code=scope), queries.exposure(scope_code=scope), office=True)


def _page(found: list[queries.QuietSeller], exposure: queries.Exposure, office: bool = False) -> str:
    hints = {each.seller_id: queries.hints(each.cooperative_id, each.seller_id)[:2] for each in found[:30]}
    return render_template(
        "sellers/index_quiet.html", found=found, exposure=exposure, hints=hints, office=office
    )
