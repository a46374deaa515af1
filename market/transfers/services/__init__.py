"""What may be done with stock between cooperatives."""

from market.transfers.services.moving import accept_stock, clear_rest, receive_stock, send_stock
from market.transfers.services.offering import (
    hindrance,
    lapse_old,
    lapse_payments,
    offer_stock,
    withdraw_stock,
)
from market.transfers.services.paying import confirm_money, decide_payment, propose_payment

__all__ = [
    "accept_stock",
    "clear_rest",
    "confirm_money",
    "decide_payment",
    "hindrance",
    "lapse_old",
    "lapse_payments",
    "offer_stock",
    "propose_payment",
    "receive_stock",
    "send_stock",
    "withdraw_stock",
]
