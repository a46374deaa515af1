"""What may be done with containers that go back. Counts are whole containers, amounts whole rupiah.

Every act is a move between two places under a lock on the holding; what changes the worth of the
cooperative's own containers, or the deposits it holds, is posted in the same transaction.
"""

from market.empties.services.counting import count_containers, record_owned
from market.empties.services.following import on_stock_moved
from market.empties.services.returning import keep_containers, return_containers
from market.empties.services.selling import sell_refill
from market.empties.services.supplying import (
    PURCHASE,
    decide_purchase,
    hand_back,
    hand_back_at_door,
    lapse_purchases,
    propose_purchase,
)
from market.empties.services.undoing import take_back_refill, undo_refill

__all__ = [
    "PURCHASE",
    "count_containers",
    "decide_purchase",
    "hand_back",
    "hand_back_at_door",
    "keep_containers",
    "lapse_purchases",
    "on_stock_moved",
    "propose_purchase",
    "record_owned",
    "return_containers",
    "sell_refill",
    "take_back_refill",
    "undo_refill",
]
