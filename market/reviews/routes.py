"""The buyer's page behind the tracking link, and the page of who answers and who moderates."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.retail import queries as retail
from market.retail import services as shop
from market.reviews import forms, queries, services
from market.web.access import current_actor, public, requires
from market.web.requests import behind_secret_link

bp = Blueprint("reviews", __name__)
Answer = str | Response | tuple[str, int]


def _stars() -> list[tuple[str, str]]:
    return [(value, str(word)) for value, word in forms.STARS.items()]


@bp.get("/pesanan-saya/<token>/ulasan")
@public
def show_order(token: str) -> Answer:
    """A short form for each thing that was bought."""
    return behind_secret_link(make_response(_order(token)))


def _order(token: str, wrong: tuple[int, forms.ReviewForm] | None = None) -> str:
    order = retail.order_by_token(token)
    lines = [line for line in retail.lines_of(order.id) if line.kept]
    written = queries.by_line([line.id for line in lines])
    shown = []
    for line in lines:
        review = written.get(line.id)
        typed = {"stars": review.stars, "text": review.text} if review else {"stars": 5}
        form = forms.ReviewForm.load(typed, stars=_stars())
        if wrong and wrong[0] == line.id:
            form = wrong[1]
        shown.append((line, review, form, services.may_write(order, review)))
    return render_template(
        "reviews/show_order.html", order=order, shop=identity.organization(order.organization_id), shown=shown
    )


@bp.post("/pesanan-saya/<token>/ulasan/<int:line_id>")
@public
def create(token: str, line_id: int) -> Answer:
    """Write, or change what stands there."""
    form = forms.ReviewForm.load(stars=_stars())
    if form.validate():
        with form.guard():
            photo = form.photo.data.read() if form.photo.data else None
            services.write_review(
                shop.BUYER, token, line_id, stars=form.stars.data, text=form.text.data, photo=photo
            )
            flash(_("Terima kasih. Ulasan Anda tampil di halaman barangnya."))
            return redirect(url_for("reviews.show_order", token=token), 303)
    return _order(token, (line_id, form)), 422


@bp.get("/ulasan")
@requires(Permission.PRODUCTS_VIEW)
def index() -> str:
    """What buyers said of one's goods or in one's shop."""
    return _index()


def _index(wrong: tuple[int, forms.AnswerForm | forms.HideForm] | None = None) -> str:
    actor = current_actor()
    found = queries.listed(actor)
    return render_template(
        "reviews/index.html",
        found=found,
        sellers=identity.names({review.seller_id for review in found}),
        answers={review.id: forms.AnswerForm.load({"answer": review.answer}) for review in found},
        hide=forms.HideForm.load(),
        reasons=[str(word) for word in forms.REASONS.values()],
        wrong=wrong,
        me=actor.organization_id,
    )


@bp.post("/ulasan/<int:review_id>/jawaban")
@requires(Permission.REVIEWS_ANSWER)
def create_answer(review_id: int) -> Answer:
    """Answer for everybody to read."""
    form = forms.AnswerForm.load()
    if form.validate():
        with form.guard():
            services.answer(current_actor(), review_id, str(form.answer.data))
            flash(_("Jawaban Anda tampil di bawah ulasannya."))
            return redirect(url_for("reviews.index", _anchor=f"ulasan-{review_id}"), 303)
    return _index((review_id, form)), 422


@bp.post("/ulasan/<int:review_id>/sembunyi")
@requires(Permission.REVIEWS_MODERATE)
def create_hiding(review_id: int) -> Answer:
    """Hide, with the reason."""
    form = forms.HideForm.load()
    if form.validate():
        with form.guard():
            services.hide(current_actor(), review_id, str(form.reason.data))
            flash(_("Disembunyikan. Alasannya tercatat dan penjual diberi tahu."))
            return redirect(url_for("reviews.index", _anchor=f"ulasan-{review_id}"), 303)
    return _index((review_id, form)), 422


@bp.post("/ulasan/<int:review_id>/tampil")
@requires(Permission.REVIEWS_MODERATE)
def create_showing(review_id: int) -> Answer:
    """Show it again."""
    services.show_again(current_actor(), review_id)
    flash(_("Ulasan tampil lagi."))
    return redirect(url_for("reviews.index", _anchor=f"ulasan-{review_id}"), 303)
