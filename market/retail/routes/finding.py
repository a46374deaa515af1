"""The market: home by kelurahan, one search over every shop, the choice of a kelurahan."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from market.catalogue import queries_finding as finding
from market.catalogue.queries_finding import PickupPoint, Wanted
from market.core import messages
from market.core.i18n import _
from market.places import queries as places
from market.retail.routes import filters, pages, sharing
from market.retail.routes.blueprint import Answer, bp
from market.web.access import public, repeatable

KEY = "kelurahan"
SHOPS_AT_HOME, CARDS_AT_HOME = 4, 8


@dataclass(frozen=True)
class Home:
    """The kelurahan that a visitor chose, as the cookie keeps it."""

    code: str
    name: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Near:
    """A shop and how far it is, in metres; None where that is not known."""

    shop: PickupPoint
    metres: int | None


def home_of() -> Home | None:
    """The visitor's kelurahan; a cookie of another shape is none."""
    kept = session.get(KEY)
    if not isinstance(kept, list) or len(kept) != 4:
        return None
    return Home(*kept)


def nearest(points: list[PickupPoint], home: Home | None) -> list[Near]:
    """Shops by their distance from the visitor's kelurahan; as they are where it is not known."""
    if home is None or home.latitude is None or home.longitude is None:
        return [Near(point, None) for point in points]
    here = (home.latitude, home.longitude)
    found = [Near(point, _metres(here, point)) for point in points]
    return sorted(found, key=lambda near: (near.metres is None, near.metres, near.shop.id))


def _metres(here: tuple[float, float], point: PickupPoint) -> int | None:
    if point.latitude is None or point.longitude is None:
        return None
    return places.great_circle_m(here, (point.latitude, point.longitude))


@bp.get("/pasar")
@public
def show_market() -> Response:
    """Home of the market: nearest shops, what is ready today, new sellers, categories."""
    home = home_of()
    points = finding.pickup_points()
    near = nearest(points, home)
    around = tuple(each.shop.id for each in near[: filters.NEAREST]) if home else ()
    ready = finding.find(Wanted(shops=around, ready=True, made=True), size=CARDS_AT_HOME)
    fresh = finding.find(Wanted(shops=around, new_first=True, stocked=True, made=True), size=CARDS_AT_HOME)
    shown = {card.id for card in ready.cards}
    ready_html = pages.cards(ready.cards)
    fresh_html = pages.cards(card for card in fresh.cards if card.id not in shown)
    nearby = near[:SHOPS_AT_HOME]
    return pages.answer(
        "retail/show_market.html",
        *(home, nearby, ready_html, fresh_html),
        home=home,
        near=nearby,
        more=len(points) > SHOPS_AT_HOME,
        ready=ready_html,
        fresh=fresh_html,
        kinds=filters.LABELS,
        address=messages.link(url_for("retail.show_market")),
        picture=sharing.picture_of(None),
    )


@bp.get("/pasar/cari")
@public
def index_market() -> Response:
    """Goods of every shop: searched, filtered, in turn or by price, page by page."""
    home = home_of()
    # Over a hundred shops are no choice on a phone: the nearest are offered, and any that the address names.
    points = finding.pickup_points() if home or "titik" in request.args else []
    near = [each.shop for each in nearest(points, home)] if home else []
    asked = filters.read(points, near)
    offered = near[: filters.NEAREST]
    offered += [each for each in points if each.slug == asked.point and each not in offered]
    after = request.args.get("sesudah", "")
    wanted = asked.wanted
    if not wanted.question and not asked.narrowed:
        wanted = filters.stocked(wanted)
    found = finding.find(wanted, after)
    html = pages.cards(found.cards)
    return pages.answer(
        "retail/index_market.html",
        *(html, found.after, home, len(offered)),
        asked=asked,
        found=found,
        cards=html,
        home=home,
        points=offered,
        near=near,
        kinds=filters.LABELS,
        first=not after,
        address=messages.link(url_for("retail.index_market", kategori=wanted.category or None)),
        picture=sharing.picture_of(None),
    )


@bp.get("/pasar/kelurahan")
@public
def new_home() -> str:
    """Choose a kelurahan by a part of its name."""
    words = filters.words_of()
    found = places.find_villages(words) if words else []
    districts = places.names({place.code[:6] for place in found} | {place.code[:4] for place in found})
    groups = [
        (f"{districts.get(code, '')}, {districts.get(code[:4], '')}", list(group))
        for code, group in groupby(found, lambda place: places.district_code(place.code))
    ]
    return render_template("retail/new_home.html", groups=groups, words=words, home=home_of())


@bp.post("/pasar/kelurahan")
@public
@repeatable
def create_home() -> Answer:
    """Remember the kelurahan on this device, or forget it."""
    code = request.form.get("code", "")
    if not code:
        session.pop(KEY, None)
    else:
        village = places.village(code[:10])
        where = [None if at is None else round(at, 4) for at in (village.latitude, village.longitude)]
        session[KEY] = [village.code, village.name, *where]
    return redirect(url_for("retail.show_market"), 303)


def away(metres: int | None) -> str:
    """A distance as people say it: "800 m", "2,4 km"."""
    if metres is None:
        return ""
    if metres < 1_000:
        return _("%(n)s m", n=max(100, round(metres, -2)))
    return _("%(n)s km", n=f"{metres / 1000:.1f}".replace(".", ","))


bp.add_app_template_global(away, "away")
