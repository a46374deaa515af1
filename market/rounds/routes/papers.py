"""A round on paper: what it brought one cooperative, to lay before its board."""

from __future__ import annotations

from flask import Response, url_for

from market.core import messages, money, render
from market.core.errors import NotFound
from market.core.i18n import _, format_date, format_datetime
from market.core.permissions import Permission
from market.identity import queries as identity
from market.identity.models import Organization
from market.rounds import queries
from market.rounds.models import Round
from market.rounds.queries import NeedOutcome
from market.rounds.routes.blueprint import bp, percent
from market.rounds.routes.pages import PUBLISHED
from market.web.access import current_actor, requires


@bp.get("/putaran/<int:round_id>/hasil.pdf")
@requires(Permission.ROUNDS_VIEW)
def export_result(round_id: int) -> Response:
    """The result list of the actor's cooperative on A4; there is none before a round is published."""
    actor = current_actor()
    round_ = queries.round_for(actor, round_id)
    rows = queries.outcomes(round_.id, actor.organization_id) if round_.state in PUBLISHED else []
    if actor.organization_kind != "cooperative" or not rows:
        raise NotFound(_("Hasil putaran ini belum ada."))
    data = _result(round_, identity.organization(actor.organization_id or 0), rows)
    name = f"hasil-{round_.number.replace('/', '-')}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, headers=headers, mimetype="application/pdf")


def _result(round_: Round, buyer: Organization, rows: list[NeedOutcome]) -> bytes:
    phone = f"+{buyer.phone}" if buyer.phone else ""
    contact = tuple(part for part in (buyer.address, phone) if part)
    paid_rp, saved_rp = sum(row.paid_rp for row in rows), sum(row.saved_rp or 0 for row in rows)
    alone_rp = sum(row.alone_rp or 0 for row in rows)
    full = sum(not row.missing for row in rows)
    totals = [(_("Biaya sampai di tempat"), money.format_rp(paid_rp))]
    if saved_rp > 0:
        saved = f"{money.format_rp(saved_rp)} ({percent(saved_rp, alone_rp)})"
        totals.insert(0, (_("Hemat dibanding beli sendiri"), saved))
    plan = queries.newest_plan(round_.id)
    return render.document(
        _("Hasil putaran"),
        round_.number,
        letterhead=render.Letterhead(buyer.name, contact),
        meta=(
            (_("Ditutup"), format_datetime(round_.closes_at)),
            (_("Terpenuhi"), _("%(full)s dari %(all)s kebutuhan", full=full, all=len(rows))),
            (_("Sidik masalah"), plan.problem_sha256[:16] if plan else "-"),
        ),
        sections=[_section(row) for row in rows],
        totals=totals,
        notes=[_("Pesanan terbit setelah pemasok menyanggupi. Pesanan adalah pegangan harga dan tanggal.")],
        signatures=(_("Ketua"), _("Bendahara")),
        link=messages.link(url_for("rounds.show", round_id=round_.id)),
    )


def _section(row: NeedOutcome) -> render.Section:
    """One need: what it gets from whom, what is missing and why."""
    got = _(
        "%(got)s dari %(wanted)s %(word)s",
        got=money.group(row.packs),
        wanted=money.group(row.frozen.wanted_packs),
        word=row.pack.unit_word,
    )
    return render.Section(
        f"{row.pack.name}: {got}",
        lines=_missing(row),
        columns=(
            render.PdfColumn(_("Pemasok"), 2.4),
            render.PdfColumn(_("Jumlah"), 1, "right"),
            render.PdfColumn(_("Harga"), 1.3, "right"),
            render.PdfColumn(_("Kirim dan lain-lain"), 1.5, "right"),
            render.PdfColumn(_("Datang"), 1.5),
        )
        if row.packs
        else (),
        rows=[
            (
                served.supplier,
                money.group(served.packs),
                money.format_rp(served.line.price_rp),
                money.format_rp(served.line.paid_rp() - served.packs * served.line.price_rp),
                format_date(served.line.delivery_on or served.assignment.delivery_on),
            )
            for served in row.lines
            if served.packs
        ],
    )


def _missing(row: NeedOutcome) -> list[str]:
    if not row.missing:
        return []
    reason = str(queries.UNMET_WORDS.get(row.frozen.unmet_reason or "", ""))
    return [
        _("Belum dapat %(n)s %(word)s.", n=money.group(row.missing), word=row.pack.unit_word)
        + (f" {reason}" if reason else "")
    ]
