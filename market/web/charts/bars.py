"""Pictures made of bars: the pool, the savings, the age of stock, and the little line in a table."""

from collections.abc import Sequence

from markupsafe import Markup

from market.core.i18n import _, format_number
from market.core.money import format_rp, group
from market.web.charts.svg import (
    NBSP,
    NO_LABEL,
    TEXT,
    WIDTH,
    Room,
    clip,
    figure,
    fmt,
    line,
    nothing,
    rect,
    table,
    tag,
    text_at,
    text_width,
    words,
)

Tier = tuple[int, int]  # from this amount on, this price in rupiah

_BAR_TOP = 26.0
_BAR = 16.0
_ROW = 42.0


def percent(part: int, whole: int) -> str:
    """ "7,4 %"; nothing to compare with is a dash."""
    return f"{format_number(100 * part / whole, 1)}{NBSP}%" if whole else NO_LABEL


def pool_bar(current: int, tiers: Sequence[Tier], unit_label: str, *, title: str = "") -> Markup:
    """How far a pooled amount is to the next price; `tiers` are (from, price in rupiah per unit).

    `current` and the tiers' `from` are whole numbers of `unit_label`.
    """
    title = title or _("Menuju harga berikutnya")
    steps = sorted(tiers)
    if not steps:
        return nothing(title, _("Belum ada tingkat harga."))
    top = max(steps[-1][0] * 108 // 100, current, 1)
    scale = WIDTH / top
    amount = f"{group(current)} {unit_label}"
    at = min(max(current, 0) * scale, WIDTH)
    half = text_width(amount) / 2
    body = [
        text_at(min(max(at, half), WIDTH - half), 14.0, amount, anchor="middle", class_="bold"),
        line(at, 18.0, at, _BAR_TOP, "axis"),
        rect(0.0, _BAR_TOP, WIDTH, _BAR, "track", 8.0),
        rect(0.0, _BAR_TOP, at, _BAR, "bar", min(8.0, at / 2)),
        *_tier_marks(current, steps, scale, unit_label),
    ]
    rows = [(f"{group(start)} {unit_label}", format_rp(price)) for start, price in steps]
    behind = table([_("Mulai"), _("Harga")], rows)
    return figure(body, 78.0, title=title, says=_pool_words(current, steps, unit_label), behind=behind)


def _pool_words(current: int, steps: Sequence[Tier], unit: str) -> str:
    ahead = [step for step in steps if step[0] > current]
    if not ahead:
        return _("Harga terbaik %(price)s sudah tercapai.", price=format_rp(steps[-1][1]))
    missing = f"{group(ahead[0][0] - current)} {unit}"
    return _("%(missing)s lagi untuk harga %(price)s.", missing=missing, price=format_rp(ahead[0][1]))


def _tier_marks(current: int, steps: Sequence[Tier], scale: float, unit: str) -> list[Markup]:
    """A tick for every tier; labels for as many as fit: the next and the reached one first."""
    marks = [
        line(
            start * scale, _BAR_TOP, start * scale, _BAR_TOP + _BAR + 5, "goal" if start > current else "axis"
        )
        for start, _price in steps
    ]
    reached = sum(1 for start, _price in steps if start <= current)
    order = sorted(range(len(steps)), key=lambda i: (i != reached, i != reached - 1, i != len(steps) - 1, i))
    room = Room(gap=5.0)
    for i in order:
        start, price = steps[i]
        names = (format_rp(price), f"{group(start)} {unit}")
        x = room.take(start * scale, _BAR_TOP + _BAR, max(map(text_width, names)), 2 * TEXT)
        if x is not None:
            marks.append(text_at(x, 60.0, names[0], anchor="middle", class_="bold" if i == reached else None))
            marks.append(text_at(x, 74.0, names[1], anchor="middle", class_="soft"))
    return marks


def savings_bars(alone: int, pooled: int, market: int | None = None, *, title: str = "") -> Markup:
    """What the same goods cost bought alone, together and (if known) at market price; whole rupiah."""
    known = [
        (_("Harga pasar"), market, "bar-0"),
        (_("Beli sendiri"), alone, "bar-1"),
        (_("Beli bersama"), pooled, "bar"),
    ]
    rows = [(label, value, css) for label, value, css in known if value is not None]
    body = _rows([(label, value, format_rp(value), css) for label, value, css in rows])
    saved = alone - pooled
    says = (
        _(
            "Hemat %(sum)s (%(share)s) dibanding beli sendiri.",
            sum=format_rp(saved),
            share=percent(saved, alone),
        )
        if saved > 0
        else _("Belum lebih murah daripada beli sendiri.")
    )
    behind = table([_("Cara"), _("Biaya")], [(label, format_rp(value)) for label, value, _css in rows])
    return figure(
        body, len(rows) * _ROW, title=title or _("Beli sendiri dibanding bersama"), says=says, behind=behind
    )


def stock_age(buckets: Sequence[tuple[str, int]], unit_label: str, *, title: str = "") -> Markup:
    """Stock by age, youngest first: (label such as "0-30 hari", whole amount in `unit_label`)."""
    title = title or _("Umur stok")
    total = sum(amount for _label, amount in buckets)
    if not buckets or total <= 0:
        return nothing(title, _("Tidak ada stok."))
    tones = ["bar", "bar-1", *["bar-2"] * len(buckets)][: len(buckets)]
    if len(buckets) > 1:
        tones[-1] = "bar-3"
    shown = [
        (label, n, f"{group(n)} {unit_label}", css) for (label, n), css in zip(buckets, tones, strict=True)
    ]
    oldest = buckets[-1]
    says = _("%(amount)s sudah berumur %(age)s.", amount=f"{group(oldest[1])} {unit_label}", age=oldest[0])
    behind = table(
        [_("Umur"), _("Jumlah"), _("Bagian")], [(label, v, percent(n, total)) for label, n, v, _c in shown]
    )
    return figure(_rows(shown), len(shown) * _ROW, title=title, says=says, behind=behind)


def _rows(rows: Sequence[tuple[str, int, str, str]]) -> list[Markup]:
    """Bars one below the other, the words above each: label, amount, amount as text, class."""
    most = max((value for _l, value, _t, _c in rows), default=0) or 1
    body: list[Markup] = []
    for i, (label, value, shown, css) in enumerate(rows):
        top = i * _ROW
        body += [
            text_at(0.0, top + 14, clip(label, WIDTH - text_width(shown) - 8)),
            text_at(WIDTH, top + 14, shown, anchor="end", class_="bold"),
            rect(0.0, top + 20, WIDTH, 12.0, "track", 6.0),
            rect(0.0, top + 20, _bar_width(value, most), 12.0, css, 6.0),
        ]
    return body


def _bar_width(value: int, most: int) -> float:
    """Something can be seen of everything that is there."""
    return max(WIDTH * value / most, 12.0) if value > 0 else 0.0


def sparkline(values: Sequence[int], label: str) -> Markup:
    """A line without axes for a table cell; `label` says in words what it shows."""
    if not values:
        return words(NO_LABEL)
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = 92.0 / max(len(values) - 1, 1)
    points = [
        (2 + i * step, 25.0 - 22.0 * (v - low) / span if high > low else 14.0) for i, v in enumerate(values)
    ]
    path = "M" + "L".join(f"{fmt(x)} {fmt(y)}" for x, y in points)
    x, y = points[-1]
    return tag(
        "svg",
        tag("title", words(label)),
        tag("path", d=path, class_="line"),
        tag("circle", cx=x, cy=y, r=2.5, class_="dot"),
        class_="spark",
        viewBox="0 0 96 28",
        role="img",
    )


def price_parts(parts: Sequence[tuple[str, int]], *, title: str = "") -> Markup:
    """Where the money of a price goes: a bar for each (label, whole rupiah); a discount is below zero."""
    title = title or _("Ke mana uang Anda")
    if not parts:
        return nothing(title, _("Belum ada yang dibayar."))
    tones = ("bar", "bar-1", "bar-2", "bar-0")
    rows = [
        (label, abs(value), format_rp(value), "bar-3" if value < 0 else tones[min(i, 3)])
        for i, (label, value) in enumerate(parts)
    ]
    total = sum(value for _label, value in parts)
    says = _("Jumlahnya %(total)s.", total=format_rp(total))
    behind = table(
        [_("Bagian"), _("Jumlah")], [*((a, format_rp(b)) for a, b in parts), (_("Total"), format_rp(total))]
    )
    return figure(_rows(rows), len(rows) * _ROW, title=title, says=says, behind=behind)
