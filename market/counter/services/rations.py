"""A sale's lines as parts of its buyer's rations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from market.commodities import queries as commodities
from market.counter.models import Sale, SaleLine
from market.rations import services as rations
from market.rations.services import Limit
from market.rations.types import Part


def _source(line: SaleLine) -> str:
    return f"counter_line:{line.id}"


def _parts(lines: Sequence[SaleLine]) -> list[Part]:
    return [
        Part(_source(line), line.pack_id, line.name, line.quantity)
        for line in lines
        if line.pack_id is not None
    ]


def limits(sale: Sale, lines: Sequence[SaleLine]) -> list[Limit]:
    """What the sale's buyer may still have of each rationed good, before this sale; nobody known: nothing."""
    return rations.limits(sale.organization_id, sale.buyer_index, _parts(lines)) if sale.buyer_index else []


def claim(sale: Sale, lines: Sequence[SaleLine]) -> None:
    """Take the rationed lines of the buyer's rations; raises as `rations.claim`."""
    rations.claim(sale.organization_id, sale.buyer_index, _parts(lines))


def give_back(lines: Sequence[SaleLine], quantities: Mapping[int, int] | None = None) -> None:
    """What was not sold after all, or came back ({line id: units}, else everything), may be had again."""
    back = {
        _source(line): (line.quantity if quantities is None else quantities.get(line.id, 0))
        * commodities.pack(line.pack_id).size_base
        for line in lines
        if line.pack_id is not None
    }
    if back:
        rations.give_back(lines[0].organization_id, back)
