"""The supplier's trucks: what one trip to a place costs and carries."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Permission
from market.offers import queries, services
from market.offers.forms import TRIP_ROWS, VEHICLES, TrucksForm
from market.offers.routes.blueprint import Answer, bp
from market.web.access import current_actor, requires
from market.web.forms import Choices


@bp.get("/penawaran/armada")
@requires(Permission.OFFERS_MAKE)
def edit_trucks() -> Answer:
    """Truck rates and the limit per round."""
    owner = current_actor().organization_id or 0
    start: dict[str, Any] = {"max_weight": queries.weight_limits([owner]).get(owner)}
    for row, rate in enumerate(queries.trip_rates([owner]).get(owner, []), 1):
        start |= {f"trip_{row}_place": rate.place_code, f"trip_{row}_vehicle": rate.vehicle}
        start |= {f"trip_{row}_capacity": rate.capacity_g, f"trip_{row}_cost": rate.cost_rp}
        start |= {f"trip_{row}_load": rate.min_load_g or None, f"trip_{row}_trips": rate.max_trips}
    return _page(TrucksForm.load(start, **_choices()), 200)


def _choices() -> dict[str, Choices]:
    where: Choices = [("", _("(kosong)")), *services.place_choices()]
    vehicles: Choices = [("", _("(kosong)")), *((value, str(label)) for value, label in VEHICLES.items())]
    rows = range(1, TRIP_ROWS + 1)
    return {
        **{f"trip_{row}_place": where for row in rows},
        **{f"trip_{row}_vehicle": vehicles for row in rows},
    }


def _page(form: TrucksForm, status: int) -> Answer:
    rows = range(1, TRIP_ROWS + 1)
    return render_template("offers/edit_trucks.html", form=form, rows=rows), status


@bp.post("/penawaran/armada")
@requires(Permission.OFFERS_MAKE)
def update_trucks() -> Answer:
    """Replace the truck rates and the limit."""
    form = TrucksForm.load(None, **_choices())
    if form.validate():
        values = form.values()
        with form.guard():
            services.set_trip_rates(current_actor(), _trips(values))
            services.set_weight_limit(current_actor(), values["max_weight"])
            flash(_("Armada tersimpan."))
            return redirect(url_for("offers.edit_trucks"), 303)
    return _page(form, 422)


def _trips(values: dict[str, Any]) -> list[services.Trip]:
    """The rows that are filled in; half a row is refused at its row."""
    trips: list[services.Trip] = []
    for row in range(1, TRIP_ROWS + 1):
        names = ("place", "vehicle", "capacity", "cost", "load", "trips")
        cells = {name: values[f"trip_{row}_{name}"] for name in names}
        if all(value is None for value in cells.values()):
            continue
        if len(trips) != row - 1:
            text = _("Baris %(row)s: isi dahulu baris %(before)s.", row=row, before=row - 1)
            raise Refused(text, field=f"trip_{row}_place")
        for name in ("place", "vehicle", "capacity", "cost"):
            if cells[name] is None:
                raise Refused(_("Baris %(row)s belum lengkap.", row=row), field=f"trip_{row}_{name}")
        trips.append(
            services.Trip(
                place_code=cells["place"],
                vehicle=cells["vehicle"],
                capacity_g=cells["capacity"],
                cost_rp=cells["cost"],
                max_trips=cells["trips"],
                min_load_g=cells["load"] or 0,
            )
        )
    return trips
