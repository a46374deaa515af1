"""Shifts: the first count, cash in and out, the blind count, the report."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from market.core import approvals
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.counter import queries, services
from market.counter.forms import CashMoveForm, CloseForm, DecisionForm, OpenForm
from market.counter.models import Shift
from market.counter.routes.blueprint import CASH_WORDS, Answer, bp, own_id
from market.counter.types import DENOMINATIONS
from market.identity import queries as identity
from market.web.access import current_actor, requires


@bp.get("/kasir/shift")
@requires(Permission.RETAIL_VIEW)
def index_shifts() -> Answer:
    """The shifts of the shop."""
    return render_template("counter/index_shifts.html", shifts=queries.shifts_of(own_id()))


@bp.get("/kasir/shift/baru")
@requires(Permission.COUNTER_SELL)
def new_shift() -> Answer:
    """Count what lies in the drawer."""
    own_id()
    if queries.own_shift(current_actor()) is not None:
        return redirect(url_for("counter.show"))
    return _new_shift(OpenForm(data={"till": _free_till()}), 200)


def _free_till() -> str:
    used = queries.tills_in_use(own_id())
    return next(str(number) for number in range(1, 100) if str(number) not in used)


def _new_shift(form: OpenForm, status: int) -> Answer:
    return render_template("counter/new_shift.html", form=form, values=DENOMINATIONS), status


@bp.post("/kasir/shift")
@requires(Permission.COUNTER_SELL)
def create_shift() -> Answer:
    """The drawer is counted: selling begins."""
    own_id()
    form = OpenForm.load()
    if form.validate():
        with form.guard():
            services.open_shift(current_actor(), form.values()["till"], form.counts())
            return redirect(url_for("counter.show"), 303)
    return _new_shift(form, 422)


@bp.get("/kasir/kas")
@requires(Permission.COUNTER_SELL)
def new_cash() -> Answer:
    """Cash in or out beside sales."""
    return _new_cash(CashMoveForm.load({"kind": "deposit"}, kind=_kinds()), 200)


def _kinds() -> list[tuple[str, str]]:
    return [(kind, str(word)) for kind, word in CASH_WORDS.items()]


def _new_cash(form: CashMoveForm, status: int) -> Answer:
    own_id()
    shift = queries.own_shift(current_actor())
    if shift is None:
        return redirect(url_for("counter.new_shift"))
    page = render_template("counter/new_cash.html", form=form, moves=queries.cash_moves(shift.id))
    return page, status


@bp.post("/kasir/kas")
@requires(Permission.COUNTER_SELL)
def create_cash_move() -> Answer:
    """Money left or entered the drawer."""
    form = CashMoveForm.load(kind=_kinds())
    if form.validate():
        with form.guard():
            services.move_cash(current_actor(), **form.values())
            flash(_("Tercatat."))
            return redirect(url_for("counter.new_cash"), 303)
    return _new_cash(form, 422)


@bp.get("/kasir/kas/<int:move_id>")
@requires(Permission.RETAIL_VIEW)
def show_cash(move_id: int) -> Answer:
    """What the books know as cash of a drawer: the shift that it belongs to."""
    move = queries.cash_move_for(current_actor(), move_id)
    return redirect(url_for("counter.show_shift", shift_id=move.shift_id))


@bp.get("/kasir/shift/tutup")
@requires(Permission.COUNTER_SELL)
def new_count() -> Answer:
    """Count blind: the page does not say what should be there."""
    own_id()
    shift = queries.own_shift(current_actor())
    if shift is None or shift.state != "open":
        return redirect(url_for("counter.show"))
    return _new_count(shift, CloseForm(), 200)


def _new_count(shift: Shift, form: CloseForm, status: int) -> Answer:
    return render_template("counter/new_count.html", shift=shift, form=form, values=DENOMINATIONS), status


@bp.post("/kasir/shift/tutup")
@requires(Permission.COUNTER_SELL)
def create_count() -> Answer:
    """The drawer is counted: the shift ends."""
    own_id()
    shift = queries.own_shift(current_actor())
    if shift is None:
        return redirect(url_for("counter.new_shift"), 303)
    form = CloseForm.load()
    if form.validate():
        with form.guard():
            services.close_shift(current_actor(), form.counts(), form.values()["reason"] or "")
            return redirect(url_for("counter.show_shift", shift_id=shift.id), 303)
    return _new_count(shift, form, 422)


@bp.get("/kasir/shift/<int:shift_id>")
@requires(Permission.RETAIL_VIEW)
def show_shift(shift_id: int) -> Answer:
    """The report of a shift; while it is open its cashier is not told what should lie in the drawer."""
    return _show_shift(queries.shift_for(current_actor(), shift_id), DecisionForm(), 200)


def _show_shift(shift: Shift, form: DecisionForm, status: int) -> Answer:
    actor = current_actor()
    page = render_template(
        "counter/show_shift.html",
        shift=shift,
        shop=identity.organization(shift.organization_id),
        drawer=queries.drawer(shift),
        goods=queries.goods_of(shift.id),
        sales=queries.sales_of(shift.organization_id, ("done",), shift.id, limit=500),
        moves=queries.cash_moves(shift.id),
        back=queries.returns_in(shift.id),
        waiting=approvals.waiting(queries.DIFFERENCE, shift, shift.organization_id),
        mine=shift.cashier_id == actor.user_id,
        history=history_of(shift),
        form=form,
    )
    return page, status


@bp.post("/kasir/shift/<int:shift_id>/keputusan")
@requires(Permission.COUNTER_APPROVE)
def create_decision(shift_id: int) -> Answer:
    """A second person looks at the drawer."""
    shift = queries.shift_for(current_actor(), shift_id)
    form = DecisionForm.load()
    if form.validate():
        with form.guard():
            approve = request.form.get("outcome") == "approve"
            services.decide_difference(current_actor(), shift_id, approve, form.values()["reason"] or "")
            flash(_("Keputusan tercatat."))
            return redirect(url_for("counter.show_shift", shift_id=shift_id), 303)
    return _show_shift(shift, form, 422)


@bp.post("/kasir/shift/<int:shift_id>/hitung-ulang")
@requires(Permission.COUNTER_SELL)
def create_recount(shift_id: int) -> Answer:
    """Nobody decided in time: count again."""
    services.recount(current_actor(), shift_id)
    return redirect(url_for("counter.new_count"), 303)
