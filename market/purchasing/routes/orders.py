"""Orders: the list for buyer and supplier, one order with all that followed, what is to be unloaded."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup

from market.core import clock, messages, money, qr
from market.core.history import history_of
from market.core.i18n import _, format_date
from market.core.permissions import Permission
from market.identity.models import Organization
from market.places import queries as places
from market.purchasing import queries, services
from market.purchasing.forms import OUTCOMES, CancellationForm, ClaimForm
from market.purchasing.models import PurchaseOrder, SupplierPayment
from market.purchasing.queries import Progress
from market.purchasing.routes.base import (
    Answer,
    bp,
    is_buyer,
    sides,
    wa_href,
)
from market.web.access import current_actor, requires
from market.web.paging import keyset


@bp.get("/pesanan")
@requires(Permission.ORDERS_VIEW)
def index() -> Answer:
    """Orders that run, or that ended, with how far each is."""
    actor = current_actor()
    running = request.args.get("keadaan") != "selesai"
    page = keyset(queries.orders(actor, running), PurchaseOrder.id)
    return render_template(
        "purchasing/index.html",
        page=page,
        running=running,
        progress=queries.progress([row[0].id for row in page.rows]),
        late=clock.today(),
        buys=actor.organization_kind != "supplier",
    )


@bp.get("/pesanan/kirim")
@requires(Permission.ORDERS_VIEW)
def index_deliveries() -> Answer:
    """What the supplier has still to deliver: one sheet per day, stop by stop, to take along."""
    stops = queries.deliveries(current_actor())
    days = [(day, list(group)) for day, group in groupby(stops, key=lambda stop: stop.order.delivery_on)]
    return render_template(
        "purchasing/index_deliveries.html",
        days=days,
        loads=queries.loads_of,
        qr=_door_qr,
        printed_at=clock.now(),
    )


def _door_qr(order: PurchaseOrder) -> Markup:
    """The code that opens the buyer's own page to receive the order; to anybody else it opens nothing."""
    return Markup(qr.svg(messages.link(url_for("purchasing.new_receipt", order_id=order.id))))


@bp.get("/pesanan/<int:order_id>")
@requires(Permission.ORDERS_VIEW)
def show(order_id: int) -> Answer:
    """One order: what is in it, how far it is, who to call, and every paper that followed."""
    return _show(queries.order_for(current_actor(), order_id), None, 200)


def _show(order: PurchaseOrder, claim_form: ClaimForm | None, status: int, claim_id: int = 0) -> Answer:
    actor = current_actor()
    buyer, supplier = sides(order)
    lines = queries.lines_of(order.id)
    found = queries.progress([order.id])[order.id]
    buys = is_buyer(actor, order)
    other = supplier if buys else buyer
    advance = queries.advance_of(order.id)
    page = render_template(
        "purchasing/show.html",
        order=order,
        lines=lines,
        found=found,
        buys=buys,
        side=other,
        place=places.names({order.place_code or ""}).get(order.place_code or ""),
        wa=wa_href(other, _greeting(order, other)),
        steps=_steps(order, found, advance is not None and advance.state == "paid"),
        history=history_of(order),
        receipts=queries.receipts_of(order.id),
        claims=queries.claims_of(order.id),
        shortages=queries.shortages_of_order(order.id),
        riding=queries.stops_of_orders([order.id]).get(order.id),
        goods={line.id: line for line in lines},
        bills=queries.bills_of(order.id),
        returns=queries.returns_of(order.id),
        fees_rp=services.unbilled_fees_rp(order.id) if order.state == "issued" else None,
        payments=queries.payments_of(order.id) if buys else [],
        advance=advance,
        advance_due=services.advance_due_rp(lines) if order.terms == "prepaid" else 0,
        owed_back=_owed_back(found, advance) if buys else 0,
        claim_form=claim_form or ClaimForm.load({}, outcome=_outcomes()),
        claim_id=claim_id,
        late=order.state == "issued" and found.open_packs > 0 and order.delivery_on < clock.today(),
    )
    return page, status


def _owed_back(found: Progress, advance: SupplierPayment | None) -> int:
    """Whole rupiah that the supplier owes back, once nothing more is to come."""
    if advance is None or advance.state != "paid" or found.unbilled_rp:
        return 0
    return 0 if found.open_packs or found.unpaid_rp else advance.unspent_rp


