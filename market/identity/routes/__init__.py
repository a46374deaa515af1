"""Signing in and out, switching between one's roles, the language, and who sits in the organization."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from market.core import i18n
from market.core.i18n import _
from market.core.permissions import ORGANIZATION_ROLES, ROLE_LABELS, Permission
from market.identity import queries, services
from market.identity.forms import ColleagueForm, PasswordForm, SignInForm
from market.identity.login import COOKIE_FIELD
from market.web.access import current_actor, public, repeatable, requires, safe_next, signed_in
from market.web.requests import after_refusal

bp = Blueprint("identity", __name__)

Answer = str | Response | tuple[str, int]


@bp.get("/masuk")
@public
def new_session() -> Answer:
    """The login page."""
    if current_actor().user_id is not None:
        return redirect(url_for("home.show"))
    return render_template(
        "identity/new_session.html", form=SignInForm.load(), next=request.args.get("next", "")
    )


@bp.post("/masuk")
@public
@repeatable
def create_session() -> Answer:
    """Sign in; the answer is the same for an unknown name and a wrong password."""
    form = SignInForm.load()
    if form.validate():
        login, password = str(form.login.data), str(form.password.data)
        user = services.check_password(login, password)
        if user is not None:
            return _signed_in(services.sign_in(user, request.headers.get("User-Agent", "")))
        after_refusal(lambda: services.note_failed_login(login))
        form.form_errors.append(
            _("Nama masuk atau kata sandi tidak cocok. Periksa lagi, atau tunggu sebentar.")
        )
    return render_template("identity/new_session.html", form=form, next=request.form.get("next", "")), 422


def _signed_in(signed: services.SignIn) -> Response:
    locale = session.get("locale")
    session.clear()
    session[COOKIE_FIELD] = signed.token
    if locale:
        session["locale"] = locale
    session.permanent = True
    return redirect(safe_next(request.form.get("next")) or url_for("home.show"), 303)


@bp.post("/keluar")
@public
@repeatable
def delete_session() -> Answer:
    """Sign out: the row goes, so an old cookie is worth nothing."""
    token = session.get(COOKIE_FIELD)
    if isinstance(token, str):
        services.sign_out(token)
    session.clear()
    response = redirect(url_for("identity.new_session"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.post("/peran")
@signed_in
@repeatable
def update_role() -> Answer:
    """Work in another of one's own roles."""
    wanted = request.form.get("role_id", "")
    grant_id = int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0
    services.switch_role(g.user_id, session[COOKIE_FIELD], grant_id)
    return redirect(url_for("home.show"), 303)


@bp.post("/bahasa")
@public
@repeatable
def update_language() -> Answer:
    """Indonesian or English, kept in the cookie."""
    locale = request.form.get("locale", "")
    if locale in i18n.available():
        session["locale"] = locale
    return redirect(safe_next(request.form.get("next")) or url_for("home.show"), 303)


@bp.get("/akun")
@signed_in
def show_account() -> Answer:
    """Who I am, my roles, my password."""
    return render_template("identity/show_account.html", form=PasswordForm.load())


@bp.post("/akun/kata-sandi")
@signed_in
def update_password() -> Answer:
    """A new password ends every session; one signs in again."""
    form = PasswordForm.load()
    if form.validate():
        with form.guard():
            services.change_password(current_actor(), str(form.old.data), str(form.new.data))
            session.clear()
            flash(_("Kata sandi sudah diganti. Masuk lagi dengan kata sandi baru."))
            return redirect(url_for("identity.new_session"), 303)
    return render_template("identity/show_account.html", form=form), 422


@bp.get("/orang")
@requires(Permission.PEOPLE_VIEW)
def index_people() -> Answer:
    """Who sits in the organization."""
    return _people(ColleagueForm.load(role=_role_choices()), 200)


@bp.post("/orang")
@requires(Permission.PEOPLE_MANAGE)
def create_person() -> Answer:
    """Give a person an account and a seat; the first password is shown once."""
    form = ColleagueForm.load(role=_role_choices())
    if form.validate():
        with form.guard():
            password = services.invite(current_actor(), **form.values())
            flash(
                _(
                    "Akun siap. Kata sandi pertama: %(password)s. Minta diganti setelah masuk.",
                    password=password,
                )
            )
            return redirect(url_for("identity.index_people"), 303)
    return _people(form, 422)


@bp.post("/orang/<int:role_grant_id>/akhir")
@requires(Permission.PEOPLE_MANAGE)
def delete_seat(role_grant_id: int) -> Answer:
    """End a seat: the person is signed out, the history stays."""
    services.end_role(current_actor(), role_grant_id)
    flash(_("Peran diakhiri hari ini. Riwayatnya tetap tersimpan."))
    return redirect(url_for("identity.index_people"), 303)


def _role_choices() -> list[tuple[str, str]]:
    kind = current_actor().organization_kind
    roles = sorted(ORGANIZATION_ROLES.get(kind, frozenset()), key=lambda role: list(ROLE_LABELS).index(role))
    return [(role.value, str(ROLE_LABELS[role])) for role in roles]


def _people(form: ColleagueForm, status: int) -> Answer:
    organization_id = current_actor().organization_id or 0
    people = queries.people(organization_id)
    page = render_template("identity/index_people.html", people=people, form=form, labels=ROLE_LABELS)
    return page, status
