"""What may be done with products: list and change, decide, sell own packs, hold on consignment."""

from market.catalogue.services.deciding import approve_product, reject_product, withdraw_product
from market.catalogue.services.holding import (
    base_per_unit,
    receive_consignment,
    return_consignment,
    stock_item,
)
from market.catalogue.services.listing import list_product, submit_again, update_product
from market.catalogue.services.making import close_day, open_day, set_home_stock
from market.catalogue.services.packs import change_price, sell_pack

__all__ = [
    "approve_product",
    "base_per_unit",
    "change_price",
    "close_day",
    "list_product",
    "open_day",
    "receive_consignment",
    "reject_product",
    "return_consignment",
    "sell_pack",
    "set_home_stock",
    "stock_item",
    "submit_again",
    "update_product",
    "withdraw_product",
]
