"""The courier's page behind a secret link: today's doors, and nothing of anybody else."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, url_for

from market.core import clock
from market.core.errors import Refused
from market.core.i18n import _
from market.identity import queries as identity
from market.rations.forms import categories
from market.retail import queries, queries_delivery, services
from market.retail.forms_delivery import DoorForm, FailedForm
from market.retail.models_delivery import CourierRun
from market.retail.routes.blueprint import Answer, bp
from market.web.access import public
from market.web.forms import PhotoField
from market.web.requests import after_refusal, behind_secret_link


def bytes_of(field: PhotoField) -> bytes | None:
    """What was photographed, if anything."""
    return field.data.read() if field.data is not None else None


def _door_form() -> DoorForm:
    form = DoorForm(data={})
    form.category.choices = categories()
    return form


def _page(run: CourierRun, wrong: dict[int, DoorForm | FailedForm] | None = None) -> str:
    stops = queries_delivery.stops_of(run)
    open_now = [stop for stop in stops if stop.delivery.state in ("waiting", "on_the_way")]
    lines = queries.lines_by_order([stop.order for stop in open_now])
    return render_template(
        "retail/show_run.html",
        run=run,
        shop=identity.organization(run.organization_id),
        open_now=open_now,
        done=[stop for stop in stops if stop not in open_now],
        lines=lines,
        rationed={order_id: services.rationed_goods(rows) for order_id, rows in lines.items()},
        due={stop.order.id: services.cash_due_rp(stop.order) for stop in open_now},
        cash=queries_delivery.cash_with(run.id),
        wrong=wrong or {},
        forms_of={stop.delivery.id: _door_form() for stop in open_now},
        failed=FailedForm(data={}),
        today=clock.today(),
    )


@bp.get("/kurir/<token>")
@public
def show_run(token: str) -> Response:
    """Today's stops by village, until the day is over; for no cache and no search engine."""
    run = queries_delivery.run_by_token(token)
    return behind_secret_link(make_response(_page(run)))


@bp.post("/kurir/<token>/berangkat")
@public
def create_departure(token: str) -> Answer:
    """The courier leaves the shop."""
    services.depart(token)
    flash(_("Selamat jalan. Pembeli melihat bahwa barangnya sedang diantar."))
    return redirect(url_for("retail.show_run", token=token), 303)


@bp.post("/kurir/<token>/<int:delivery_id>/serah")
@public
def create_delivery(token: str, delivery_id: int) -> Answer:
    """Goods at the door, for the code or a photo."""
    run = queries_delivery.run_by_token(token)
    form = DoorForm.load(category=categories())
    valid, shown = form.validate(), form.taken()
    if valid:
        try:
            services.deliver(
                token,
                delivery_id,
                pickup_code=form.pickup_code.data or "",
                receiver_name=form.receiver_name.data or "",
                photo=bytes_of(form.photo),
                cash_rp=form.cash_rp.data,
                shown=shown,
            )
            flash(_("Terkirim. Lanjut ke antaran berikutnya."))
            return redirect(url_for("retail.show_run", token=token), 303)
        except Refused as refusal:
            if refusal.field == "pickup_code" and form.pickup_code.data:
                order_id = queries_delivery.delivery_for(services.courier(run), delivery_id).order_id
                after_refusal(lambda: services.note_wrong_code(order_id))
            form.refuse(refusal)
    return _page(run, {delivery_id: form}), 422


@bp.post("/kurir/<token>/<int:delivery_id>/gagal")
@public
def create_failure(token: str, delivery_id: int) -> Answer:
    """Nobody took the goods."""
    run = queries_delivery.run_by_token(token)
    form = FailedForm.load()
    if form.validate():
        with form.guard():
            services.fail(token, delivery_id, form.reason.data)
            flash(_("Dicatat. Bawa barangnya kembali ke gerai."))
            return redirect(url_for("retail.show_run", token=token), 303)
    return _page(run, {delivery_id: form}), 422
