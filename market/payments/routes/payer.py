"""The payer's page behind a secret link: choose a way, pay, see it turn to paid by itself."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from markupsafe import Markup

from market.core import clock, qr
from market.core.errors import Conflict, Refused
from market.core.i18n import _
from market.identity import queries as identity
from market.payments import queries, queries_payouts, services
from market.payments.models import Payment, PaymentAttempt
from market.payments.routes import howto
from market.payments.routes.blueprint import Answer, bp
from market.payments.types import NextAction
from market.web.access import public
from market.web.requests import behind_secret_link, etag_for


@bp.get("/bayar/<token>")
@public
def show(token: str) -> Response:
    """What is to be paid, and how; for no cache and no search engine."""
    return behind_secret_link(make_response(render_template("payments/show.html", **_page(token))))


@bp.get("/bayar/<token>/keadaan")
@public
def show_live(token: str) -> Response:
    """The moving part: 304 as long as nothing has happened."""
    page = _page(token)
    attempt: PaymentAttempt | None = page["attempt"]
    shown = attempt and (attempt.id, attempt.state, bool(attempt.next_action))
    seen = (
        page["payment"].state,
        shown,
        page["over"],
        page["received"],
        *page["methods"],
        len(page["going_back"]),
    )
    tag = etag_for(*map(str, seen))
    if tag in request.if_none_match:
        response = Response(status=304)
    else:
        response = make_response(render_template("payments/_live.html", **page))
    if not page["moving"]:
        response.headers["HX-Refresh"] = "true"  # the whole page once more, which then asks no longer
    response.set_etag(tag)
    return behind_secret_link(response, cache="no-cache")


def _page(token: str) -> dict[str, Any]:
    payment = queries.payment_by_token(token)
    attempt = _shown(payment)
    action = NextAction.from_dict(attempt.next_action) if attempt and attempt.next_action else None
    over = payment.due_at <= clock.now()
    received = any(each.state == "succeeded" for each in queries.attempts_of(payment.id))
    askable = payment.state == "open" and not over and not received
    return {
        "payment": payment,
        "seller": identity.organization(payment.organization_id),
        "attempt": attempt,
        "action": action,
        "picture": Markup(qr.svg(action.qr_string)) if action and action.qr_string else "",
        "howto": howto,
        "methods": services.methods_for(payment) if askable else {},
        "received": received,
        "over": over,
        "moving": payment.state == "open",
        "going_back": queries_payouts.refunds_of_payment(payment.id),
    }


def _shown(payment: Payment) -> PaymentAttempt | None:
    """The attempt that counts: the newest that can still be paid, or the newest that failed."""
    attempts = queries.attempts_of(payment.id)
    alive = [each for each in attempts if each.state in PaymentAttempt.UNSETTLED]
    return next(reversed(alive or attempts), None)


@bp.post("/bayar/<token>/cara")
@public
def create_choice(token: str) -> Answer:
    """The payer chooses how to pay."""
    try:
        services.choose_method(token, request.form.get("method", ""))
    except Conflict as late:
        # Paid or over meanwhile: the page itself says which, and no button is left on it.
        flash(late.message, "warn")
    except Refused as refusal:
        flash(refusal.message, "warn")
        return render_template("payments/show.html", **_page(token)), 422
    return redirect(url_for("payments.show", token=token), 303)


@bp.get("/bayar/<token>/qr.png")
@public
def show_qr(token: str) -> Response:
    """The code as a picture to keep, for who pays with the same phone."""
    action: NextAction | None = _page(token)["action"]
    if action is None or not action.qr_string:
        raise Refused(_("Kode QR belum ada. Pilih QRIS dahulu."))
    response = make_response(qr.png(action.qr_string))
    response.headers["Content-Type"] = "image/png"
    response.headers["Content-Disposition"] = 'attachment; filename="qris.png"'
    return behind_secret_link(response)
