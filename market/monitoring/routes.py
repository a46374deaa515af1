"""The office's board, live: map, rows, one cooperative, needs nobody serves yet."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from flask import (
    Blueprint,
    Response,
    get_template_attribute,
    make_response,
    render_template,
    request,
    url_for,
)
from markupsafe import Markup

from market.commodities import queries as commodities
from market.core import clock, db, i18n, money
from market.core.permissions import Actor, Permission
from market.monitoring import queries
from market.monitoring.queries import BoardRow
from market.monitoring.signals import CAUSES, MOVE_WORDS, STATES
from market.needs import queries as needs
from market.prepaid import queries as prepaid
from market.purchasing import queries as purchasing
from market.rounds import queries as rounds
from market.stock import queries as stock
from market.web import charts
from market.web.access import current_actor, requires
from market.web.requests import etag_for

bp = Blueprint("monitoring", __name__, url_prefix="/papan")


@bp.get("/")
@requires(Permission.BOARD_VIEW)
def show() -> str:
    """The whole board; its moving part asks for itself every five seconds."""
    actor = current_actor()
    board = _live(actor, queries.version(actor.scope_code))
    return render_template("monitoring/show.html", board=board, chosen=_filter())


@bp.get("/hidup")
@requires(Permission.BOARD_VIEW)
def show_live() -> Response:
    """The moving part: 304 as long as nothing has happened."""
    actor = current_actor()
    version = queries.version(actor.scope_code)
    tag = etag_for(version, _filter(), clock.now().hour)
    if tag in request.if_none_match:
        response = Response(status=304)
    else:
        response = make_response(_live(actor, version))
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


class _Kept(NamedTuple):
    """A board as it was drawn: of which version, when."""

    version: str
    at: datetime
    html: Markup


_kept: dict[tuple[Any, ...], _Kept] = {}
KEPT_S = 4
"""Less than a board waits until it asks again: what the version does not tell is late by no more."""
MOST_KEPT = 64


def _live(actor: Actor, version: str) -> Markup:
    """The moving part. Many people look at the same board: it is drawn once for all of them.

    The version is read before the board, so what is kept may be newer than its version, never older.
    """
    key = (db.generation(), actor.organization_id, actor.scope_code, _filter(), i18n.current_locale())
    kept, now = _kept.get(key), clock.now()
    if kept is None or kept.version != version or not 0 <= (now - kept.at).total_seconds() < KEPT_S:
        kept = _Kept(version, now, Markup(render_template("monitoring/_live.html", **_board(actor))))
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = kept
    return kept.html


def _filter() -> str:
    wanted = request.args.get("keadaan", "")
    return wanted if wanted in STATES else ""


def _board(actor: Actor) -> dict[str, Any]:
    rows = queries.board(actor)
    counts = Counter(row.state for row in rows)
    chosen = _filter()
    return {
        "lines": [_line(row) for row in rows if not chosen or row.state == chosen],
        "counts": counts,
        "states": STATES,
        "chosen": chosen,
        "map": _map(actor.scope_code, rows),
        "now": clock.now(),
        "total": len(rows),
        "open_needs": sum(row.events.open_needs for row in rows),
        "last_round": next(iter(rounds.rounds_of(actor, limit=1)), None),
    }


@lru_cache(maxsize=16)
def _shapes(scope_code: str, _generation: int) -> dict[str, str]:
    """Approximate outlines of the villages; places do not move, so they are read and drawn once."""
    return charts.outlines(queries.points(scope_code))


class _Shown(NamedTuple):
    """All that a line of the board shows of a cooperative."""

    id: int
    name: str
    state: str
    cause: str
    moved_at: datetime | None
    stock_rp: int
    money_rp: int
    open_needs: int


def _line(row: BoardRow) -> Markup:
    events = row.events
    shown = _Shown(
        row.id,
        row.place_name,
        row.state,
        row.cause,
        events.moved_at,
        events.stock_rp,
        events.money_rp,
        events.open_needs,
    )
    return _written(shown, clock.today().year, i18n.current_locale())


@lru_cache(maxsize=2_000)
def _written(shown: _Shown, _year: int, _language: str) -> Markup:
    """The cells of a line; the same figures give the same cells, which take most of the page's time.

    An instant of another year is written with it, so the year is part of what they depend on.
    """
    cells = get_template_attribute("monitoring/_line.html", "cells")
    return Markup(cells(shown, CAUSES[shown.cause]))


def _map(scope_code: str, rows: list[BoardRow]) -> Markup:
    shapes = _shapes(scope_code, db.generation())
    by_place = {row.place_code: row for row in rows}
    at = url_for("monitoring.show_cooperative", organization_id=0).removesuffix("0")
    said = {cause: str(words) for cause, words in CAUSES.items()}
    cells = [
        charts.Cell(
            code=row.place_code,
            name=row.place_name,
            shape=shapes[row.place_code],
            state=row.state,
            href=f"{at}{row.id}",
            label=said[row.cause],
        )
        for row in by_place.values()
        if row.place_code in shapes
    ]
    return charts.peta_nyala(cells)


@bp.get("/koperasi/<int:organization_id>")
@requires(Permission.COOPERATIVE_VIEW)
def show_cooperative(organization_id: int) -> str:
    """One cooperative: why it shines or not, what it holds, needs and expects."""
    row = queries.cooperative(current_actor(), organization_id)
    packs = {pack.id: pack for pack in commodities.packs()}
    owed = purchasing.payables_by_supplier(row.id)
    return render_template(
        "monitoring/show_cooperative.html",
        row=row,
        causes=CAUSES,
        items=[item for item in stock.stock_of(row.id) if item.on_hand_base],
        moves=queries.last_moves(row.id),
        needs=needs.needs_of(row.id)[:12],
        packs=packs,
        payables=[(name, money.format_rp(amount)) for name, amount in owed],
        move_words=MOVE_WORDS,
    )


@bp.get("/kebutuhan")
@requires(Permission.BOARD_VIEW)
def index_needs() -> str:
    """Needs that wait for a supplier: how long, and why."""
    packs = {pack.id: pack for pack in commodities.packs()}
    found = queries.unmet_needs(current_actor())
    return render_template(
        "monitoring/index_needs.html", needs=found, packs=packs, now=clock.now(), reasons=rounds.UNMET_WORDS
    )


@bp.get("/kas")
@requires(Permission.BOARD_VIEW)
def index_cash() -> str:
    """Who cannot pay for what it asked for, the largest gap first; amounts of a whole, no member's money."""
    rows = queries.board(current_actor())
    gaps = prepaid.cash_gaps([row.id for row in rows])
    asking = [(row, gaps[row.id]) for row in rows if gaps[row.id].asked_rp or gaps[row.id].unknown]
    return render_template(
        "monitoring/index_cash.html",
        rows=sorted(asking, key=lambda each: (-each[1].gap_rp, each[0].name)),
        gap_rp=sum(gap.gap_rp for _row, gap in asking),
        short=sum(gap.gap_rp > 0 for _row, gap in asking),
    )
