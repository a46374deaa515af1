"""Pictures where people would rather look than read: drawn on the server, named, with the table behind.

Each function is pure and returns Markup that needs no script and no inline style:
{{ pool_bar(430, [(0, 12_500), (500, 11_800)], "kg") }}. All texts given are escaped here.
"""

from market.web.charts.bars import pool_bar, price_parts, savings_bars, sparkline, stock_age
from market.web.charts.columns import columns
from market.web.charts.curves import gap_curve, price_curve
from market.web.charts.flow import round_flow
from market.web.charts.lamps import Cell, outlines, peta_nyala

__all__ = [
    "Cell",
    "columns",
    "gap_curve",
    "outlines",
    "peta_nyala",
    "pool_bar",
    "price_curve",
    "price_parts",
    "round_flow",
    "savings_bars",
    "sparkline",
    "stock_age",
]
