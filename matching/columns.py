"""The one list of columns: which key of which section of the problem file fills which array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

FORMAT: Final = "lumbung-problem/1"
REASONS: Final = ("area", "authorised", "date", "permit", "quota", "terms")
HIGHEST: Final = 2**53 - 1

Kind = Literal["int", "bool", "ration", "reason", "id", "ref", "district", "also", "tiers"]
REQUIRED: Final = "required"
WANTED: Final = "wanted"
ROW: Final = "row"


@dataclass(frozen=True)
class Column:
    """One key of a section. `default` None means null (-1); `target` is the section a reference names."""

    key: str
    name: str
    kind: Kind = "int"
    low: int = 0
    default: int | str | bool | None = REQUIRED
    target: str = ""

    @property
    def nullable(self) -> bool:
        """May the value be null?"""
        return self.default is None


IDS: Final = {
    "commodities": "commodity_id",
    "buyers": "buyer_id",
    "suppliers": "supplier_id",
    "needs": "need_id",
    "offers": "offer_id",
}

SECTIONS: Final[dict[str, tuple[Column, ...]]] = {
    "commodities": (
        Column("id", "commodity_id", "id"),
        Column("unit_g", "unit_g", low=1),
        Column("ration", "ration", "ration", default=None),
    ),
    "buyers": (Column("id", "buyer_id", "id"), Column("cash_rp", "cash_rp", default=None)),
    "suppliers": (Column("id", "supplier_id", "id"), Column("max_weight_g", "max_weight_g", default=None)),
    "needs": (
        Column("id", "need_id", "id"),
        Column("buyer", "need_buyer", "ref", target="buyers"),
        Column("commodity", "need_commodity", "ref", target="commodities"),
        Column("also", "also", "also", default=(), target="commodities"),  # type: ignore[arg-type]
        Column("district", "need_district", "district"),
        Column("wanted", "wanted"),
        Column("at_most", "at_most", default=WANTED),
        Column("ceiling_rp", "ceiling_rp", default=None),
        Column("unmet_rp", "unmet_rp"),
        Column("max_suppliers", "max_suppliers", default=None),
        Column("min_fill", "min_fill", default=0),
        Column("weight", "weight", low=1, default=1),
        Column("order", "order", default=ROW),
    ),
    "offers": (
        Column("id", "offer_id", "id"),
        Column("supplier", "offer_supplier", "ref", target="suppliers"),
        Column("commodity", "offer_commodity", "ref", target="commodities"),
        Column("capacity", "capacity"),
        Column("lot", "lot", low=1, default=1),
        Column("min_per_need", "min_per_need", default=1),
        Column("min_total", "min_total", default=0),
        Column("fixed_rp", "fixed_rp", default=0),
        Column("credit", "credit", "bool", default=False),
        Column("tiers", "tiers", "tiers"),
    ),
    "lanes": (
        Column("need", "lane_need", "ref", target="needs"),
        Column("offer", "lane_offer", "ref", target="offers"),
        Column("freight_rp", "freight_rp"),
        Column("drop_rp", "drop_rp", default=0),
    ),
    "trips": (
        Column("supplier", "trip_supplier", "ref", target="suppliers"),
        Column("district", "trip_district", "district"),
        Column("capacity_g", "trip_capacity_g", low=1),
        Column("cost_rp", "trip_cost_rp"),
        Column("max_trips", "trip_max", default=None),
        Column("min_load_g", "trip_min_load_g", default=0),
    ),
    "fixed": (
        Column("need", "fixed_need", "ref", target="needs"),
        Column("offer", "fixed_offer", "ref", target="offers"),
        Column("quantity", "fixed_quantity", low=1),
        Column("price_rp", "fixed_price_rp"),
    ),
    "closed": (
        Column("need", "closed_need", "ref", target="needs"),
        Column("offer", "closed_offer", "ref", target="offers"),
        Column("reason", "closed_reason", "reason"),
    ),
}
OPTIONAL_SECTIONS: Final = ("trips", "fixed", "closed")
TIER: Final = (Column("from", "tier_from", low=1), Column("price_rp", "tier_price_rp"))
