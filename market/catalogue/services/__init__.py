"""What may be done with products: list and change, decide, sell own packs, hold on consignment."""

from market.catalogue.services.deciding import (
    approve_change,
    approve_product,
    reject_product,
    return_change,
    return_product,
    withdraw_product,
)
from market.catalogue.services.facts import snapshot
from market.catalogue.services.holding import (
    base_per_unit,
    receive_consignment,
    return_consignment,
    stock_item,
    stock_rows,
)
from market.catalogue.services.indexing import keep_listings, rebuild
from market.catalogue.services.listing import drop_change, list_product, submit_again, update_product
from market.catalogue.services.making import close_day, open_day, set_home_stock
from market.catalogue.services.packs import change_price, sell_pack
from market.catalogue.services.permits import check_permit, end_permit, missing, state_permit
from market.catalogue.services.reference import load_permit_rules
from market.catalogue.services.reviewing import review_permits, review_rules
from market.catalogue.services.rules import DUTIES, FIELDS, PAPER_SIDE, signals
from market.catalogue.services.rules import photo as keep_photo
from market.catalogue.services.ruling import decide_permit_rule, propose_permit_rule
from market.catalogue.services.shelving import sum_up_shelf

__all__ = [
    "DUTIES",
    "FIELDS",
    "PAPER_SIDE",
    "approve_change",
    "approve_product",
    "base_per_unit",
    "change_price",
    "check_permit",
    "close_day",
    "decide_permit_rule",
    "drop_change",
    "end_permit",
    "keep_listings",
    "keep_photo",
    "list_product",
    "load_permit_rules",
    "missing",
    "open_day",
    "propose_permit_rule",
    "rebuild",
    "receive_consignment",
    "reject_product",
    "return_change",
    "return_consignment",
    "return_product",
    "review_permits",
    "review_rules",
    "sell_pack",
    "set_home_stock",
    "signals",
    "snapshot",
    "state_permit",
    "stock_item",
    "stock_rows",
    "submit_again",
    "sum_up_shelf",
    "update_product",
    "withdraw_product",
]
