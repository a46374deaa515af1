"""Money that came over the internet, and the queue of money that belongs to nothing yet."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from market.core.i18n import _
from market.core.permissions import Permission
from market.payments import queries, services
from market.payments.forms import ReasonForm
from market.payments.models import Payment, SuspenseCase
from market.payments.routes.blueprint import Answer, bp
from market.web.access import current_actor, requires

MAX_REASON = 200


@bp.get("/uang-masuk")
@requires(Permission.MONEY_IN_VIEW)
def index() -> str:
    """Open cases first, then the newest payments."""
    return _page()


def _page(reason: ReasonForm | None = None) -> str:
    organization_id = current_actor().organization_id or 0
    cases = queries.open_cases(organization_id)
    return render_template(
        "payments/index.html",
        cases=[_case(case) for case in cases],
        disputes=queries.open_disputes(organization_id),
        silent=services.SILENT,
        reason=reason or ReasonForm(),
        payments=queries.payments_of(organization_id),
        account=queries.account_now(organization_id),
    )


def _case(case: SuspenseCase) -> tuple[SuspenseCase, Payment, str]:
    """A case, what it was meant for, and why it is not wanted for that any more."""
    payment = queries.payment_of_case(case)
    return case, payment, services.why_unwanted(payment) if case.reason == "late" else ""


@bp.get("/uang-masuk/<int:payment_id>")
@requires(Permission.MONEY_IN_VIEW)
def show_payment(payment_id: int) -> str:
    """One payment: its attempts, each movement of money, what went back."""
    payment = queries.payment_for(current_actor(), payment_id)
    attempts = queries.attempts_of(payment.id)
    return render_template(
        "payments/show_payment.html",
        payment=payment,
        attempts=attempts,
        effects=[effect for each in attempts for effect in queries.effects_of(each.id)],
        refunds=[refund for each in attempts for refund in queries.refunds_of(each.id)],
        disputes=[dispute for each in attempts for dispute in queries.disputes_of(each.id)],
    )


@bp.get("/uang-masuk/gerak/<int:effect_id>")
@requires(Permission.MONEY_IN_VIEW)
def show_effect(effect_id: int) -> Answer:
    """From an entry in the books to the payment that it belongs to."""
    return _to_payment(queries.effect_by_id(effect_id).attempt_id)


@bp.get("/uang-masuk/pengembalian/<int:refund_id>")
@requires(Permission.MONEY_IN_VIEW)
def show_refund(refund_id: int) -> Answer:
    """From an entry in the books to the payment whose money went back."""
    return _to_payment(queries.refund(refund_id).attempt_id)


@bp.get("/uang-masuk/kasus/<int:case_id>")
@requires(Permission.MONEY_IN_VIEW)
def show_case(case_id: int) -> Answer:
    """From an entry in the books to the payment that late money was for."""
    case = queries.case_for(current_actor(), case_id)
    return _to_payment(queries.effect_by_id(case.effect_id).attempt_id)


def _to_payment(attempt_id: int) -> Answer:
    payment = queries.payment_for(current_actor(), queries.attempt(attempt_id).payment_id)
    return redirect(url_for("payments.show_payment", payment_id=payment.id))


@bp.post("/uang-masuk/kasus/<int:case_id>/pengembalian")
@requires(Permission.MONEY_IN_SETTLE)
def create_case_refund(case_id: int) -> Answer:
    """The money goes back to who paid it."""
    services.refund_case(current_actor(), case_id, _reason())
    flash(_("Pengembalian diminta. Halaman ini menunjukkan bila bank sudah membayarkannya."))
    return redirect(url_for("payments.index"), 303)


@bp.post("/uang-masuk/kasus/<int:case_id>/pemakaian")
@requires(Permission.MONEY_IN_SETTLE)
def create_case_use(case_id: int) -> Answer:
    """The money is for what it was asked for, though late."""
    services.attribute_case(current_actor(), case_id, _reason())
    flash(_("Uang dicatat sebagai uang muka pembelinya."))
    return redirect(url_for("payments.index"), 303)


@bp.post("/uang-masuk/sanggahan/<int:dispute_id>/menang")
@requires(Permission.BOOKS_POST)
def create_dispute_won(dispute_id: int) -> Answer:
    """The provider's dashboard says that the money has come back."""
    return _end_dispute(dispute_id, won=True)


@bp.post("/uang-masuk/sanggahan/<int:dispute_id>/kalah")
@requires(Permission.BOOKS_POST)
def create_dispute_lost(dispute_id: int) -> Answer:
    """The provider's dashboard says that the money stays with the payer."""
    return _end_dispute(dispute_id, won=False)


def _end_dispute(dispute_id: int, won: bool) -> Answer:
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.end_dispute(current_actor(), dispute_id, won, **form.values())
            flash(_("Keputusan sanggahan tersimpan dan dibukukan."))
            return redirect(url_for("payments.index"), 303)
    return _page(form), 422


def _reason() -> str:
    return request.form.get("reason", "")[:MAX_REASON]
