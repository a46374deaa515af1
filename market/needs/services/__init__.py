"""What may be done with needs: post, decide, take into rounds, import."""

from market.needs.services.deciding import approve_need, expire_old, reject_need, withdraw_need
from market.needs.services.importing import (
    discard_import,
    import_columns,
    import_needs,
    import_template,
    preview_import,
)
from market.needs.services.posting import post_need, submit_need, update_need
from market.needs.services.quotas import cooperatives, decide_quota, propose_quota
from market.needs.services.rounds import (
    allow_more,
    carry_over,
    mark_fulfilled,
    mark_matched,
    return_to_open,
    take_into_round,
)
from market.needs.services.rules import Outlook, configure, price_outlook
from market.needs.services.sizing import drop_need, grow_need, shrink_need

__all__ = [
    "Outlook",
    "allow_more",
    "approve_need",
    "carry_over",
    "configure",
    "cooperatives",
    "decide_quota",
    "discard_import",
    "drop_need",
    "expire_old",
    "grow_need",
    "import_columns",
    "import_needs",
    "import_template",
    "mark_fulfilled",
    "mark_matched",
    "post_need",
    "preview_import",
    "price_outlook",
    "propose_quota",
    "reject_need",
    "return_to_open",
    "shrink_need",
    "submit_need",
    "take_into_round",
    "update_need",
    "withdraw_need",
]
