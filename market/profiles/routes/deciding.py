"""The cooperative answers those who want to sell."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup

from market.core import messages, qr
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.identity.models import Organization
from market.profiles import queries, services
from market.profiles.forms import AnswerForm
from market.profiles.routes.blueprint import Answer, bp, typed_words
from market.web.access import current_actor, requires
from market.web.paging import keyset

TABS = {"": "active", "menunggu": "submitted", "perbaikan": "changes_requested", "berhenti": "paused"}


@bp.get("/penjual")
@requires(Permission.SELLERS_VIEW)
def index() -> str:
    """Sellers of the cooperative, and before them who waits for an answer."""
    actor, words, tab = current_actor(), typed_words(), request.args.get("lihat", "")
    state, counts = TABS.get(tab, "active"), queries.counts(actor)
    names = {
        "": _("Berjualan (%(n)s)", n=counts.get("active", 0)),
        "menunggu": _("Menunggu (%(n)s)", n=counts.get("submitted", 0)),
        "perbaikan": _("Diperbaiki (%(n)s)", n=counts.get("changes_requested", 0)),
        "berhenti": _("Dihentikan (%(n)s)", n=counts.get("paused", 0)),
    }
    shown = [key for key in TABS if key in ("", "menunggu") or counts.get(TABS[key])]
    return render_template(
        "profiles/index.html",
        page=keyset(queries.listed(actor, state, words), Organization.id),
        state=state,
        tab=tab if tab in TABS else "",
        tabs=[
            (names[key], url_for("profiles.index", lihat=key or None), TABS[key] == state) for key in shown
        ],
        words=words,
        waiting=counts.get("submitted", 0),
    )


@bp.get("/penjual/<int:organization_id>")
@requires(Permission.SELLERS_VIEW)
def show(organization_id: int) -> str:
    """One seller: what she says, and the answer."""
    return _page(queries.seller_of(current_actor(), organization_id), AnswerForm())


def _page(seller: Organization, form: AnswerForm) -> str:
    own, decides = queries.profile(seller.id), current_actor().may(Permission.SELLERS_DECIDE)
    owner = queries.owner(own)
    number = (owner.phone if owner else None) or seller.phone
    shown = messages.shown_phone if decides else messages.masked_phone
    return render_template(
        "profiles/show.html",
        seller=seller,
        own=own,
        state=queries.state_of(own),
        owner=owner.name if owner else "",
        phone=shown(number) if number else "",
        place=queries.place_of(seller),
        nib=queries.nib(seller.id),
        form=form,
        history=history_of(own) if own else [],
    )


def _version() -> int | None:
    typed = request.form.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else None


@bp.post("/penjual/<int:organization_id>/persetujuan")
@requires(Permission.SELLERS_DECIDE)
def create_approval(organization_id: int) -> Answer:
    """Let her sell."""
    services.approve(current_actor(), organization_id, _version())
    flash(_("Disetujui. Ia mendapat kabar dan bisa mengirim produk."))
    return redirect(url_for("profiles.show", organization_id=organization_id), 303)


def _answer(organization_id: int, act: Any, said: str, versioned: bool = True) -> Answer:
    form = AnswerForm.load()
    if form.validate():
        with form.guard():
            seen = {"version": form.version.data} if versioned else {}
            act(current_actor(), organization_id, str(form.reason.data), **seen)
            flash(said)
            return redirect(url_for("profiles.show", organization_id=organization_id), 303)
    return _page(queries.seller_of(current_actor(), organization_id), form), 422


@bp.post("/penjual/<int:organization_id>/perbaikan")
@requires(Permission.SELLERS_DECIDE)
def create_return(organization_id: int) -> Answer:
    """Ask for changes."""
    return _answer(organization_id, services.ask_changes, _("Dikembalikan dengan alasannya."))


@bp.post("/penjual/<int:organization_id>/penolakan")
@requires(Permission.SELLERS_DECIDE)
def create_refusal(organization_id: int) -> Answer:
    """Say no, and why."""
    return _answer(
        organization_id, services.decline, _("Ditolak dengan alasannya. Ia boleh mengajukan lagi.")
    )


@bp.post("/penjual/<int:organization_id>/penghentian")
@requires(Permission.SELLERS_DECIDE)
def create_pause(organization_id: int) -> Answer:
    """Take her goods off sale for now."""
    said = _("Semua produknya berhenti dijual. Pesanan yang sudah ada tetap berjalan.")
    return _answer(organization_id, services.pause, said, versioned=False)


@bp.post("/penjual/<int:organization_id>/lanjut")
@requires(Permission.SELLERS_DECIDE)
def create_resumption(organization_id: int) -> Answer:
    """Let her sell again."""
    services.resume(current_actor(), organization_id)
    flash(_("Produknya dijual lagi."))
    return redirect(url_for("profiles.show", organization_id=organization_id), 303)


@bp.get("/ajakan")
@requires(Permission.SELLERS_VIEW)
def show_poster() -> str:
    """A sheet for the counter: the QR of the cooperative's own sign-up page."""
    cooperative = identity.organization(current_actor().organization_id or 0)
    address = messages.link(url_for("profiles.show_invitation", slug=cooperative.slug))
    return render_template(
        "profiles/show_poster.html",
        cooperative=cooperative,
        address=address,
        picture=Markup(qr.svg(address)),
    )
