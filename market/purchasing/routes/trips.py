"""One truck for several orders: the supplier plans and sets off, the cooperative counts at one visit."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from markupsafe import Markup

from market.core import clock, messages, qr
from market.core.errors import NotFound
from market.core.history import history_of
from market.core.i18n import _, ngettext
from market.core.permissions import Actor, Permission
from market.identity import queries as identity
from market.places import queries as places
from market.purchasing import queries, services
from market.purchasing.forms import CancellationForm, DepartureForm, HomeForm, ReceiptForm, TripForm
from market.purchasing.models import PurchaseOrderLine
from market.purchasing.models_trips import DeliveryTrip
from market.purchasing.routes.base import Answer, bp
from market.purchasing.routes.receipts import counted, empties_of, form_of, limit_g
from market.purchasing.routes.trip_papers import receipts_at
from market.web.access import current_actor, requires


def _supplier() -> Actor:
    actor = current_actor()
    if actor.organization_kind != "supplier":
        raise NotFound(_("Halaman ini untuk pemasok."))
    return actor


def district_name(code: str) -> str:
    """What people call a district."""
    return places.names({code}).get(code, code)


@bp.get("/kiriman")
@requires(Permission.ORDERS_VIEW)
def index_trips() -> Answer:
    """What may ride together, with what it saves, and the trips that were planned."""
    return _index(TripForm.load({}), 200)


def _index(form: TripForm, status: int) -> Answer:
    actor = _supplier()
    rides = [(ride, services.preview([stop.order for stop in ride.stops])) for ride in queries.rides(actor)]
    page = render_template(
        "purchasing/index_trips.html",
        rides=rides,
        trips=queries.trips_of(actor),
        district_name=district_name,
        form=form,
    )
    return page, status


@bp.post("/kiriman")
@requires(Permission.ASSIGNMENTS_ANSWER)
def create_trip() -> Answer:
    """Put the orders of a day and district on one truck."""
    form = TripForm.load()
    if form.validate():
        with form.guard():
            trip = services.plan_trip(_supplier(), **form.values())
            flash(_("Kiriman disusun. Koperasi sudah diberi tahu."))
            return _to(trip)
    return _index(form, 422)


def _to(trip: DeliveryTrip) -> Answer:
    return redirect(url_for("purchasing.show_trip", trip_id=trip.id), 303)


@bp.get("/kiriman/<int:trip_id>")
@requires(Permission.ORDERS_VIEW)
def show_trip(trip_id: int) -> Answer:
    """The truck: stop by stop, who pays what of it, and the button with which it sets off."""
    return _show(trip_id, DepartureForm.load({}), CancellationForm.load({}), 200)


def _show(trip_id: int, form: DepartureForm, cancellation: CancellationForm, status: int) -> Answer:
    trip = queries.trip_for(_supplier(), trip_id)
    page = render_template(
        "purchasing/show_trip.html",
        trip=trip,
        doors=queries.doors_of(trip.id),
        district=district_name(trip.district_code),
        history=history_of(trip),
        qr=_door_qr,
        form=form,
        cancellation=cancellation,
        today=clock.today(),
    )
    return page, status


def _door_qr(stop_id: int) -> Markup:
    """The code that opens the buyer's own page to receive everything of this stop."""
    return Markup(qr.svg(messages.link(url_for("purchasing.new_stop_receipt", stop_id=stop_id))))


@bp.post("/kiriman/<int:trip_id>/keberangkatan")
@requires(Permission.ASSIGNMENTS_ANSWER)
def create_departure(trip_id: int) -> Answer:
    """The truck sets off, and its shares hold."""
    form = DepartureForm.load()
    if form.validate():
        with form.guard():
            trip = services.depart(_supplier(), trip_id, str(form.driver_name.data), form.plate.data or "")
            flash(_("Truk berangkat. Bagian ongkos truk sudah tetap, koperasi sudah diberi tahu."))
            return _to(trip)
    return _show(trip_id, form, CancellationForm.load({}), 422)


@bp.post("/kiriman/<int:trip_id>/pembatalan")
@requires(Permission.ASSIGNMENTS_ANSWER)
def create_trip_cancellation(trip_id: int) -> Answer:
    """It does not drive after all."""
    form = CancellationForm.load()
    if form.validate():
        with form.guard():
            services.cancel_trip(_supplier(), trip_id, str(form.reason.data))
            flash(_("Kiriman dibatalkan. Pesanannya bisa disusun lagi."))
            return redirect(url_for("purchasing.index_trips"), 303)
    return _show(trip_id, DepartureForm.load({}), form, 422)


@bp.get("/kiriman/pintu/<int:stop_id>/pulang")
@requires(Permission.ASSIGNMENTS_ANSWER)
def new_home(stop_id: int) -> Answer:
    """Nothing was handed over at this door: why, and what comes next?"""
    return _new_home(stop_id, HomeForm.load({}), 200)


