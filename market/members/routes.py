"""The register of members: who asks, who belongs, whose card this is."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from market.core import messages, qr, text
from market.core.errors import NotFound, Refused
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.members import queries, services
from market.members.forms import MemberForm, ReasonForm
from market.members.models import Member
from market.web.access import current_actor, requires, signed_in
from market.web.paging import keyset

bp = Blueprint("members", __name__)

Answer = str | Response | tuple[str, int]

TABS = {"": "active", "menunggu": "asked", "keluar": "left", "ditolak": "declined"}


def _words() -> str:
    try:
        return text.clean(request.args.get("q", ""), 60)
    except Refused:
        return ""


def phone_of(member: Member) -> str:
    """The number, in full for those alone who decide on members."""
    if current_actor().may(Permission.MEMBERS_ADMIT):
        return messages.shown_phone(member.phone)
    return messages.masked_phone(member.phone)


bp.context_processor(lambda: {"phone_of": phone_of})


@bp.get("/anggota")
@requires(Permission.MEMBERS_VIEW)
def index() -> str:
    """Members, and before them who waits for an answer."""
    return _register(MemberForm())


def _register(form: MemberForm) -> str:
    actor, words = current_actor(), _words()
    tab = request.args.get("lihat", "")
    state = TABS.get(tab, "active")
    counts = queries.counts(actor)
    names = {
        "": _("Anggota (%(n)s)", n=counts.get("active", 0)),
        "menunggu": _("Menunggu (%(n)s)", n=counts.get("asked", 0)),
        "keluar": _("Keluar"),
        "ditolak": _("Ditolak"),
    }
    shown = [key for key in TABS if key in ("", "menunggu") or counts.get(TABS[key])]
    return render_template(
        "members/index.html",
        page=keyset(queries.listed(actor, state, words), Member.id),
        state=state,
        tab=tab if tab in TABS else "",
        tabs=[(names[key], url_for("members.index", lihat=key or None), TABS[key] == state) for key in shown],
        words=words,
        form=form,
        waiting=counts.get("asked", 0),
    )


@bp.post("/anggota")
@requires(Permission.MEMBERS_ADMIT)
def create() -> Answer:
    """Somebody at the counter: written down and taken in at once."""
    form = MemberForm.load()
    if form.validate():
        with form.guard():
            actor = current_actor()
            asked = services.apply(actor, actor.organization_id or 0, **form.values())
            services.admit(actor, asked.id)
            flash(_("%(name)s sekarang anggota. Cetak atau kirim kartunya.", name=asked.name))
            return redirect(url_for("members.show", member_id=asked.id), 303)
    return _register(form), 422


@bp.get("/anggota/<int:member_id>")
@requires(Permission.MEMBERS_VIEW)
def show(member_id: int) -> str:
    """One member, or one who asks to be."""
    return _page(queries.member_for(current_actor(), member_id), ReasonForm())


def _page(member: Member, form: ReasonForm) -> str:
    return render_template("members/show.html", member=member, form=form, history=history_of(member))


@bp.post("/anggota/<int:member_id>/penerimaan")
@requires(Permission.MEMBERS_ADMIT)
def create_admission(member_id: int) -> Answer:
    """Take the applicant in."""
    member = services.admit(current_actor(), member_id)
    flash(_("%(name)s sekarang anggota. Cetak atau kirim kartunya.", name=member.name))
    return redirect(url_for("members.show", member_id=member_id), 303)


@bp.post("/anggota/<int:member_id>/penolakan")
@requires(Permission.MEMBERS_ADMIT)
def create_refusal(member_id: int) -> Answer:
    """Say no, and why."""
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.decline(current_actor(), member_id, str(form.reason.data))
            flash(_("Ditolak dengan alasannya. Ia boleh mengajukan lagi."))
            return redirect(url_for("members.index", lihat="menunggu"), 303)
    return _page(queries.member_for(current_actor(), member_id), form), 422


@bp.post("/anggota/<int:member_id>/keluar")
@requires(Permission.MEMBERS_ADMIT)
def create_leaving(member_id: int) -> Answer:
    """A member leaves."""
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.leave(current_actor(), member_id, str(form.reason.data))
            flash(_("Dicatat keluar. Nomor dan riwayatnya tetap tersimpan."))
            return redirect(url_for("members.show", member_id=member_id), 303)
    return _page(queries.member_for(current_actor(), member_id), form), 422


@bp.post("/anggota/<int:member_id>/kembali")
@requires(Permission.MEMBERS_ADMIT)
def create_return(member_id: int) -> Answer:
    """A former member comes back."""
    services.readmit(current_actor(), member_id)
    flash(_("Anggota lagi, dengan nomor lama dan kartu baru."))
    return redirect(url_for("members.show", member_id=member_id), 303)


@bp.post("/anggota/<int:member_id>/kartu")
@requires(Permission.MEMBERS_ADMIT)
def create_card(member_id: int) -> Answer:
    """A new card for a lost one."""
    services.renew_card(current_actor(), member_id)
    flash(_("Kartu baru siap. QR yang lama tidak berlaku lagi."))
    return redirect(url_for("members.show_card", member_id=member_id), 303)


@bp.get("/anggota/<int:member_id>/kartu")
@requires(Permission.MEMBERS_ADMIT)
def show_card(member_id: int) -> str:
    """The card to print, or to show from a phone."""
    member = queries.member_for(current_actor(), member_id)
    if member.state != "active":
        raise NotFound(_("Hanya anggota aktif yang punya kartu."))
    name = identity.organization(member.organization_id).name
    return render_template("members/show_card.html", cards=[_card(member, name)], board=member)


def _card(member: Member, cooperative: str) -> dict[str, object]:
    return {"member": member, "cooperative": cooperative, "picture": Markup(qr.svg(member.card_token))}


@bp.get("/kartu-anggota")
@signed_in
def show_own_card() -> str:
    """One's own cards, one per cooperative."""
    own = queries.of_user(g.user_id)
    cards = [_card(member, name) for member, name, _slug in own if member.state == "active"]
    asked = [(member, name, slug) for member, name, slug in own if member.state != "active"]
    return render_template(
        "members/show_own_card.html", cards=cards, asked=asked, reasons={m.id: _why(m) for m, _n, _s in asked}
    )


def _why(member: Member) -> str:
    last = history_of(member)[-1:]
    return last[0].reason if last and member.state in ("declined", "left") else ""
