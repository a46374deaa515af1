"""The flow of a round: from suppliers on the left to districts on the right, as thick as the amounts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from market.core.i18n import _, ngettext
from market.core.money import group
from market.web.charts.svg import WIDTH, clip, figure, fmt, nothing, rect, table, tag, text_at, words

Flow = tuple[str, str, int]  # source, target, amount

_POST = 6.0  # width of a post on either side
_SLOT = 34.0  # least height of a place with its two lines of text
_THICK = 240.0  # height of all ribbons together
_NAME_ROOM = 146.0


class _Rest(str):
    """The name under which the smallest places are gathered; no place of that name is meant."""

    __slots__ = ()


@dataclass
class Side:
    """Where each place of one column stands: its middle, its thickness, the next free edge."""

    middle: dict[str, float]
    thick: dict[str, float]
    edge: dict[str, float]
    height: float


def round_flow(flows: Sequence[Flow], *, unit_label: str, title: str = "", most: int = 10) -> Markup:
    """Who supplies whom; the smallest beyond `most` per side are drawn as one. Amounts are whole numbers."""
    title = title or _("Dari pemasok ke kecamatan")
    given = [(source, target, amount) for source, target, amount in flows if amount > 0]
    if not given:
        return nothing(title, _("Belum ada yang dialirkan."))
    drawn = _gathered(given, most)
    total = sum(drawn.values())
    left, right = _side(drawn, 0, total), _side(drawn, 1, total)
    height = max(left.height, right.height)
    _centre(left, height)
    _centre(right, height)
    body = (
        _ribbons(drawn, left, right, total)
        + _posts(left, drawn, 0, unit_label)
        + _posts(right, drawn, 1, unit_label)
    )
    rows = [
        (s, t, f"{group(a)} {unit_label}")
        for s, t, a in sorted(given, key=lambda flow: (-flow[2], flow[0], flow[1]))
    ]
    says = _(
        "%(amount)s dari %(sources)s pemasok ke %(targets)s tujuan.",
        amount=f"{group(total)} {unit_label}",
        sources=len({s for s, _t, _a in given}),
        targets=len({t for _s, t, _a in given}),
    )
    behind = table([_("Dari"), _("Ke"), _("Jumlah")], rows)
    return figure(body, height, title=title, says=says, behind=behind)


def _gathered(flows: Sequence[Flow], most: int) -> dict[tuple[str, str], int]:
    """Amounts per pair, after the smallest places of either side have become "n lainnya"."""
    names = (_short([(s, a) for s, _t, a in flows], most), _short([(t, a) for _s, t, a in flows], most))
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for source, target, amount in flows:
        sums[names[0][source], names[1][target]] += amount
    return sums


def _short(amounts: Sequence[tuple[str, int]], most: int) -> dict[str, str]:
    """Name -> the name under which it is drawn."""
    sums: dict[str, int] = defaultdict(int)
    for name, amount in amounts:
        sums[name] += amount
    ranked = sorted(sums, key=lambda name: (-sums[name], name))
    if len(ranked) <= most:
        return {name: name for name in ranked}
    rest = _Rest(ngettext("%(n)s lainnya", "%(n)s lainnya", len(ranked) - most + 1))
    return {name: name if i < most - 1 else rest for i, name in enumerate(ranked)}


def _totals(sums: Mapping[tuple[str, str], int], end: int) -> dict[str, int]:
    """Amount of each place of one side, the largest first, the gathered rest last."""
    totals: dict[str, int] = defaultdict(int)
    for pair, amount in sums.items():
        totals[pair[end]] += amount
    return dict(sorted(totals.items(), key=lambda item: (isinstance(item[0], _Rest), -item[1], item[0])))


def _side(sums: Mapping[tuple[str, str], int], end: int, total: int) -> Side:
    side, y = Side({}, {}, {}, 0.0), 0.0
    for name, amount in _totals(sums, end).items():
        thick = amount / total * _THICK
        slot = max(thick + 6, _SLOT)
        side.thick[name], side.middle[name] = thick, y + slot / 2
        y += slot
    side.height = y
    return side


def _centre(side: Side, height: float) -> None:
    """Spread the shorter column over the height of the longer, and open the edges."""
    spare = (height - side.height) / len(side.middle)
    for i, name in enumerate(side.middle):
        side.middle[name] += spare * (i + 0.5)
        side.edge[name] = side.middle[name] - side.thick[name] / 2


def _ribbons(sums: Mapping[tuple[str, str], int], left: Side, right: Side, total: int) -> list[Markup]:
    order = {name: i for i, name in enumerate(left.middle)}
    ranked = sorted(sums, key=lambda pair: (order[pair[0]], right.middle[pair[1]]))
    return [_ribbon(pair, sums[pair] / total * _THICK, left, right, order[pair[0]]) for pair in ranked]


def _ribbon(pair: tuple[str, str], thick: float, left: Side, right: Side, index: int) -> Markup:
    source, target = pair
    y0, y1 = left.edge[source], right.edge[target]
    left.edge[source] += thick
    right.edge[target] += thick
    a, b, middle = fmt(_POST), fmt(WIDTH - _POST), fmt(WIDTH / 2)
    path = (
        f"M{a} {fmt(y0)}C{middle} {fmt(y0)} {middle} {fmt(y1)} {b} {fmt(y1)}V{fmt(y1 + thick)}"
        f"C{middle} {fmt(y1 + thick)} {middle} {fmt(y0 + thick)} {a} {fmt(y0 + thick)}Z"
    )
    tone = ("flow", "flow flow-1", "flow flow-2")[index % 3]
    return tag("path", tag("title", words(f"{source} → {target}")), d=path, class_=tone)


def _posts(side: Side, sums: Mapping[tuple[str, str], int], end: int, unit: str) -> list[Markup]:
    """The post of each place with its name and amount over the ribbons."""
    x, anchor = ((_POST + 6, "start"), (WIDTH - _POST - 6, "end"))[end]
    marks: list[Markup] = []
    for name, amount in _totals(sums, end).items():
        y, thick = side.middle[name], side.thick[name]
        marks += [
            rect((0.0, WIDTH - _POST)[end], y - thick / 2, _POST, max(thick, 1.5), "bar", 2.0),
            *_named(name, x, y - 2, anchor),
            text_at(x, y + 12, clip(f"{group(amount)} {unit}", _NAME_ROOM), anchor=anchor, class_="halo"),
        ]
    return marks


def _named(name: str, x: float, y: float, anchor: str) -> list[Markup]:
    """The name as long as a phone has room for, and longer where the text is smaller."""
    short, long = clip(name, _NAME_ROOM), clip(name, _NAME_ROOM * 1.55)
    if short == long:
        return [text_at(x, y, short, anchor=anchor, class_="bold halo")]
    return [
        text_at(x, y, short, anchor=anchor, class_="bold halo narrow"),
        text_at(x, y, long, anchor=anchor, class_="bold halo wide"),
    ]
