"""Containers that go back, and the dated facts about each: deposit, price, days to hand it back.

Which pack comes in which container is reference data. An amount counts from its day on; until somebody
sets one with its source, the reference file's figure counts, which is labelled as an assumption.
"""

from __future__ import annotations

from dataclasses import dataclass

from market import refdata
from market.core.i18n import lazy
from market.core.parameters import Parameter
from market.refdata.rows import ContainerRow


@dataclass(frozen=True)
class Container:
    """One kind of container: `item_code` is the stock item of what comes in it."""

    code: str
    name: str
    pack_code: str
    deposit: Parameter
    """what a buyer leaves for one that goes along without an empty"""
    price: Parameter
    """what a supplier takes for one that is not handed back"""
    return_days: Parameter
    """how long after a delivery the missing empties may come"""

    @property
    def item_code(self) -> str:
        return f"pack:{self.pack_code}"


def _made(row: ContainerRow) -> Container:
    by = "cooperative"
    deposit = lazy("Titipan pembeli per %(container)s", container=row.name)
    price = lazy("Harga %(container)s kosong dari agen", container=row.name)
    days = lazy("%(container)s kosong diserahkan ke agen paling lambat", container=row.name)
    most_rp = 10_000_000
    return Container(
        row.code,
        row.name,
        row.pack,
        Parameter(
            f"empties.{row.code}.deposit_rp",
            *(row.deposit_rp, row.source, 0, most_rp, deposit, lazy("rupiah"), by),
        ),
        Parameter(
            f"empties.{row.code}.price_rp",
            *(row.price_rp, row.source, 1, most_rp, price, lazy("rupiah"), by),
        ),
        Parameter(
            f"empties.{row.code}.return_days",
            *(row.return_days, row.source, 0, 90, days, lazy("hari"), by),
        ),
    )


CONTAINERS: dict[str, Container] = {row.code: _made(row) for row in refdata.containers()}
"""Every container by its code."""

BY_ITEM: dict[str, Container] = {each.item_code: each for each in CONTAINERS.values()}
"""Code of a stock item -> the container its goods come in."""

PLACES = ("full", "empty", "lent", "supplier", "outside")
"""Where a container can be; `outside` is where it comes from when bought and goes to when lost."""

MOVES: dict[str, tuple[str, str]] = {
    "owned": ("outside", "empty"),
    "opening": ("outside", "full"),
    "received": ("supplier", "full"),
    "sent_back": ("full", "supplier"),
    "taken_back": ("supplier", "full"),
    "exchanged": ("full", "empty"),
    "unsold": ("empty", "full"),
    "lent": ("empty", "lent"),
    "returned": ("lent", "empty"),
    "kept": ("lent", "outside"),
    "handed_back": ("empty", "supplier"),
    "bought": ("outside", "supplier"),
    "found_full": ("outside", "full"),
    "lost_full": ("full", "outside"),
    "found_empty": ("outside", "empty"),
    "lost_empty": ("empty", "outside"),
}
"""Kind of move -> from which place to which."""
