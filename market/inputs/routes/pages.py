"""Requests: the list of a UMKM or of its cooperative, one request, and the cooperative's word on it."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for

from market.core import approvals
from market.core.errors import Refused
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity import queries as identity
from market.inputs import forms, queries, services
from market.inputs.models import InputRequest
from market.inputs.routes import blueprint as shared
from market.inputs.routes.blueprint import Answer, bp
from market.ledger import chart
from market.web.access import current_actor, requires
from market.web.requests import after_refusal


@bp.get("/bahan")
@requires(Permission.INPUTS_VIEW)
def index() -> str:
    """What was asked, by state; for the cooperative also what waits to be pooled."""
    actor = current_actor()
    group = request.args.get("keadaan", "")
    group = group if group in queries.GROUPS else ""
    ours = actor.organization_kind == "cooperative"
    shop = identity.organization(actor.organization_id or 0)
    return render_template(
        "inputs/index.html",
        ours=ours,
        group=group,
        tabs=_tabs(group, queries.state_counts(actor)),
        wishes=queries.requests_of(actor, queries.GROUPS.get(group, ())),
        waiting=queries.waiting(shop.id) if ours and not group else [],
        pools=queries.pools_of(shop.id, limit=5) if ours and not group else [],
        guest_link=url_for("inputs.new_guest", slug=shop.slug) if ours else "",
    )


def _tabs(group: str, counts: dict[str, int]) -> list[tuple[str, str, bool]]:
    words = {
        "": _("Semua"),
        "baru": _("Baru"),
        "berjalan": _("Berjalan"),
        "siap": _("Siap diambil"),
        "uang": _("Uang"),
        "selesai": _("Selesai"),
    }
    found = []
    for name, word in words.items():
        number = sum(counts.get(state, 0) for state in queries.GROUPS.get(name, ()))
        label = f"{word} ({number})" if name and number else word
        found.append((label, url_for("inputs.index", keadaan=name or None), name == group))
    return found


@bp.get("/bahan/<int:request_id>")
@requires(Permission.INPUTS_VIEW)
def show(request_id: int) -> Answer:
    """One request: where it stands, the money, and the one next step of this person."""
    return shown(request_id)


def shown(request_id: int, status: int = 200, **sent: Any) -> Answer:
    """The page of a request; `sent` are forms that were refused."""
    actor = current_actor()
    found = queries.request_for(actor, request_id)
    ours = actor.organization_kind == "cooperative"
    page = render_template(
        "inputs/show.html",
        wish=found,
        ours=ours,
        shop=identity.organization(found.organization_id),
        payments=queries.payments_of(found.id),
        changes=history_of(found),
        locked=found.wrong_codes >= services.MAX_WRONG_CODES,
        **(_decisions(actor, found) if ours else {}),
        **{**(_forms(found) if ours else {}), **sent},
    )
    return page, status


def _decisions(actor: Actor, found: InputRequest) -> dict[str, Any]:
    """What the cooperative should know before it acts."""
    shop_id = found.organization_id
    return {
        "suggested_rp": services.suggested_rp(found) if found.state == "submitted" else None,
        "margin": _percent(services.MARGIN_BP.value(organization_id=shop_id)),
        "credit_rp": services.CREDIT_RP.value(organization_id=shop_id),
        "credit_days": services.CREDIT_DAYS.value(organization_id=shop_id),
        "change_rp": services.CHANGE_RP.value(organization_id=shop_id),
        "exposure_rp": queries.exposure_rp(found),
        "kept_rp": sum(each.open_rp for each in queries.kept(found)),
        "refunding": approvals.waiting(queries.REFUND, found, shop_id),
        "me": actor.user_id,
    }


def _percent(basis_points: int) -> str:
    """300 -> "3", 325 -> "3,25"."""
    whole, part = divmod(basis_points, 100)
    return f"{whole},{part:02d}".rstrip("0") if part else str(whole)


def _forms(found: InputRequest) -> dict[str, Any]:
    usual = {"quote_rp": services.suggested_rp(found), "terms": found.terms}
    account = {"account": chart.CASH}
    return {
        "approval": forms.ApprovalForm.load(usual, terms=shared.terms()),
        "reason": forms.ReasonForm.load(),
        "advance": forms.AdvanceForm.load({**account, "use_kept": True}, account=shared.accounts()),
        "settlement": forms.SettlementForm.load(
            {**account, "amount_rp": found.owed_rp}, account=shared.accounts()
        ),
        "refund": forms.RefundForm.load(account, account=shared.accounts()),
        "collection": forms.CollectionForm.load(
            {**account, "change": "return"}, account=shared.accounts(), change=shared.changes()
        ),
    }


@bp.post("/bahan/<int:request_id>/persetujuan")
@requires(Permission.INPUTS_DECIDE)
def create_approval(request_id: int) -> Answer:
    """Promise the goods at a price."""
    shared.cooperative()
    form = forms.ApprovalForm.load(terms=shared.terms())
    if form.validate():
        with form.guard():
            found = services.approve_request(current_actor(), request_id, **form.values())
            later = _("Disetujui. Terima uang mukanya, lalu gabungkan.")
            flash(later if found.terms == "prepaid" else _("Disetujui. Gabungkan ke kebutuhan koperasi."))
            return shared.to(request_id)
    return shown(request_id, 422, approval=form)


@bp.post("/bahan/<int:request_id>/penolakan")
@requires(Permission.INPUTS_DECIDE)
def create_rejection(request_id: int) -> Answer:
    """Say no, with the reason."""
    shared.cooperative()
    form = forms.ReasonForm.load()
    if form.validate():
        with form.guard():
            services.decline_request(current_actor(), request_id, str(form.reason.data))
            flash(_("Ditolak. Pembeli membaca alasan Anda."))
            return shared.to(request_id)
    return shown(request_id, 422, reason=form)


@bp.post("/bahan/<int:request_id>/keanggotaan")
@requires(Permission.PEOPLE_MANAGE)
def create_membership(request_id: int) -> Answer:
    """Take the buyer in as a member."""
    shared.cooperative()
    password = services.become_member(current_actor(), request_id)
    if password:
        text = _(
            "Anggota tercatat. Kata sandi pertama: %(password)s. Minta diganti setelah masuk.",
            password=password,
        )
        flash(text)
    else:
        flash(_("Anggota tercatat. Pembelian berikutnya dibukukan sebagai pembelian anggota."))
    return shared.to(request_id)


@bp.post("/bahan/<int:request_id>/serah-terima")
@requires(Permission.RETAIL_HAND_OVER)
def create_collection(request_id: int) -> Answer:
    """Goods for the code."""
    shared.cooperative()
    form = forms.CollectionForm.load(account=shared.accounts(), change=shared.changes())
    if form.validate():
        try:
            found = services.collect(
                current_actor(),
                request_id,
                str(form.pickup_code.data),
                change=form.change.data or "return",
                account=form.account.data or chart.CASH,
            )
            if found.state == "refund_pending":
                flash(_("Diserahkan. Kelebihan uang muka menunggu dua pengurus: jangan beri tunai dahulu."))
            else:
                flash(_("Diserahkan dan dibukukan sebagai penjualan."))
            return shared.to(request_id)
        except Refused as refusal:
            if refusal.field == "pickup_code":
                after_refusal(lambda: services.note_wrong_code(request_id))
            form.refuse(refusal)
    return shown(request_id, 422, collection=form)


@bp.post("/bahan/<int:request_id>/pembatalan")
@requires(Permission.INPUTS_DECIDE)
def create_cancellation(request_id: int) -> Answer:
    """Nobody collected: goods back to the shelf."""
    shared.cooperative()
    form = forms.ReasonForm.load()
    if form.validate():
        with form.guard():
            services.give_up(current_actor(), request_id, str(form.reason.data))
            flash(_("Barang kembali ke rak."))
            return shared.to(request_id)
    return shown(request_id, 422, reason=form)
