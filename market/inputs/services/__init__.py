"""What may be done with inputs."""

from market.inputs.services.collecting import (
    CHANGE_RP,
    CHANGES,
    MAX_WRONG_CODES,
    collect,
    give_up,
    note_wrong_code,
    renew_code,
    renew_own_code,
)
from market.inputs.services.deciding import (
    CREDIT_DAYS,
    CREDIT_RP,
    MARGIN_BP,
    approve_request,
    become_member,
    decline_request,
    lapse_late,
    suggested_rp,
)
from market.inputs.services.leaving import REFUND_DAYS
from market.inputs.services.paying import record_advance, record_settlement
from market.inputs.services.pooling import join_need, limit_rp, pool_requests, settle_lost
from market.inputs.services.posting import (
    post_guest_request,
    post_request,
    withdraw_own_request,
    withdraw_request,
)
from market.inputs.services.refunding import (
    ask_back,
    decide_refund,
    keep_money,
    keep_own_money,
    propose_refund,
)
from market.inputs.services.sharing import share_goods

__all__ = [
    "CHANGES",
    "CHANGE_RP",
    "CREDIT_DAYS",
    "CREDIT_RP",
    "MARGIN_BP",
    "MAX_WRONG_CODES",
    "REFUND_DAYS",
    "approve_request",
    "ask_back",
    "become_member",
    "collect",
    "decide_refund",
    "decline_request",
    "give_up",
    "join_need",
    "keep_money",
    "keep_own_money",
    "lapse_late",
    "limit_rp",
    "note_wrong_code",
    "pool_requests",
    "post_guest_request",
    "post_request",
    "propose_refund",
    "record_advance",
    "record_settlement",
    "renew_code",
    "renew_own_code",
    "settle_lost",
    "share_goods",
    "suggested_rp",
    "withdraw_own_request",
    "withdraw_request",
]