def _new_home(stop_id: int, form: HomeForm, status: int) -> Answer:
    stop, trip = queries.stop_for(_supplier(), stop_id)
    page = render_template(
        "purchasing/new_home.html", stop=stop, trip=trip, door=_door(trip, stop_id), form=form
    )
    return page, status


@bp.post("/kiriman/pintu/<int:stop_id>/pulang")
@requires(Permission.ASSIGNMENTS_ANSWER)
def create_home(stop_id: int) -> Answer:
    """The goods are on their way home."""
    form = HomeForm.load()
    if form.validate():
        with form.guard():
            trip = services.bring_home(_supplier(), stop_id, str(form.reason.data), form.again_on.data)
            if form.again_on.data:
                flash(_("Tercatat. Susun kiriman baru untuk pesanan ini."))
            else:
                flash(_("Tercatat. Pesanannya berakhir dan koperasi sudah diberi tahu."))
            return _to(trip)
    return _new_home(stop_id, form, 422)


# --- one door ---------------------------------------------------------------------------------------


@bp.get("/kiriman/pintu/<int:stop_id>")
@requires(Permission.ORDERS_VIEW)
def show_stop(stop_id: int) -> Answer:
    """What comes to one door in one visit, and what each order pays of the truck."""
    actor = current_actor()
    stop, trip = queries.stop_for(actor, stop_id)
    return render_template(
        "purchasing/show_stop.html",
        stop=stop,
        trip=trip,
        door=_door(trip, stop_id),
        supplier=identity.organization(trip.organization_id),
        buys=stop.buyer_id == actor.organization_id,
        doors=len(queries.doors_of(trip.id)),
        receipts=receipts_at(trip, _door(trip, stop_id)),
    )


def _door(trip: DeliveryTrip, stop_id: int) -> queries.Door:
    return next(door for door in queries.doors_of(trip.id) if door.stop.id == stop_id)


def _open_lines(stop_id: int) -> dict[int, list[PurchaseOrderLine]]:
    """Order -> what may still come of it at this door of the actor's own organization."""
    actor = current_actor()
    stop, trip = queries.stop_for(actor, stop_id)
    if stop.buyer_id != actor.organization_id:
        raise NotFound(_("Kiriman tidak ditemukan."))
    riding = [each for each in _door(trip, stop_id).orders if each.open_packs]
    return {each.order.id: [line for line, _pack in each.lines if line.open_packs] for each in riding}


@bp.get("/kiriman/pintu/<int:stop_id>/terima")
@requires(Permission.GOODS_RECEIVE)
def new_stop_receipt(stop_id: int) -> Answer:
    """Everything that one truck brings, on one page with one signature."""
    lines = _open_lines(stop_id)
    if not lines:
        flash(_("Semua pesanan dari truk ini sudah dicatat."), "warn")
        return redirect(url_for("purchasing.show_stop", stop_id=stop_id), 303)
    return _new_receipt(stop_id, form_of([one for many in lines.values() for one in many], True), lines, 200)


def _new_receipt(
    stop_id: int, form: ReceiptForm, lines: dict[int, list[PurchaseOrderLine]], status: int
) -> Answer:
    stop, trip = queries.stop_for(current_actor(), stop_id)
    expected: dict[int, int] = {}
    for order_id in lines:
        expected |= queries.expected_shares(order_id)
    page = render_template(
        "purchasing/new_stop_receipt.html",
        stop=stop,
        trip=trip,
        supplier=identity.organization(trip.organization_id),
        orders=[(queries.order(order_id), found) for order_id, found in lines.items()],
        limits={line.id: limit_g(line) for found in lines.values() for line in found},
        expected=expected,
        empties=empties_of([line for found in lines.values() for line in found]),
        form=form,
    )
    return page, status


@bp.post("/kiriman/pintu/<int:stop_id>/terima")
@requires(Permission.GOODS_RECEIVE)
def create_stop_receipt(stop_id: int) -> Answer:
    """Book every order of the stop: one receipt each."""
    lines = _open_lines(stop_id)
    form = form_of([one for many in lines.values() for one in many])
    if form.validate():
        with form.guard():
            made = services.receive_stop(
                current_actor(),
                stop_id,
                {order_id: counted(form, found) for order_id, found in lines.items()},
                form.note.data or "",
                services.HandOver(form.driver_name.data or "", form.signature.data),
            )
            text = ngettext(
                "%(n)s penerimaan tercatat. Stok dan buku sudah ikut berubah.",
                "%(n)s penerimaan tercatat. Stok dan buku sudah ikut berubah.",
                len(made),
            )
            flash(text)
            return redirect(url_for("purchasing.show_stop", stop_id=stop_id), 303)
    return _new_receipt(stop_id, form, lines, 422)
