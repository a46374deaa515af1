"""Columns side by side: what came in day by day, week by week, month by month."""

from collections.abc import Sequence

from markupsafe import Markup

from market.core.i18n import _
from market.web.charts.svg import WIDTH, figure, line, nothing, rect, table, text_at

_TOP, _HEIGHT, _FOOT = 18.0, 110.0, 20.0


def columns(
    points: Sequence[tuple[str, int, str]],
    *,
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> Markup:
    """One column per point (label, amount, amount as text), the table `rows` under `heads` behind it."""
    most = max((value for _label, value, _shown in points), default=0)
    if most <= 0:
        return nothing(title, _("Belum ada angka untuk digambar."))
    step = WIDTH / len(points)
    base = _TOP + _HEIGHT
    body = [line(0.0, base, WIDTH, base, "axis")]
    top = max(range(len(points)), key=lambda at: points[at][1])
    for at, (label, value, shown) in enumerate(points):
        height = max(_HEIGHT * value / most, 2.0) if value > 0 else 0.0
        left = at * step + step * 0.15
        body.append(rect(left, base - height, step * 0.7, height, "bar" if at == top else "bar-1", 2.0))
        if at == top:
            middle = min(max(left + step * 0.35, 40.0), WIDTH - 40.0)
            body.append(text_at(middle, base - height - 5.0, shown, anchor="middle", class_="bold"))
        if at in (0, len(points) - 1):
            edge = 0.0 if at == 0 else WIDTH
            body.append(
                text_at(edge, base + 15.0, label, anchor="start" if at == 0 else "end", class_="soft")
            )
    best = points[top]
    says = _("%(title)s: terbanyak %(amount)s, %(label)s.", title=title, amount=best[2], label=best[0])
    return figure(body, base + _FOOT, title=title, says=says, behind=table(heads, rows))