def _greeting(order: PurchaseOrder, other: Organization) -> str:
    return _(
        "Halo %(name)s, tentang pesanan %(number)s untuk %(day)s: %(link)s",
        name=other.name,
        number=order.number,
        day=format_date(order.delivery_on),
        link=messages.link(url_for("purchasing.show", order_id=order.id)),
    )


def _steps(order: PurchaseOrder, found: Progress, advance_paid: bool) -> list[tuple[str, str, str]]:
    """Ordered, received, billed, paid: where the order stands."""
    came = found.received_packs > 0 and not found.open_packs
    billed = came and not found.unbilled_rp
    paid = billed and not found.unpaid_rp
    done = [True, came, billed, paid]
    now = done.index(False) if False in done else -1
    packs = _(
        "%(came)s dari %(all)s", came=money.group(found.received_packs), all=money.group(found.ordered_packs)
    )
    notes = [
        format_date(order.issued_at),
        packs,
        money.format_rp(found.billed_rp),
        money.format_rp(found.paid_rp)
        + (_(" · uang muka sudah dibayar") if advance_paid and not paid else ""),
    ]
    labels = [_("Dipesan"), _("Diterima"), _("Ditagih"), _("Dibayar")]
    ended = order.state == "cancelled"
    return [
        (label, "done" if done[at] else "now" if at == now and not ended else "todo", notes[at])
        for at, label in enumerate(labels)
    ]


def _outcomes() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in OUTCOMES.items()]


@bp.get("/pesanan/<int:order_id>/cetak")
@requires(Permission.ORDERS_VIEW)
def show_print(order_id: int) -> Answer:
    """The order on A4."""
    order = queries.order_for(current_actor(), order_id)
    buyer, supplier = sides(order)
    return render_template(
        "purchasing/show_print.html",
        order=order,
        buyer=buyer,
        supplier=supplier,
        place=places.names({order.place_code or ""}).get(order.place_code or ""),
        lines=queries.lines_of(order.id),
    )


@bp.get("/pesanan/<int:order_id>/pembatalan")
@requires(Permission.GOODS_RECEIVE)
def new_cancellation(order_id: int) -> Answer:
    """Say that the rest will not come."""
    return _new_cancellation(order_id, CancellationForm.load(), 200)


def _new_cancellation(order_id: int, form: CancellationForm, status: int) -> Answer:
    order = queries.order_for(current_actor(), order_id)
    lines = queries.lines_of(order.id)
    values: dict[str, Any] = {
        "order": order,
        "lines": [line for line in lines if line.open_packs and line.kind == "goods"],
        "nothing_came": not any(line.received_packs for line in lines),
        "advance": queries.advance_of(order.id),
    }
    return render_template("purchasing/new_cancellation.html", form=form, **values), status


@bp.post("/pesanan/<int:order_id>/pembatalan")
@requires(Permission.GOODS_RECEIVE)
def create_cancellation(order_id: int) -> Answer:
    """Cancel what has not come."""
    form = CancellationForm.load()
    if form.validate():
        with form.guard():
            order = services.cancel_rest(current_actor(), order_id, **form.values())
            text = _("Pesanan dibatalkan.") if order.state == "cancelled" else _("Sisa pesanan dibatalkan.")
            flash(text)
            return redirect(url_for("purchasing.show", order_id=order.id), 303)
    return _new_cancellation(order_id, form, 422)


@bp.post("/klaim/<int:claim_id>/hasil")
@requires(Permission.GOODS_RECEIVE)
def create_claim_outcome(claim_id: int) -> Answer:
    """A claim ends."""
    actor = current_actor()
    claim = queries.claim_for(actor, claim_id)
    form = ClaimForm.load(outcome=_outcomes())
    if form.validate():
        with form.guard():
            services.settle_claim(actor, claim.id, form.outcome.data, form.note.data or "")
            flash(_("Klaim selesai."))
            return redirect(url_for("purchasing.show", order_id=claim.order_id), 303)
    return _show(queries.order_for(actor, claim.order_id), form, 422, claim.id)
