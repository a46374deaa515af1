"""Counting full and empty together, and recording what was the cooperative's before."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from market.core.i18n import _
from market.core.permissions import Permission
from market.empties import queries, services
from market.empties.forms import CountForm, OwnedForm
from market.empties.routes.base import Answer, bp, container_at, own_id
from market.empties.types import Container
from market.web.access import current_actor, requires


@bp.get("/tabung/<code>/hitung")
@requires(Permission.STOCK_MOVE)
def new_count(code: str) -> Answer:
    """Count full and empty together."""
    return _new_count(container_at(code), CountForm(), 200)


def _new_count(container: Container, form: CountForm, status: int) -> Answer:
    held = queries.holding(own_id(), container.code)
    return render_template("empties/new_count.html", container=container, held=held, form=form), status


@bp.post("/tabung/<code>/hitung")
@requires(Permission.STOCK_MOVE)
def create_count(code: str) -> Answer:
    """Book the differences of both."""
    container = container_at(code)
    form = CountForm.load()
    if form.validate():
        with form.guard():
            typed = form.values()
            services.count_containers(
                current_actor(), container.code, **{**typed, "reason": typed["reason"] or ""}
            )
            flash(_("Hitungan tabung tersimpan."))
            return redirect(url_for("empties.index"), 303)
    return _new_count(container, form, 422)


@bp.get("/tabung/<code>/milik")
@requires(Permission.BOOKS_POST)
def new_owned(code: str) -> Answer:
    """Containers that were the cooperative's before."""
    container = container_at(code)
    price = container.price.value(organization_id=own_id())
    return _new_owned(container, OwnedForm(data={"unit_rp": price}), 200)


def _new_owned(container: Container, form: OwnedForm, status: int) -> Answer:
    return render_template("empties/new_owned.html", container=container, form=form), status


@bp.post("/tabung/<code>/milik")
@requires(Permission.BOOKS_POST)
def create_owned(code: str) -> Answer:
    """They enter the books with their worth."""
    container = container_at(code)
    form = OwnedForm.load()
    if form.validate():
        with form.guard():
            services.record_owned(current_actor(), container.code, **form.values())
            flash(_("Tabung milik koperasi tercatat."))
            return redirect(url_for("empties.index"), 303)
    return _new_owned(container, form, 422)
