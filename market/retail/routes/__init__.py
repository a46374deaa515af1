"""The shop for residents, and the counter of the cooperative."""

from market.retail.routes import (
    complaining,
    complaints,
    counter,
    courier,
    finding,
    makers,
    parts,
    runs,
    sharing,
    shop,
    tracking,
    vouchers,
    zones,
)
from market.retail.routes.blueprint import bp

__all__ = [
    "bp",
    "complaining",
    "complaints",
    "counter",
    "courier",
    "finding",
    "makers",
    "parts",
    "runs",
    "sharing",
    "shop",
    "tracking",
    "vouchers",
    "zones",
]
