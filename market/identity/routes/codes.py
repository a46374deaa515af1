"""Signing up and in by phone: the number, the code, and for a new person the name."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from market.core import messages
from market.core.errors import Refused
from market.core.i18n import _
from market.identity.forms import CodeForm, NameForm, PhoneForm
from market.identity.login import COOKIE_FIELD
from market.identity.services import SignIn, codes
from market.web.access import current_actor, public, repeatable, safe_next

bp = Blueprint("sign_up", __name__)

Answer = str | Response | tuple[str, int]

FLOW, NEXT = "code_flow", "code_next"


def _flow() -> str:
    return str(session.get(FLOW, ""))


def _agent() -> str:
    return request.headers.get("User-Agent", "")


@bp.get("/masuk/hp")
@public
def new_code() -> Answer:
    """The number: the same page for those who are known and those who are new."""
    target = safe_next(request.args.get("next"))
    if current_actor().user_id is not None:
        return redirect(target or url_for("profiles.show_start"))
    return _number_page(PhoneForm.load(), target or "")


def _number_page(form: PhoneForm, target: str) -> str:
    return render_template(
        "identity/new_code.html", form=form, next=target, ready=messages.phone_channel() is not None
    )


@bp.post("/masuk/hp")
@public
@repeatable
def create_code() -> Answer:
    """Send a code. Nothing in the answer tells whether somebody has an account with the number."""
    form, target = PhoneForm.load(), safe_next(request.form.get("next")) or ""
    if form.validate():
        with form.guard():
            _ask(str(form.phone.data))
            session[NEXT] = target
            return redirect(url_for("sign_up.show_code"), 303)
    return _number_page(form, target), 422


def _ask(phone: str) -> None:
    session[FLOW] = codes.ask(phone, request.remote_addr or "").flow


@bp.get("/masuk/kode")
@public
def show_code() -> Answer:
    """Where the six digits are typed."""
    waiting = codes.waiting(_flow())
    if waiting is None:
        return redirect(url_for("sign_up.new_code"))
    return _code_page(waiting, CodeForm.load())


def _code_page(waiting: codes.Waiting, form: CodeForm) -> str:
    phone = messages.shown_phone(waiting.phone)
    return render_template("identity/show_code.html", form=form, waiting=waiting, phone=phone)


@bp.post("/masuk/kode")
@public
@repeatable
def create_entry() -> Answer:
    """Check the digits. A wrong code answers with a redirect, which commits the counted try."""
    waiting = codes.waiting(_flow())
    if waiting is None:
        return redirect(url_for("sign_up.new_code"), 303)
    form = CodeForm.load()
    if not form.validate():
        return _code_page(waiting, form), 422
    if not codes.check(_flow(), str(form.code.data)):
        flash(_("Kode tidak cocok atau sudah tidak berlaku. Periksa pesan terakhir."), "stop")
        return redirect(url_for("sign_up.show_code"), 303)
    signed = codes.enter(_flow(), _agent())
    return redirect(url_for("sign_up.new_account"), 303) if signed is None else _signed_in(signed)


@bp.post("/masuk/kode/ulang")
@public
@repeatable
def create_code_again() -> Answer:
    """Another code for the same number, once the wait is over."""
    waiting = codes.waiting(_flow())
    if waiting is None:
        return redirect(url_for("sign_up.new_code"), 303)
    try:
        _ask(waiting.phone)
    except Refused as refusal:
        form = CodeForm()
        form.form_errors.append(refusal.message)
        return _code_page(waiting, form), 422
    flash(_("Kode baru sedang dikirim. Kode lama tidak berlaku lagi."))
    return redirect(url_for("sign_up.show_code"), 303)


@bp.get("/daftar")
@public
def new_account() -> Answer:
    """A new person's name; the number is proven already."""
    phone = codes.proven_phone(_flow())
    if phone is None:
        return redirect(url_for("sign_up.new_code"))
    return _name_page(NameForm.load(), phone)


def _name_page(form: NameForm, phone: str) -> str:
    return render_template("identity/new_account.html", form=form, phone=messages.shown_phone(phone))


@bp.post("/daftar")
@public
def create_account() -> Answer:
    """The account, and straight on to what the person came for."""
    phone = codes.proven_phone(_flow())
    if phone is None:
        return redirect(url_for("sign_up.new_code"), 303)
    form = NameForm.load()
    if form.validate():
        with form.guard():
            return _signed_in(codes.sign_up(_flow(), str(form.name.data), _agent()))
    return _name_page(form, phone), 422


def _signed_in(signed: SignIn) -> Response:
    """A new session: nothing of the stranger's is carried over but language and where to go."""
    locale, target = session.get("locale"), safe_next(session.get(NEXT))
    session.clear()
    session[COOKIE_FIELD] = signed.token
    if locale:
        session["locale"] = locale
    session.permanent = True
    return redirect(target or url_for("profiles.show_start", masuk=1), 303)
