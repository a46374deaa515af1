"""What may be done with commodities, their price rules and the prices seen."""

from market.commodities.services.amounts import MAX_PACKS, read_packs
from market.commodities.services.observations import observe_price
from market.commodities.services.reference import load_reference
from market.commodities.services.rules import approve_price_rule, propose_price_rule

__all__ = [
    "MAX_PACKS",
    "approve_price_rule",
    "load_reference",
    "observe_price",
    "propose_price_rule",
    "read_packs",
]
