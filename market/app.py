"""The web application: `create_app` reads as a table of contents."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Flask, g, request, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from market.catalogue import queries_shelf
from market.catalogue import routes as catalogue_routes
from market.commodities import routes as commodities_routes
from market.config import Settings
from market.core import clock, crypto, db, faults, files, i18n, messages, money, quantity, spool
from market.core.permissions import ROLE_LABELS, Role
from market.counter import queries as counter_queries
from market.counter import routes as counter_routes
from market.cycles import routes as cycles_routes
from market.empties import routes as empties_routes
from market.empties import services as empties
from market.home import routes as home_routes
from market.identity import routes as identity_routes
from market.identity.login import has_session, load_actor
from market.identity.routes import codes as sign_up_routes
from market.identity.services import Seat
from market.inputs import routes as inputs_routes
from market.ledger import routes as ledger_routes
from market.members import routes as members_routes
from market.monitoring import routes as monitoring_routes
from market.needs import routes as needs_routes
from market.needs import services as needs
from market.notices import routes as notices_routes
from market.offers import queries as offers
from market.offers import routes as offers_routes
from market.payments import doors, providers
from market.payments import routes as payments_routes
from market.payments import services as payments
from market.preorders import queries as preorders
from market.preorders import routes as preorders_routes
from market.prepaid import routes as prepaid_routes
from market.profiles import routes as profiles_routes
from market.purchasing import routes as purchasing_routes
from market.retail import routes as retail_routes
from market.retail import services as retail
from market.retail.routes import pages
from market.reviews import queries as reviews
from market.reviews import routes as reviews_routes
from market.rounds import routes as rounds_routes
from market.savings import routes as savings_routes
from market.sellers import routes as sellers_routes
from market.statements import routes as statements_routes
from market.stock import routes as stock_routes
from market.stock import services as stock
from market.transfers import routes as transfers_routes
from market.web import errors, health, kept, requests, security, views
from market.web.access import current_actor
from market.web.sessions import Sessions
from market.web.templating import Templates, icons
from market.wiring import LATE_PURPOSES, NAV, SOURCE_PAGES, NavItem

ROOT = Path(__file__).resolve().parent.parent

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.bp,
    identity_routes.bp,
    sign_up_routes.bp,
    home_routes.bp,
    commodities_routes.bp,
    needs_routes.bp,
    offers_routes.bp,
    rounds_routes.bp,
    cycles_routes.bp,
    transfers_routes.bp,
    prepaid_routes.bp,
    preorders_routes.bp,
    payments_routes.bp,
    inputs_routes.bp,
    purchasing_routes.bp,
    stock_routes.bp,
    empties_routes.bp,
    rounds_routes.demand_bp,
    ledger_routes.bp,
    statements_routes.bp,
    catalogue_routes.bp,
    retail_routes.bp,
    reviews_routes.bp,
    sellers_routes.bp,
    counter_routes.bp,
    members_routes.bp,
    savings_routes.bp,
    profiles_routes.bp,
    notices_routes.bp,
    monitoring_routes.bp,
)


class Number(IntegerConverter):
    """A number in an address: what no database could hold is an address that does not exist.

    A pattern, not a maximum: a number refused after the pattern has matched would look like a wrong method.
    """

    regex = r"\d{1,18}"


class Lumbung(Flask):
    """Flask with the templates of our own."""

    jinja_environment = Templates


def configure(settings: Settings) -> None:
    """Give every part of the process its settings: database, clock, keys, messages, files, faults."""
    clock.configure(settings.clock_offset_s, production=settings.production)
    faults.configure(settings.faultpoint or None, production=settings.production)
    i18n.configure(strict=settings.env == "test")
    crypto.configure(settings.keys())
    messages.configure(_port(settings), settings.base_url, phones=_phones(settings))
    files.configure(settings.photos_dir)
    spool.configure(settings.photos_dir.with_suffix(".views"))
    needs.configure(quote=offers.cheapest_landed_rp)
    stock.configure(follower=empties.on_stock_moved)
    retail.configure(sold=counter_queries.sold_of_seller_rp)
    addresses = providers.Addresses(settings.midtrans_base_url, settings.stripe_base_url)
    doors.configure(
        providers.openers(addresses),
        settings.notices_url,
        payers=providers.payers(addresses),
        production=settings.production,
    )
    payments.configure(late=LATE_PURPOSES)
    db.configure(settings.database_url)


def _phones(settings: Settings) -> messages.Channel | None:
    """How phones are reached: the gateway, or (never in production) what stands in for one."""
    gateway = settings.gateway()
    if gateway is not None:
        return gateway.channel
    stands_in = settings.messages in ("console", "memory") and not settings.production
    return "whatsapp" if stands_in else None


def _port(settings: Settings) -> messages.Port:
    mail, gateway = _mail(settings), settings.gateway()
    return mail if gateway is None else messages.SplitPort(mail, gateway)


def _mail(settings: Settings) -> messages.Port:
    if settings.messages == "smtp":
        return messages.SmtpPort.from_url(settings.smtp_url, settings.mail_from)
    return messages.MemoryPort() if settings.messages == "memory" else messages.ConsolePort()


def create_app(settings: Settings) -> Flask:
    """Wire the web application; the process must have been configured with the same settings."""
    app = Lumbung("market", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.url_map.converters["int"] = Number
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.autoescape = True
    security.init_app(app, settings)
    requests.init_app(app, load_actor, has_session)
    errors.init_app(app)
    views.init_app(app)
    _templates(app, settings)
    app.session_interface = cookies = Sessions(app)
    # Behind the proxies' word about scheme and sender, before everything else.
    app.wsgi_app = kept.Desk(  # type: ignore[method-assign, assignment]
        app, kept.Rules(pages.place_of, pages.facets, queries_shelf.version, pages.build), cookies
    )
    if settings.proxies:
        # Whom a request comes from is what the nearest proxies say, and nobody before them.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0
        )
    app.config["SOURCE_PAGES"] = SOURCE_PAGES
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _templates(app: Flask, settings: Settings) -> None:
    """What every template may use."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        _=i18n.gettext,
        ngettext=i18n.ngettext,
        rp=money.format_rp,
        base=quantity.format_base,
        day=i18n.format_date,
        when=i18n.format_datetime,
        ago=i18n.ago,
        shown_reviews_of=reviews.shown_of,
        rating_of_seller=reviews.seller_rating,
        reviews_of_seller=reviews.reviews_of_seller,
        preorders_of_need=preorders.preorders_of_need,
        csrf_token=security.csrf_token,
        idem=requests.fresh_key,
        static=static_url,
        inside=static_inside,
        drawn_icon=icons(static_url),
        simulation=settings.simulation_url,
        role_label=lambda role: str(ROLE_LABELS[Role(role)]),
    )
    app.context_processor(_person)


