"""Gap over time as a drawing: one line a method, named where it ends; both axes logarithmic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

Point = tuple[float, float]
"""Seconds, relative gap."""

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 400, 70, 40, 150, 50
FLOOR = 1e-5
COLOURS = ("#0b6e4f", "#b23a48", "#3d5a80", "#8a5a00", "#6a4c93", "#444444")
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 2", "10 4")
"""A line is told from the next by its dash and its name, not by colour alone."""


def svg(title: str, curves: Mapping[str, Sequence[Point]]) -> str:
    """The drawing as text. Methods without a point are left out; ValueError when none has one."""
    kept = {name: [(max(0.01, t), max(FLOOR, g)) for t, g in points] for name, points in curves.items()}
    kept = {name: points for name, points in kept.items() if points}
    if not kept:
        raise ValueError("no method has a point")
    axes = _Axes([point for points in kept.values() for point in points])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12" fill="#222">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fffdf8"/>',
        f'<text x="{LEFT}" y="22" font-size="14" font-weight="bold">{escape(title)}</text>',
        *axes.drawn(),
    ]
    ends: list[float] = []
    for number, (name, points) in enumerate(kept.items()):
        parts += _line(axes, number, name, points, ends)
    return "\n".join([*parts, "</svg>\n"])


class _Axes:
    """Where seconds and gaps lie on the sheet."""

    def __init__(self, points: Sequence[Point]) -> None:
        times, gaps = [t for t, _ in points], [g for _, g in points]
        self.t0, self.t1 = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)) + 1e-9)
        self.g0, self.g1 = math.floor(math.log10(min(gaps))), math.ceil(math.log10(max(gaps)) + 1e-9)
        self.t1, self.g1 = max(self.t1, self.t0 + 1), max(self.g1, self.g0 + 1)

    def x(self, seconds: float) -> float:
        """Across, from the left."""
        share = (math.log10(seconds) - self.t0) / (self.t1 - self.t0)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, gap: float) -> float:
        """Down, from the top."""
        share = (math.log10(gap) - self.g0) / (self.g1 - self.g0)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    def drawn(self) -> list[str]:
        """Grid and labels."""
        parts = []
        for power in range(self.t0, self.t1 + 1):
            x = self.x(10.0**power)
            parts.append(f'<path d="M{x} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>')
            parts.append(
                f'<text x="{x}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{10.0**power:g} s</text>'
            )
        for power in range(self.g0, self.g1 + 1):
            y = self.y(10.0**power)
            parts.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="#ddd"/>')
            parts.append(
                f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{10.0 ** (power + 2):g} %</text>'
            )
        return parts


def _line(axes: _Axes, number: int, name: str, points: Sequence[Point], ends: list[float]) -> list[str]:
    """A staircase: a gap holds until a better one is known."""
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    path = f"M{axes.x(points[0][0])} {axes.y(points[0][1])}"
    for seconds, gap in points[1:]:
        path += f"H{axes.x(seconds)}V{axes.y(gap)}"
    label = axes.y(points[-1][1]) + 4
    while any(abs(label - other) < 13 for other in ends):
        label += 1
    ends.append(label)
    x, y = axes.x(points[-1][0]), axes.y(points[-1][1])
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return [
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>',
        f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>',
        f'<text x="{x + 8}" y="{label}" fill="{colour}">{escape(name)}</text>',
    ]
