"""Rations (I20): what one person got of a scarce good, over all ways to buy it."""

from __future__ import annotations

from market.verify.base import Invariant

_USED = """
    SELECT u.ration_id, sum(u.quantity_base) AS used_base FROM ration_use u
    WHERE u.given_back_at IS NULL GROUP BY u.ration_id
"""
RATIONS_AGAINST_USES = f"""
    SELECT r.organization_id, r.id, r.used_base, coalesce(u.used_base, 0) AS uses_base
    FROM ration r LEFT JOIN ({_USED}) AS u ON u.ration_id = r.id
    WHERE r.used_base <> coalesce(u.used_base, 0)
"""
MORE_THAN_THE_CAP = """
    SELECT r.organization_id, r.id, x.used_base, x.cap_base FROM ration r JOIN (
        SELECT u.ration_id, sum(u.quantity_base) AS used_base, max(u.cap_base) AS cap_base
        FROM ration_use u WHERE u.given_back_at IS NULL AND u.cap_base IS NOT NULL
        GROUP BY u.ration_id
    ) AS x ON x.ration_id = r.id WHERE x.used_base > x.cap_base
"""
LIVE_DOCUMENTS = """
    SELECT l.organization_id, 'counter_line:' || l.id AS source
        FROM counter_sale_line l JOIN counter_sale s ON s.id = l.sale_id
        WHERE s.state IN ('waiting', 'done') AND s.buyer_index <> ''
    UNION ALL SELECT l.organization_id, 'order_line:' || l.id
        FROM retail_order_line l JOIN retail_order o ON o.id = l.order_id WHERE o.state IN ('collected')
    UNION ALL SELECT w.organization_id, 'preorder_wish:' || w.id
        FROM preorder_wish w WHERE w.state IN ('collected')
"""
USE_WITHOUT_DOCUMENT = f"""
    SELECT u.organization_id, u.id, u.source FROM ration_use u
    LEFT JOIN ({LIVE_DOCUMENTS}) AS d ON d.organization_id = u.organization_id AND d.source = u.source
    WHERE u.given_back_at IS NULL AND d.source IS NULL
"""

INVARIANTS = (
    Invariant(
        "I20",
        "No buyer got more of a rationed good than the cap of the day; each part belongs to a hand-over.",
        (RATIONS_AGAINST_USES, MORE_THAN_THE_CAP, USE_WITHOUT_DOCUMENT),
        note="a buyer is a keyed fingerprint: who it is, nobody can ask",
    ),
)
