"""Which account stands on which line: the list, and giving an account another line."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from market.core import clock
from market.core.i18n import _
from market.core.permissions import Permission
from market.statements import chart, queries, services
from market.statements.forms import PlaceForm
from market.statements.routes.base import Answer, bp, own_id
from market.web.access import current_actor, requires


def _form(data: dict[str, object] | None = None) -> PlaceForm:
    accounts = queries.accounts_on(own_id(), clock.today())
    return PlaceForm.load(
        data,
        code=[("", _("Pilih akun")), *((each.code, f"{each.code} {_(each.name)}") for each in accounts)],
        line=[("", _("Pilih baris")), *((key, str(line.label)) for key, line in chart.PLACE_LINES.items())],
        cash_line=[
            ("", _("Seperti biasa")),
            *((key, str(line.label)) for key, line in chart.CASH_LINES.items()),
        ],
    )


def _page(form: PlaceForm, status: int) -> Answer:
    accounts = queries.accounts_on(own_id(), clock.today())
    page = render_template(
        "statements/index_places.html",
        accounts=sorted(accounts, key=lambda each: (each.line != chart.UNPLACED, each.code)),
        lines=chart.PLACE_LINES,
        cash_lines=chart.CASH_LINES,
        history=queries.history(own_id()),
        form=form,
    )
    return page, status


@bp.get("/baris")
@requires(Permission.BOOKS_VIEW)
def index_places() -> Answer:
    """Every account with its line, those without one first; who changed what and why."""
    return _page(_form({"valid_from_on": clock.today(), "code": request.args.get("akun", "")}), 200)


@bp.post("/baris")
@requires(Permission.BOOKS_POST)
def create_place() -> Answer:
    """Give an account a line from a day on."""
    form = _form()
    if form.validate():
        with form.guard():
            typed = form.values()
            services.place_account(
                current_actor(),
                str(typed["code"]),
                str(typed["line"]),
                str(typed["cash_line"] or ""),
                typed["valid_from_on"],
                str(typed["reason"]),
            )
            flash(_("Akun dipindahkan. Laporan sampai hari sebelumnya tetap seperti semula."))
            return redirect(url_for("statements.index_places"), 303)
    return _page(form, 422)
