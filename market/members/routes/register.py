"""The register: who asks, who belongs, whose card this is."""

from __future__ import annotations

from typing import Any

from flask import flash, g, make_response, redirect, render_template, request, url_for
from markupsafe import Markup

from market.core import messages, qr, text
from market.core.errors import NotFound, Refused
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.members import queries, services
from market.members.forms import IdentityForm, MemberForm, ReasonForm, VerifyForm
from market.members.models import IdentityReveal, Member
from market.members.routes.blueprint import Answer, bp
from market.members.services.exporting import STATE_WORDS
from market.members.types import CONSENT, Identity, masked
from market.places import queries as places
from market.web.access import current_actor, requires, signed_in
from market.web.forms import Choices
from market.web.paging import keyset
from market.web.requests import behind_secret_link

TABS = {
    "": "active",
    "menunggu": "asked",
    "pokok": "verified",
    "impor": "imported",
    "keluar": "left",
    "ditolak": "declined",
}


def _words() -> str:
    try:
        return text.clean(request.args.get("q", ""), 60)
    except Refused:
        return ""


def phone_of(member: Member) -> str:
    """The number, in full for those alone who decide on members."""
    if not member.phone:
        return _("belum ada")
    if current_actor().may(Permission.MEMBERS_ADMIT):
        return messages.shown_phone(member.phone)
    return messages.masked_phone(member.phone)


bp.context_processor(lambda: {"phone_of": phone_of, "state_words": STATE_WORDS, "consent": CONSENT})


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
        "pokok": _("Belum bayar (%(n)s)", n=counts.get("verified", 0)),
        "impor": _("Dari berkas (%(n)s)", n=counts.get("imported", 0)),
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
        sheets=queries.imports_waiting(actor),
    )


@bp.post("/anggota")
@requires(Permission.MEMBERS_ADMIT)
def create() -> Answer:
    """Somebody at the counter: written down, and then verified against the card."""
    form = MemberForm.load()
    if form.validate():
        with form.guard():
            actor = current_actor()
            if not form.agreed.data:
                raise Refused(_("Bacakan dahulu persetujuannya, lalu centang."), field="agreed")
            asked = services.apply(
                actor,
                actor.organization_id or 0,
                form.name.data,
                form.phone.data,
                identity=_typed(form),
            )
            flash(_("%(name)s tercatat. Cocokkan KTP-nya, lalu terima.", name=asked.name))
            return redirect(url_for("members.show", member_id=asked.id), 303)
    return _register(form), 422


def _typed(form: IdentityForm) -> Identity:
    return Identity(form.nik.data, form.family.data or "", bool(form.age_checked.data))


@bp.get("/anggota/<int:member_id>")
@requires(Permission.MEMBERS_VIEW)
def show(member_id: int) -> str:
    """One member, or one who asks to be."""
    return _page(queries.member_for(current_actor(), member_id), ReasonForm())


def _villages(member: Member) -> Choices:
    """Kelurahan of the cooperative's city; staff read the card, the number says nothing of it."""
    city = identity.organization(member.organization_id).city_code
    found = places.villages_of(city) if city else []
    return sorted(((place.code, place.name) for place in found), key=lambda pair: pair[1])


def _page(member: Member, form: ReasonForm, **forms: Any) -> str:
    kept = queries.identity_of(member)
    home = identity.organization(member.organization_id).place_code
    verifying = forms.get("verifying") or VerifyForm(data={"place_code": home})
    verifying.place_code.choices = list(_villages(member))
    return render_template(
        "members/show.html",
        member=member,
        form=form,
        history=history_of(member),
        kept=kept,
        masked_nik=masked(queries.opened(kept).nik) if kept else "",
        village=places.place(kept.place_code).name if kept and kept.place_code else "",
        elsewhere=bool(kept and kept.place_code and kept.place_code != home),
        verifying=verifying,
        identity_form=forms.get("identity_form") or IdentityForm(),
        reveal_form=forms.get("reveal_form") or ReasonForm(),
    )


@bp.post("/anggota/<int:member_id>/penerimaan")
@requires(Permission.MEMBERS_ADMIT)
def create_admission(member_id: int) -> Answer:
    """The card was compared: the applicant may pay and become a member."""
    member = queries.member_for(current_actor(), member_id)
    form = VerifyForm.load(place_code=_villages(member))
    if form.validate():
        with form.guard():
            services.verify(current_actor(), member_id, str(form.place_code.data))
            flash(
                _("%(name)s diterima. Ia menjadi anggota setelah simpanan pokok dibayar.", name=member.name)
            )
            return redirect(url_for("members.show", member_id=member_id), 303)
    return _page(member, ReasonForm(), verifying=form), 422


@bp.post("/anggota/<int:member_id>/identitas")
@requires(Permission.MEMBERS_ADMIT)
def create_identity(member_id: int) -> Answer:
    """The NIK of somebody who came without one."""
    form = IdentityForm.load()
    if form.validate():
        with form.guard():
            services.record_identity(current_actor(), member_id, _typed(form), bool(form.agreed.data))
            flash(_("NIK tersimpan terkunci."))
            return redirect(url_for("members.show", member_id=member_id), 303)
    return _page(queries.member_for(current_actor(), member_id), ReasonForm(), identity_form=form), 422


@bp.post("/anggota/<int:member_id>/nik")
@requires(Permission.MEMBERS_REVEAL)
def create_reveal(member_id: int) -> Answer:
    """Open a NIK: who and why is written down first."""
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            opened = services.reveal_identity(current_actor(), member_id, str(form.reason.data))
            return redirect(url_for("members.show_identity", reveal_id=opened.id), 303)
    return _page(queries.member_for(current_actor(), member_id), ReasonForm(), reveal_form=form), 422


@bp.get("/anggota/nik/<int:reveal_id>")
@requires(Permission.MEMBERS_REVEAL)
def show_identity(reveal_id: int) -> Answer:
    """The whole number, for five minutes, to who gave the reason; no cache keeps it."""
    member, plain = services.identity_in_full(current_actor(), reveal_id)
    page = make_response(render_template("members/show_identity.html", member=member, identity=plain))
    return behind_secret_link(page)


@bp.get("/anggota/nik")
@requires(Permission.MEMBERS_LOG_VIEW)
def index_reveals() -> Answer:
    """Who opened which NIK, and why: for the chair and the supervisors."""
    page = keyset(queries.reveals(current_actor()), IdentityReveal.id)
    return render_template("members/index_reveals.html", page=page)


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
    flash(_("Diterima kembali. Ia anggota lagi setelah simpanan pokok dibayar, dengan nomor lama."))
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
