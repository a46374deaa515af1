"""The seller's own numbers, hints and calendar."""

from __future__ import annotations

from flask import render_template, request, url_for
from markupsafe import Markup

from market.core.i18n import _
from market.core.money import format_rp
from market.core.permissions import Permission
from market.payments import queries_earnings
from market.retail import services as retail
from market.reviews import queries as reviews
from market.sellers import queries
from market.sellers.queries.advice import Hint
from market.sellers.routes.blueprint import bp, own_shop
from market.web import charts
from market.web.access import current_actor, requires

COMING = 6
"""How many payout days are shown."""


@bp.get("/usaha-saya")
@requires(Permission.EARNINGS_KEEP)
def show_own() -> str:
    """Sold, earned, looked at, refused; two things to do today; when money comes."""
    shop, me = own_shop(), current_actor().organization_id or 0
    asked = request.args.get("per", "")
    period = asked if asked in queries.PERIODS else "hari"
    found = queries.numbers(shop.id, me, period)
    return render_template(
        "sellers/show_own.html",
        shop=shop,
        numbers=found,
        period=period,
        periods=queries.PERIODS,
        picture=_picture(found),
        hints=[(hint, _href(hint)) for hint in queries.hints(shop.id, me)[:2]],
        owed=queries_earnings.owed_to(shop.id, me),
        days=queries_earnings.payout_days(shop.id, COMING),
        cap=retail.monthly_cap(shop.id, me),
        rating=reviews.seller_rating(shop.id, me),
    )


def _href(hint: Hint) -> str:
    if hint.product_id is None:
        return url_for(hint.endpoint)
    return url_for(hint.endpoint, product_id=hint.product_id)


def _picture(found: queries.Numbers) -> Markup:
    return charts.columns(
        [(point.label, point.earned_rp, format_rp(point.earned_rp)) for point in found.points],
        title=_("Hak Anda"),
        heads=[_("Waktu"), _("Hak Anda"), _("Terjual"), _("Pesanan"), _("Dilihat")],
        rows=[
            [each.label, format_rp(each.earned_rp), str(each.sold), str(each.orders), str(each.views)]
            for each in found.points
        ],
    )
