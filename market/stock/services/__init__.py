"""What may be done with stock. Quantities are base units, costs whole rupiah (weighted average).

Moves that another part explains (a receipt, a sale) are posted to the books by that part; counts,
write-offs and repacking are this part's own facts and are posted here.
"""

from market.stock.services.moving import (
    AlreadyMoved,
    code_of_product,
    configure,
    cost_of,
    item_for_pack,
    item_for_product,
    known_items,
    move_in,
    move_out,
)
from market.stock.services.promising import (
    code_at_home,
    code_of_day,
    give_up,
    item_at_home,
    item_of_day,
    limit,
    offer_free,
)
from market.stock.services.reserving import (
    Wish,
    consume,
    hold,
    release,
    release_expired,
    reserve,
    reserve_all,
)
from market.stock.services.shelf import (
    WRITE_OFF,
    count_stock,
    decide_write_off,
    lapse_write_offs,
    propose_write_off,
    repack,
)

__all__ = [
    "WRITE_OFF",
    "AlreadyMoved",
    "Wish",
    "code_at_home",
    "code_of_day",
    "code_of_product",
    "configure",
    "consume",
    "cost_of",
    "count_stock",
    "decide_write_off",
    "give_up",
    "hold",
    "item_at_home",
    "item_for_pack",
    "item_for_product",
    "item_of_day",
    "known_items",
    "lapse_write_offs",
    "limit",
    "move_in",
    "move_out",
    "offer_free",
    "propose_write_off",
    "release",
    "release_expired",
    "repack",
    "reserve",
    "reserve_all",
]
