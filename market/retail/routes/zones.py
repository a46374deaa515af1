"""The board's page of where the shop delivers to."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from market.core import clock
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.places import queries as places
from market.retail import queries_delivery, services
from market.retail.forms_board import DAYS, EVERY_DAY, ZoneForm
from market.retail.routes.blueprint import Answer, bp
from market.web.access import current_actor, requires


def days_in_words(mask: int) -> str:
    """ "Senin, Rabu" of a bit mask; every day has a word of its own."""
    if mask == EVERY_DAY:
        return _("setiap hari")
    return ", ".join(str(label) for label, bit in DAYS if mask & bit)


bp.add_app_template_global(days_in_words, "days_in_words")


def _form() -> ZoneForm:
    shop = identity.organization(current_actor().organization_id or 0)
    near = places.villages_of(shop.place_code[:6]) if shop.place_code else []
    begin = {
        "from_hour": 8,
        "until_hour": 17,
        "valid_from_on": clock.today(),
        "days": [str(bit) for _label, bit in DAYS],
        "villages": [shop.place_code] if shop.place_code else [],
        "cash": True,
    }
    return ZoneForm.load(
        begin,
        villages=[(each.code, each.name) for each in near],
        days=[(str(bit), str(label)) for label, bit in DAYS],
    )


def _page(form: ZoneForm) -> str:
    zones = queries_delivery.zones_of(current_actor().organization_id or 0)
    return render_template(
        "retail/index_zones.html",
        zones=zones,
        villages=queries_delivery.villages_of_zones(zones),
        form=form,
        today=clock.today(),
    )


@bp.get("/penjualan/wilayah-antar")
@requires(Permission.RETAIL_VIEW)
def index_zones() -> str:
    """Zones in force, and one form for a new one."""
    return _page(_form())


@bp.post("/penjualan/wilayah-antar")
@requires(Permission.DELIVERY_KEEP)
def create_zone() -> Answer:
    """A zone from a day on."""
    form = _form()
    if form.validate():
        with form.guard():
            typed = form.values()
            terms = services.ZoneTerms(
                fee_rp=typed["fee_rp"],
                free_from_rp=typed["free_from_rp"],
                minimum_rp=typed["minimum_rp"] or 0,
                days=sum(int(bit) for bit in typed["days"]),
                from_hour=typed["from_hour"],
                until_hour=typed["until_hour"],
                cash=typed["cash"],
            )
            villages = typed["villages"]
            services.add_zone(current_actor(), typed["name"], villages, terms, typed["valid_from_on"])
            flash(_("Wilayah antar tersimpan."))
            return redirect(url_for("retail.index_zones"), 303)
    return _page(form), 422


@bp.post("/penjualan/wilayah-antar/<int:zone_id>/akhir")
@requires(Permission.DELIVERY_KEEP)
def create_zone_end(zone_id: int) -> Answer:
    """The zone ends with today."""
    services.end_zone(current_actor(), zone_id)
    flash(_("Wilayah antar ini berakhir hari ini. Pesanan yang sudah masuk tetap diantar."))
    return redirect(url_for("retail.index_zones"), 303)
