"""Peta Nyala: a city at night, each kelurahan a lamp that burns, fades or is out."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup

from market.core.i18n import _, current_locale
from market.core.money import group
from market.web.charts.svg import (
    TEXT,
    WIDTH,
    Room,
    clip,
    figure,
    fmt,
    nothing,
    safe_href,
    table,
    tag,
    text_at,
    text_width,
    words,
)

XY = tuple[float, float]
STATES = ("alive", "slowing", "dormant", "not_started")

_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?", re.IGNORECASE)
_PAD = 6.0
_SMALL = 5.5  # text size on a wide screen: there the picture is shown more than twice as large
_NAME_ROOM = 110.0
_ON_PHONE = 6


class Cell(NamedTuple):
    """One kelurahan: `shape` is SVG points or a path of absolute M, L, Z; y grows downward."""

    code: str
    name: str
    shape: str
    state: str
    href: str = ""
    label: str = ""


class _Drawn(NamedTuple):
    cell: Cell
    corners: list[XY]
    lamp: XY


def _word(state: str) -> str:
    """What a lamp of this state is called."""
    match state:
        case "alive":
            return _("Nyala")
        case "slowing":
            return _("Meredup")
        case "dormant":
            return _("Padam")
    return _("Belum mulai")


def peta_nyala(cells: Iterable[Cell], *, title: str = "") -> Markup:
    """The map of lamps with a legend that counts them; names of those out are written first."""
    return _painted(tuple(map(Cell._make, cells)), title or _("Peta Nyala"), current_locale())


@lru_cache(maxsize=16)
def _painted(cells: tuple[Cell, ...], title: str, _language: str) -> Markup:
    """The same cells give the same picture, so it is drawn once: a city takes more time than its page."""
    known = [(cell, _corners(cell.shape)) for cell in cells]
    known = [(cell, corners) for cell, corners in known if len(corners) >= 3]
    if not known:
        return nothing(title, _("Belum ada kelurahan."))
    drawn, height = _fitted(known)
    counts = Counter(cell.state if cell.state in STATES else STATES[-1] for cell, _corners in known)
    radius = min(max(0.17 * math.sqrt(WIDTH * height / len(drawn)), 1.2), 7.0)
    body = [
        *(_outline(place) for place in drawn),
        *(mark for place in drawn for mark in _lamp(place, radius)),
        *_names(drawn, radius),
    ]
    says = _("%(alive)s dari %(all)s kelurahan menyala.", alive=group(counts["alive"]), all=group(len(known)))
    rows = [_row(cell) for cell in sorted((c for c, _k in known), key=lambda c: (-_rank(c.state), c.name))]
    behind = table([_("Kelurahan"), _("Keadaan"), _("Catatan")], rows)
    return figure(body, height, title=title, says=says, behind=behind, kind="peta", after=_legend(counts))


def _rank(state: str) -> int:
    return {"dormant": 3, "slowing": 2, "alive": 1}.get(state, 0)


def _row(cell: Cell) -> tuple[Markup, str, str]:
    href = safe_href(cell.href)
    name = tag("a", words(cell.name), href=href) if href else words(cell.name)
    return name, _word(cell.state), cell.label


def _corners(shape: str) -> list[XY]:
    numbers = [float(n) for n in _NUMBER.findall(shape)]
    return [
        point for point in zip(numbers[::2], numbers[1::2], strict=False) if all(map(math.isfinite, point))
    ]


def _fitted(known: Sequence[tuple[Cell, list[XY]]]) -> tuple[list[_Drawn], float]:
    """All shapes moved and scaled into the picture, with the height that results."""
    xs = [x for _c, corners in known for x, _y in corners]
    ys = [y for _c, corners in known for _x, y in corners]
    left, top = min(xs), min(ys)
    wide, high = (max(xs) - left) or 1.0, (max(ys) - top) or 1.0
    scale = min((WIDTH - 2 * _PAD) / wide, 2 * WIDTH / high)
    shift = (WIDTH - wide * scale) / 2
    drawn = []
    for cell, corners in known:
        moved = [(shift + (x - left) * scale, _PAD + (y - top) * scale) for x, y in corners]
        drawn.append(_Drawn(cell, moved, _middle(moved)))
    return drawn, high * scale + 2 * _PAD


def _middle(corners: Sequence[XY]) -> XY:
    """The centre of gravity; for a shape without area, the mean of its corners."""
    twice = cx = cy = 0.0
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        cross = x0 * y1 - x1 * y0
        twice, cx, cy = twice + cross, cx + (x0 + x1) * cross, cy + (y0 + y1) * cross
    if abs(twice) < 1e-6:
        return sum(x for x, _y in corners) / len(corners), sum(y for _x, y in corners) / len(corners)
    return cx / (3 * twice), cy / (3 * twice)


def _outline(place: _Drawn) -> Markup:
    cell = place.cell
    path = "M" + "L".join(f"{fmt(x)} {fmt(y)}" for x, y in place.corners) + "Z"
    note = f". {cell.label}" if cell.label else ""
    hint = tag("title", words(f"{cell.name}: {_word(cell.state)}{note}"))
    shape = tag("path", hint, d=path, class_=f"cell {_css(cell.state)}")
    href = safe_href(cell.href)
    # The table behind holds the same links; here they would only be many stops for the keyboard.
    return tag("a", shape, href=href, tabindex="-1") if href else shape


def _css(state: str) -> str:
    return state if state in STATES else STATES[-1]


def _lamp(place: _Drawn, radius: float) -> list[Markup]:
    """Told apart by size and fill too: a glow, a small light, a ring, a dot."""
    (x, y), state = place.lamp, _css(place.cell.state)
    glow = [tag("circle", cx=x, cy=y, r=radius * 2.4, class_="glow")] if state == "alive" else []
    size = {"alive": 1.0, "slowing": 0.8, "dormant": 0.8}.get(state, 0.35)
    return [*glow, tag("circle", cx=x, cy=y, r=radius * size, class_=f"lamp {state}")]


def _names(drawn: Sequence[_Drawn], radius: float) -> list[Markup]:
    """A few names for a phone; on a wide screen all that lie neither on each other nor on a lamp."""
    order = sorted(drawn, key=lambda place: (-_rank(place.cell.state), place.cell.name))
    phone, wide = Room(gap=8.0), Room(gap=1.0)
    marks: list[Markup] = []
    shown: set[str] = set()
    for place in order:
        at = _name_at(place, phone, radius, TEXT) if len(shown) < _ON_PHONE else None
        if at is not None:
            shown.add(place.cell.code)
            wide.take(at[0], at[1] - _SMALL, text_width(place.cell.name, _SMALL), _SMALL)
            marks.append(_name(place, at, TEXT, "halo"))
    for place in drawn:
        wide.take(place.lamp[0], place.lamp[1] - radius, 1.6 * radius, 2 * radius)
    for place in order:
        at = None if place.cell.code in shown else _name_at(place, wide, radius, _SMALL)
        if at is not None:
            marks.append(_name(place, at, _SMALL, "halo wide"))
    return marks


def _name_at(place: _Drawn, room: Room, radius: float, size: float) -> XY | None:
    """Where the name may stand below its lamp: middle and baseline."""
    top = place.lamp[1] + radius + 1
    x = room.take(place.lamp[0], top, text_width(clip(place.cell.name, _NAME_ROOM, size), size), size)
    return None if x is None else (x, top + size * 0.85)


def _name(place: _Drawn, at: XY, size: float, css: str) -> Markup:
    return text_at(*at, clip(place.cell.name, _NAME_ROOM, size), anchor="middle", class_=css)


def _legend(counts: Mapping[str, int]) -> Markup:
    items = []
    for state in STATES:
        if state in counts:
            lamp = _Drawn(Cell("", "", "", state), [], (9.0, 9.0))
            sign = tag("svg", *_lamp(lamp, 3.4), viewBox="0 0 18 18", aria_hidden="true", class_="night")
            items.append(tag("li", sign, words(f"{_word(state)} {group(counts[state])}")))
    note = tag("li", words(_("Batas wilayah adalah perkiraan.")), class_="muted")
    return tag("ul", *items, note, class_="legend")


def outlines(places: Mapping[str, XY], *, reach: float = 0.02) -> dict[str, str]:
    """Shapes for `peta_nyala` from (longitude, latitude): what is nearer to a place than to any other.

    No cell reaches further than `reach` degrees (about 2 km) from its place. Pure and exact, but
    quadratic at worst: keep the answer.
    """
    points = {code: (lon * 0.99, -lat) for code, (lon, lat) in places.items()}
    return {code: " ".join(f"{x:.5f},{y:.5f}" for x, y in _cell(code, points, reach)) for code in points}


def _cell(code: str, points: Mapping[str, XY], reach: float) -> list[XY]:
    x, y = points[code]
    ring = [
        (x + reach * math.cos(math.tau * k / 16), y + reach * math.sin(math.tau * k / 16)) for k in range(16)
    ]
    others = sorted((math.dist((x, y), other), other) for key, other in points.items() if key != code)
    for distance, other in others:
        if distance > 2 * max(math.dist((x, y), corner) for corner in ring):
            break
        if distance > 0:
            ring = _nearer(ring, _side_of((x, y), other))
    return ring


def _side_of(here: XY, other: XY) -> Callable[[XY], float]:
    """Positive on the side of `here` of the line halfway to `other`."""
    (a, b), (c, d) = here, other
    return lambda p: (a - c) * (p[0] - (a + c) / 2) + (b - d) * (p[1] - (b + d) / 2)


def _nearer(ring: Sequence[XY], side: Callable[[XY], float]) -> list[XY]:
    """The part of a convex ring on the positive side of a line."""
    kept: list[XY] = []
    for p, q in zip(ring, [*ring[1:], ring[0]], strict=True):
        sp, sq = side(p), side(q)
        if sp >= 0:
            kept.append(p)
        if (sp > 0 > sq) or (sp < 0 < sq):
            t = sp / (sp - sq)
            kept.append((p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])))
    return kept
