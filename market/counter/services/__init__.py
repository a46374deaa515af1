"""What may be done at the counter. Amounts are whole rupiah, quantities whole units.

Whoever changes several rows takes them in one order: shift, sale, rations, number series, stock, books.
"""

from market.counter.services.filling import (
    basket,
    change,
    name_buyer,
    name_member,
    put,
    refresh,
    void_sale,
)
from market.counter.services.online import on_payment_changed, pay_online, payment_of, stop_online
from market.counter.services.pricing import set_price
from market.counter.services.rations import limits
from market.counter.services.returning import take_back
from market.counter.services.selling import Terms, Wanted, pay_cash, record_sale, solve_sale
from market.counter.services.shifts import (
    DIFFERENCE_RP,
    close_shift,
    decide_difference,
    move_cash,
    open_shift,
    recount,
    total_rp,
)

__all__ = [
    "DIFFERENCE_RP",
    "Terms",
    "Wanted",
    "basket",
    "change",
    "close_shift",
    "decide_difference",
    "limits",
    "move_cash",
    "name_buyer",
    "name_member",
    "on_payment_changed",
    "open_shift",
    "pay_cash",
    "pay_online",
    "payment_of",
    "put",
    "record_sale",
    "recount",
    "refresh",
    "set_price",
    "solve_sale",
    "stop_online",
    "take_back",
    "total_rp",
    "void_sale",
]