def _person() -> dict[str, Any]:
    actor = current_actor()
    signed_in = actor.user_id is not None
    return {
        "actor": actor if signed_in else None,
        "may": actor.may,
        "nav": _nav(),
        "roles": [_switchable(seat) for seat in g.get("seats", [])],
        "locale": i18n.current_locale(),
    }


def _switchable(seat: Seat) -> dict[str, Any]:
    actor = current_actor()
    here = seat.organization_id == actor.organization_id and seat.role == actor.role
    return {"id": seat.id, "label": f"{ROLE_LABELS[seat.role]} · {seat.organization_name}", "current": here}


def _nav() -> list[dict[str, Any]]:
    """The places of the actor's organization; the one that the page belongs to is marked."""
    actor = current_actor()
    items = [item for item in NAV.get(actor.organization_kind, ()) if actor.may(item.permission)]
    here = _place_of(items)
    return [
        {"label": str(i.label), "icon": i.icon, "href": url_for(i.endpoint), "active": i is here}
        for i in items
    ]


def _place_of(items: list[NavItem]) -> NavItem | None:
    """The place with the page's own endpoint, else the first of the same part."""
    exact = (item for item in items if item.endpoint == request.endpoint)
    part = (item for item in items if item.endpoint.split(".")[0] == request.blueprint)
    return next(exact, None) or next(part, None)


@cache
def _static_hash(path: str) -> str:
    return hashlib.sha256((ROOT / "static" / path).read_bytes()).hexdigest()[:12]


@cache
def static_inside(path: str) -> Markup:
    """A small picture as an address that holds it: one file less to fetch on a first visit."""
    drawing = (ROOT / "static" / path).read_text(encoding="utf-8").strip()
    return Markup("data:image/svg+xml," + quote(drawing, safe=" =:/'(),;"))


@cache
def static_url(path: str) -> Markup:
    """Address of a static file with its hash, so that browsers may keep it for ever."""
    return Markup(url_for("static", filename=path, v=_static_hash(path)))
