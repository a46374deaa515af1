"""The counter's page of what is to be brought: give it to a courier, take the cash, end the run."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for

from market.core import clock, messages
from market.core.i18n import _, format_date, lazy
from market.core.permissions import Permission
from market.identity import queries as identity
from market.retail import queries_delivery, services
from market.retail.forms_delivery import HandInForm, RunForm
from market.retail.models_delivery import CourierRun
from market.retail.routes.blueprint import PHOTO_SIDE, Answer, bp
from market.web.access import current_actor, requires
from market.web.pictures import private_photo

WORDS = {
    "waiting": lazy("Menunggu kurir"),
    "on_the_way": lazy("Sedang diantar"),
    "delivered": lazy("Terkirim"),
    "failed": lazy("Gagal diantar"),
    "returned": lazy("Kembali di gerai"),
    "cancelled": lazy("Tidak diantar"),
}
bp.add_app_template_global(lambda state: str(WORDS[state]), "delivery_word")


def _ready() -> list[queries_delivery.Stop]:
    stops = queries_delivery.open_stops(current_actor().organization_id or 0)
    return [stop for stop in stops if stop.delivery.state == "waiting" and stop.delivery.run_id is None]


def _form() -> RunForm:
    ready = [stop for stop in _ready() if stop.order.state == "ready"]
    choices = [(str(stop.delivery.id), stop.order.number) for stop in ready]
    return RunForm.load({"stops": [value for value, _label in choices]}, stops=choices)


def _page(form: RunForm) -> str:
    actor = current_actor()
    runs = queries_delivery.runs_of(actor.organization_id or 0)
    return render_template(
        "retail/index_runs.html",
        stops=queries_delivery.open_stops(actor.organization_id or 0),
        runs=runs,
        carried={run.id: queries_delivery.stops_of(run) for run in runs},
        cash={run.id: queries_delivery.cash_with(run.id) for run in runs},
        due={stop.order.id: services.cash_due_rp(stop.order) for stop in _ready()},
        tell={run.id: _news(run) for run in runs},
        form=form,
        hand_in=HandInForm(),
        today=clock.today(),
    )


def _news(run: CourierRun) -> str:
    link = messages.link(url_for("retail.show_run", token=run.token))
    shop = identity.organization(run.organization_id).name
    text = _("Antaran hari ini dari %(shop)s. Buka daftar Anda: %(link)s", shop=shop, link=link)
    return messages.wa_link(run.courier_phone, text)


@bp.get("/penjualan/antaran")
@requires(Permission.RETAIL_VIEW)
def index_runs() -> str:
    """What waits, who is on the way, whose cash is still outside."""
    return _page(_form())


@bp.post("/penjualan/antaran")
@requires(Permission.RETAIL_HAND_OVER)
def create_run() -> Answer:
    """Somebody brings these today."""
    form = _form()
    if form.validate():
        with form.guard():
            stops = [int(each) for each in form.stops.data or []]
            name, phone = form.courier_name.data, form.courier_phone.data
            run = services.open_run(current_actor(), name, phone, stops)
            flash(_("Daftar %(name)s siap. Kirim tautannya lewat WhatsApp.", name=run.courier_name))
            return redirect(url_for("retail.index_runs"), 303)
    return _page(form), 422


@bp.post("/penjualan/antaran/<int:run_id>/akhir")
@requires(Permission.RETAIL_HAND_OVER)
def create_run_end(run_id: int) -> Answer:
    """The courier's link ends."""
    services.end_run(current_actor(), run_id)
    flash(_("Tautan kurir berakhir. Yang belum diantar menunggu lagi."))
    return redirect(url_for("retail.index_runs"), 303)


@bp.post("/penjualan/antaran/<int:run_id>/setoran")
@requires(Permission.RETAIL_HAND_OVER)
def create_hand_in(run_id: int) -> Answer:
    """The courier's cash comes in."""
    form = HandInForm.load()
    if form.validate():
        with form.guard():
            services.hand_in(current_actor(), run_id, form.amount_rp.data)
            flash(_("Setoran kurir dibukukan."))
            return redirect(url_for("retail.index_runs"), 303)
    flash(" ".join([*form.form_errors, *map(str, form.amount_rp.errors)]), "stop")
    return _page(_empty()), 422


def _empty() -> RunForm:
    form = RunForm(data={})
    form.stops.choices = [(str(stop.delivery.id), stop.order.number) for stop in _ready()]
    return form


@bp.post("/penjualan/antaran/gagal/<int:delivery_id>")
@requires(Permission.RETAIL_HAND_OVER)
def update_failure(delivery_id: int) -> Answer:
    """What nobody took goes out once more, or lies at the shop again."""
    if request.form.get("next") == "again":
        delivery = services.try_again(current_actor(), delivery_id)
        flash(_("Antaran ini menunggu kurir lagi: %(day)s.", day=format_date(delivery.due_on)))
    else:
        services.bring_back(current_actor(), delivery_id)
        flash(_("Barang kembali di gerai. Kabari pembelinya."))
    return redirect(url_for("retail.index_runs"), 303)


@bp.get("/penjualan/setoran/<int:hand_in_id>")
@requires(Permission.RETAIL_VIEW)
def show_hand_in(hand_in_id: int) -> Answer:
    """From an entry of the books to the courier's day."""
    queries_delivery.hand_in_for(current_actor(), hand_in_id)
    return redirect(url_for("retail.index_runs"), 303)


@bp.get("/antaran/<int:delivery_id>/bukti")
@requires(Permission.RETAIL_VIEW)
def show_proof(delivery_id: int) -> Response:
    """What the courier photographed at the door."""
    return private_photo(queries_delivery.delivery_for(current_actor(), delivery_id).photo, PHOTO_SIDE)
