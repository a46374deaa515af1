"""What suppliers have changed, and what the cooperative says to it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from market.commodities import queries as commodities
from market.core import clock
from market.core.errors import NotFound, Refused
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.needs import queries as needs
from market.rounds import queries, services
from market.rounds.forms import DecisionForm
from market.rounds.queries import proposals
from market.rounds.routes.blueprint import Answer, bp
from market.web.access import current_actor, requires


@bp.get("/usulan")
@requires(Permission.NEEDS_VIEW)
def index_proposals() -> Answer:
    """Changed answers to this cooperative's needs: what waits, and what was decided."""
    rows = proposals.proposals_of(current_actor().organization_id)
    return render_template(
        "rounds/index_proposals.html",
        waiting=[row for row in rows if row.state == "pending"],
        done=[row for row in rows if row.state != "pending"],
        packs={pack.id: pack for pack in commodities.packs()},
        suppliers=identity.names({row.organization_id for row in rows}),
    )


@bp.get("/usulan/<int:proposal_id>")
@requires(Permission.NEEDS_VIEW)
def show_proposal(proposal_id: int) -> Answer:
    """One changed answer beside what was asked."""
    return _page(proposal_id, DecisionForm.load())


@bp.post("/usulan/<int:proposal_id>/keputusan")
@requires(Permission.NEEDS_APPROVE)
def create_decision(proposal_id: int) -> Answer:
    """Take the change or leave it: once."""
    form = DecisionForm.load()
    choice = request.form.get("choice", "")
    if choice not in ("confirm", "withdraw"):
        form.refuse(Refused(_("Pilih ambil atau tidak ambil.")))
    elif form.validate():
        with form.guard():
            taken = choice == "confirm"
            services.decide_proposal(current_actor(), proposal_id, taken, form.note.data or "")
            flash(
                _("Diambil. Pesanan pembelian sudah terbit.")
                if taken
                else _("Tidak diambil. Bagian ini dicarikan pemasok lain.")
            )
            return redirect(url_for("rounds.show_proposal", proposal_id=proposal_id), 303)
    return _page(proposal_id, form), 422


def _page(proposal_id: int, form: DecisionForm) -> str:
    proposal = proposals.proposal_for(current_actor(), proposal_id)
    line = proposals.line_by_id(proposal.line_id)
    assignment = proposals.assignment_of_line(line.id)
    need = next(iter(needs.by_ids([line.need_id])), None)
    if need is None:
        raise NotFound(_("Usul ini tidak ditemukan."))
    return render_template(
        "rounds/show_proposal.html",
        proposal=proposal,
        line=line,
        assignment=assignment,
        need=need,
        round=queries.round_by_id(assignment.round_id),
        asked=commodities.pack(assignment.pack_id),
        pack=commodities.pack(proposal.pack_id),
        supplier=identity.names({proposal.organization_id})[proposal.organization_id],
        parts=proposals.parts_of(line.id),
        orders=proposals.orders_of_line(line),
        open=proposal.state == "pending" and proposal.due_at > clock.now(),
        may_decide=current_actor().may(Permission.NEEDS_APPROVE),
        changes=history_of(proposal),
        form=form,
    )
