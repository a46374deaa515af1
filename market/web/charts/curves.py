"""Pictures made of steps: the price of an offer by amount, and a search closing in on the best plan."""

from collections.abc import Sequence

from markupsafe import Markup

from market.core.i18n import _, format_number
from market.core.money import format_rp, group
from market.web.charts.bars import Tier
from market.web.charts.svg import (
    NBSP,
    TEXT,
    WIDTH,
    Room,
    figure,
    fmt,
    line,
    nothing,
    table,
    tag,
    text_at,
    text_width,
)

Point = tuple[float, int, int | None]  # seconds, proven bound, best plan so far (rupiah; none yet)

_TOP, _FLOOR = 24.0, 124.0
_HEIGHT = 146.0
_WINDOW = 0.10  # an early wild plan or bound may lie outside the picture: what counts is the end


def _staircase(points: Sequence[tuple[float, float]], end: float) -> str:
    """A path that keeps its height until the next point, up to `end`."""
    x, y = points[0]
    parts = [f"M{fmt(x)} {fmt(y)}"]
    for x, y in points[1:]:
        parts.append(f"H{fmt(x)}V{fmt(y)}")
    return "".join([*parts, f"H{fmt(end)}"])


def price_curve(
    tiers: Sequence[Tier], unit_label: str, *, upto: int | None = None, title: str = ""
) -> Markup:
    """The price per unit that falls with the amount; `tiers` are (from, price in rupiah)."""
    title = title or _("Harga menurut jumlah")
    steps = sorted(tiers)
    if not steps:
        return nothing(title, _("Belum ada tingkat harga."))
    reach = max(upto or 0, steps[-1][0] * 5 // 4, 1)
    low, high = min(p for _s, p in steps), max(p for _s, p in steps)
    spread = (high - low) or 1
    points = [(s * WIDTH / reach, _TOP + (_FLOOR - 20 - _TOP) * (high - p) / spread) for s, p in steps]
    edge = _staircase(points, WIDTH)
    body = [
        tag("path", d=f"{edge}V{fmt(_FLOOR)}H{fmt(points[0][0])}Z", class_="area"),
        tag("path", d=edge, class_="line"),
        line(0.0, _FLOOR, WIDTH, _FLOOR, "axis"),
        *_step_labels(steps, points, unit_label),
    ]
    rows = [(f"{group(s)} {unit_label}", format_rp(p)) for s, p in steps]
    return figure(
        body,
        _HEIGHT,
        title=title,
        says=_curve_words(steps, unit_label),
        behind=table([_("Mulai"), _("Harga")], rows),
    )


def _curve_words(steps: Sequence[Tier], unit: str) -> str:
    (_first, dear), (start, cheap) = steps[0], steps[-1]
    if len(steps) == 1:
        return _("%(price)s untuk setiap jumlah.", price=format_rp(dear))
    amount = f"{group(start)} {unit}"
    return _(
        "Dari %(dear)s turun sampai %(cheap)s mulai %(amount)s.",
        dear=format_rp(dear),
        cheap=format_rp(cheap),
        amount=amount,
    )


def _step_labels(steps: Sequence[Tier], points: Sequence[tuple[float, float]], unit: str) -> list[Markup]:
    """Price above each step and amount below the floor, ends first, as many as fit."""
    room, marks = Room(gap=3.0), []
    order = sorted(range(len(steps)), key=lambda i: (i not in (0, len(steps) - 1), i))
    for i in order:
        (start, price), (x, y) = steps[i], points[i]
        dear, amount = format_rp(price), f"{group(start)} {unit}"
        at = room.take(x + text_width(dear) / 2 + 3, y - TEXT - 4, text_width(dear), TEXT + 4)
        if at is not None:
            marks.append(text_at(at, y - 5, dear, anchor="middle", class_="bold"))
        below = room.take(x, _FLOOR + 4, text_width(amount), TEXT)
        if below is not None:
            marks += [
                line(x, _FLOOR, x, _FLOOR + 4, "axis"),
                text_at(below, _FLOOR + 16, amount, anchor="middle", class_="soft"),
            ]
    return marks


def gap_curve(points: Sequence[Point], *, title: str = "") -> Markup:
    """A search over time: the best plan comes down, the proven bound goes up, the gap between closes."""
    title = title or _("Pencarian rencana terbaik")
    seen = sorted(points, key=lambda point: point[0])
    plans = [(s, float(plan)) for s, _b, plan in seen if plan is not None]
    if not plans:
        return nothing(title, _("Belum ada rencana."))
    bounds = [(s, float(bound)) for s, bound, _p in seen]
    last_bound, last_plan = bounds[-1][1], plans[-1][1]
    high = max(min(max(v for _s, v in plans), last_plan * (1 + _WINDOW)), last_plan, 1.0)
    low = min(max(min(v for _s, v in bounds), last_bound * (1 - _WINDOW)), last_bound)
    end = max(seen[-1][0], 0.001)
    body = _gap_body(_placed(plans, end, low, high), _placed(bounds, end, low, high))
    body += _gap_labels(last_plan, last_bound, end)
    gap = (last_plan - last_bound) / last_plan if last_plan else 0.0
    says = _(
        "Selisih ke batas terbukti %(gap)s setelah %(s)s detik.",
        gap=f"{format_number(100 * max(gap, 0.0), 2)}{NBSP}%",
        s=format_number(end, 1),
    )
    rows = [
        (format_number(s, 1), format_rp(b), "–" if p is None else format_rp(p)) for s, b, p in _thin(seen)
    ]
    behind = table([_("Detik"), _("Batas terbukti"), _("Rencana")], rows)
    return figure(body, _HEIGHT + 18, title=title, says=says, behind=behind)


def _thin(points: Sequence[Point], most: int = 30) -> list[Point]:
    """At most `most` of the points, the last always among them."""
    step = -(-len(points) // most)
    return [*points[:-1][::step], points[-1]]


def _placed(
    values: Sequence[tuple[float, float]], end: float, low: float, high: float
) -> list[tuple[float, float]]:
    span = (high - low) or 1.0
    return [
        (s / end * WIDTH, _TOP + (_FLOOR - _TOP) * min(max((high - v) / span, 0.0), 1.0)) for s, v in values
    ]


def _gap_body(plans: list[tuple[float, float]], bounds: list[tuple[float, float]]) -> list[Markup]:
    upper, lower = _staircase(plans, WIDTH), _staircase(bounds, WIDTH)
    back = "".join(f"V{fmt(y)}H{fmt(max(x, plans[0][0]))}" for x, y in reversed(bounds))
    return [
        tag("path", d=f"{upper}{back}Z", class_="gap"),
        line(0.0, _FLOOR, WIDTH, _FLOOR, "tick"),
        tag("path", d=lower, class_="line-2"),
        tag("path", d=upper, class_="line"),
    ]


def _gap_labels(plan: float, bound: float, end: float) -> list[Markup]:
    """Both values where nothing else is: the plan above the drawing, the bound below it."""
    return [
        text_at(WIDTH, 14.0, _("Rencana %(sum)s", sum=format_rp(round(plan))), anchor="end", class_="bold"),
        text_at(
            WIDTH, _FLOOR + 16, _("Batas %(sum)s", sum=format_rp(round(bound))), anchor="end", class_="bold"
        ),
        text_at(0.0, _FLOOR + 34, _("0 detik"), class_="soft"),
        text_at(WIDTH, _FLOOR + 34, _("%(s)s detik", s=format_number(end, 1)), anchor="end", class_="soft"),
    ]
