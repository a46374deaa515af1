"""The first page after signing in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from market.catalogue import queries as catalogue
from market.core import clock, money, parameters
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.parameters import Parameter
from market.core.permissions import Actor, Permission
from market.home import queries
from market.home.forms import SettingForm
from market.home.tasks import TASKS
from market.rounds import queries as rounds
from market.web import charts
from market.web.access import current_actor, public, requires

bp = Blueprint("home", __name__)
bp.context_processor(lambda: {"number": money.group})


@bp.get("/")
@public
def index() -> str:
    """The public face: the shops, what cooperatives look for together, the last round's picture."""
    picture = rounds.last_finished_picture("")
    return render_template(
        "home/index.html",
        shops=sorted(catalogue.shops(), key=lambda shop: -shop.goods)[:6],  # the fullest shelves
        pools=[pool for pool in rounds.pool("").goods if pool.cooperatives >= rounds.MIN_TOGETHER],
        picture=picture,
        flow=_flow(picture),
        savings=_savings(picture),
    )


def _flow(picture: rounds.Picture | None) -> Markup | None:
    if picture is None or not picture.flow:
        return None
    return charts.round_flow(picture.flow, unit_label="kg", title=_("Dari pemasok ke kecamatan"))


def _savings(picture: rounds.Picture | None) -> Markup | None:
    """What was paid together beside what the same goods would have cost bought alone."""
    if picture is None or not picture.alone_rp:
        return None
    return charts.savings_bars(picture.alone_rp, picture.pooled_rp)


@bp.get("/hari-ini")
@requires(Permission.HOME_VIEW)
def show() -> str:
    """What to do today, oldest first, each with one button and its reason."""
    actor = current_actor()
    figures = queries.figures(actor)
    return render_template(
        "home/show.html",
        tasks=[_shown(row) for row in queries.tasks(actor)],
        unread=figures.unread,
        money={"cash": figures.cash_rp, "bank": figures.bank_rp} if queries.sees_money(actor) else None,
        kind=actor.organization_kind,
    )


def _shown(row: Any) -> dict[str, Any]:
    task = TASKS[row.kind]
    values = {task.argument: row.subject_id} if task.argument else {}
    return {
        "kind": row.kind,
        "title": task.say(task.title, row.detail, row.amount),
        "reason": task.say(task.reason, row.detail, row.amount),
        "button": str(task.button),
        "icon": task.icon,
        "href": url_for(task.endpoint, **values),
        "since": row.since,
    }


# --- settings --------------------------------------------------------------------------------------


@bp.get("/pengaturan")
@requires(Permission.SETTINGS_MANAGE)
def index_settings() -> str:
    """The limits that the organization may set, each with the value that counts today."""
    actor = current_actor()
    found = parameters.settable(actor)
    now = parameters.values(tuple(found), organization_id=_own(actor))
    return render_template("home/index_settings.html", settings=found, now=now)


def _own(actor: Actor) -> int | None:
    """Whose value is asked for: the platform's holds for everybody."""
    return None if actor.may(Permission.OPERATE) else actor.organization_id


def _setting(name: str) -> Parameter:
    found = next((each for each in parameters.settable(current_actor()) if each.name == name), None)
    if found is None:
        raise NotFound(_("Pengaturan tidak ditemukan."))
    return found


@bp.get("/pengaturan/<name>")
@requires(Permission.SETTINGS_MANAGE)
def edit_setting(name: str) -> str:
    """One limit: what counts, what counted before and on whose word, and the form of a new value."""
    setting = _setting(name)
    now = setting.value(organization_id=_own(current_actor()))
    form = SettingForm.load({"value": now, "valid_from_on": clock.today()})
    return _setting_page(setting, form)


def _setting_page(setting: Parameter, form: SettingForm) -> str:
    own = _own(current_actor())
    return render_template(
        "home/edit_setting.html",
        setting=setting,
        form=form,
        now=setting.value(organization_id=own),
        rows=parameters.rows_of(setting, own),
    )


@bp.post("/pengaturan/<name>")
@requires(Permission.SETTINGS_MANAGE)
def update_setting(name: str) -> str | Response | tuple[str, int]:
    """Write a new value down; the old ones stay readable."""
    setting, form = _setting(name), SettingForm.load()
    if form.validate():
        with form.guard():
            parameters.set_value(current_actor(), setting, **form.values())
            flash(_("Tersimpan."))
            return redirect(url_for("home.edit_setting", name=name), 303)
    return _setting_page(setting, form), 422
