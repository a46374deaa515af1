"""What is asked of reviews: ratings, what people said, what waits for an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, String, cast, func, literal, or_, select

from market.core import db, money, parameters
from market.core.errors import NotFound
from market.core.i18n import _, lazy
from market.core.parameters import Parameter
from market.core.permissions import Actor, Permission
from market.reviews.models import Review

MAX_ID = 2**63 - 1
LEAST = Parameter(
    "reviews.least",
    3,
    "assumption: one or two voices are no average",
    *(1, 50, lazy("Nilai rata-rata ditampilkan mulai"), lazy("ulasan"), "cooperative"),
)
UNHAPPY = 3
"""So few stars want an answer."""


@dataclass(frozen=True)
class Rating:
    """How many shown reviews, and their plain average in tenths of a star: None while they are too few."""

    count: int = 0
    tenths: int | None = None

    @property
    def stars(self) -> str:
        """ "4,3" """
        return "" if self.tenths is None else f"{self.tenths // 10},{self.tenths % 10}"


def ratings(product_ids: Iterable[int]) -> dict[int, Rating]:
    """Ratings of several products in one query; a product without a review is missing."""
    return _ratings(Review.product_id, Review.product_id.in_(list(product_ids)))


def rating(product_id: int) -> Rating:
    """The rating of one product."""
    return ratings([product_id]).get(product_id, Rating())


def seller_rating(cooperative_id: int, seller_id: int) -> Rating:
    """The rating of everything that a seller sells through a cooperative."""
    mine = (Review.seller_id == seller_id) & (Review.organization_id == cooperative_id)
    return _ratings(Review.seller_id, mine).get(seller_id, Rating())


def _ratings(key: Any, where: ColumnElement[bool]) -> dict[int, Rating]:
    query = (
        select(key.label("key"), func.min(Review.organization_id).label("shop"), func.count().label("voices"))
        .add_columns(cast(func.sum(Review.stars), BigInteger).label("stars"))
        .where(where, Review.state == "shown")
        .group_by(key)
    )
    found = {}
    least: dict[int, int] = {}
    for row in db.session.execute(query).all():
        if row.shop not in least:
            least[row.shop] = LEAST.value(organization_id=row.shop)
        enough = row.voices >= least[row.shop]
        found[row.key] = Rating(row.voices, money.div_round(row.stars * 10, row.voices) if enough else None)
    return found


def structured(product_id: int) -> dict[str, Any] | None:
    """The rating as schema.org's aggregateRating for search engines; None while it is not shown to people."""
    found = rating(product_id)
    if found.tenths is None:
        return None
    return {
        "@type": "AggregateRating",
        "ratingValue": f"{found.tenths // 10}.{found.tenths % 10}",
        "reviewCount": found.count,
        "bestRating": 5,
        "worstRating": 1,
    }


def reviews_of(product_id: int, limit: int = 20) -> list[Review]:
    """What buyers said of a product, newest first."""
    query = select(Review).where(Review.product_id == product_id, Review.state == "shown")
    return list(db.session.scalars(query.order_by(Review.written_at.desc(), Review.id.desc()).limit(limit)))


def reviews_of_seller(cooperative_id: int, seller_id: int, limit: int = 20) -> list[Review]:
    """What buyers said of a seller's goods, newest first."""
    query = select(Review).where(
        Review.organization_id == cooperative_id, Review.seller_id == seller_id, Review.state == "shown"
    )
    return list(db.session.scalars(query.order_by(Review.written_at.desc(), Review.id.desc()).limit(limit)))


@dataclass(frozen=True)
class Shown:
    """What stands below a product: its rating, and what people said, newest first."""

    rating: Rating
    said: list[Row[Any]]


def shown_of(product_id: int, limit: int = 20) -> Shown:
    """Rating and reviews of a product; one statement."""
    columns = (Review.id, Review.stars, Review.by, Review.goods, Review.written_at)
    query = (
        select(*columns, Review.text, Review.photo, Review.answer)
        .add_columns(
            func.count().over().label("voices"),
            cast(func.sum(Review.stars).over(), BigInteger).label("sum_of_stars"),
            parameters.column_of(LEAST, Review.organization_id).label("least"),
        )
        .where(Review.product_id == product_id, Review.state == "shown")
        .order_by(Review.written_at.desc(), Review.id.desc())
        .limit(limit)
    )
    said = list(db.session.execute(query))
    if not said:
        return Shown(Rating(), [])
    voices, stars, least = said[0].voices, said[0].sum_of_stars, said[0].least
    tenths = money.div_round(stars * 10, voices) if voices >= least else None
    return Shown(Rating(voices, tenths), said)


def by_line(line_ids: Iterable[int]) -> dict[int, Review]:
    """Reviews of the lines of an order, whatever their state."""
    query = select(Review).where(Review.line_id.in_(list(line_ids)))
    return {review.line_id: review for review in db.session.scalars(query)}


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    """Those of one's shop, or of one's own goods."""
    return or_(Review.organization_id == actor.organization_id, Review.seller_id == actor.organization_id)


def listed(actor: Actor, limit: int = 60) -> list[Review]:
    """Reviews of the actor's shop or goods: unanswered ones first, newest first."""
    query = select(Review).where(_seen_by(actor))
    order = (Review.answered_at.is_not(None), Review.changed_at.desc(), Review.id.desc())
    return list(db.session.scalars(query.order_by(*order).limit(limit)))


def review_for(actor: Actor, review_id: int, lock: bool = False) -> Review:
    """A review that the actor may see; raises NotFound."""
    query = select(Review).where(Review.id == min(review_id, MAX_ID), _seen_by(actor))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Ulasan tidak ditemukan."))
    return found


def photos_in_use(names: set[str]) -> set[str]:
    """Those of the photos that some review shows."""
    return {name for name in db.session.scalars(select(Review.photo).where(Review.photo.in_(names))) if name}


def unanswered(seller_id: int) -> int:
    """How many shown reviews of a seller's goods have no answer."""
    query = select(func.count()).where(
        Review.seller_id == seller_id, Review.state == "shown", Review.answered_at.is_(None)
    )
    return db.session.scalar(query) or 0


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """Unhappy buyers whom the owner of the goods has not answered."""
    if not actor.may(Permission.REVIEWS_ANSWER):
        return []
    unhappy = (Review.stars <= UNHAPPY) & (Review.state == "shown") & Review.answered_at.is_(None)
    return [
        select(
            literal("review_unanswered", String).label("kind"),
            Review.id.label("subject_id"),
            Review.written_at.label("since"),
            Review.goods.label("detail"),
            cast(Review.stars, BigInteger).label("amount"),
        ).where(unhappy, Review.seller_id == actor.organization_id)
    ]
