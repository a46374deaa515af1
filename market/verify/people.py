"""I35: who may sell and who has an account is what was decided and proven."""

from __future__ import annotations

from market.verify.base import Invariant

TRADING_AGAINST_DECISION = """
    SELECT o.id, o.name, p.state FROM organization o JOIN seller_profile p ON p.organization_id = o.id
    WHERE o.trading <> (p.state IN ('active'))
"""
"""A seller is on the shelf without the cooperative's yes, or off it in spite of it."""

SELLER_OF_ANOTHER_SHOP = """
    SELECT o.id, o.name, o.sells_through_id, p.cooperative_id FROM organization o
    JOIN seller_profile p ON p.organization_id = o.id
    WHERE o.kind <> 'seller' OR o.sells_through_id IS NULL OR o.sells_through_id <> p.cooperative_id
"""

TWO_ACCOUNTS_OF_ONE_PHONE = """
    SELECT phone, count(*) AS accounts FROM "user"
    WHERE password_hash IS NULL AND phone IS NOT NULL AND active = true
    GROUP BY phone HAVING count(*) > 1
"""
"""Accounts that began with a code: a number was proven once, and is one person."""

CODES_KEPT_OPEN = """
    SELECT id, phone FROM sign_in_code
    WHERE sealed <> '' AND (used_at IS NOT NULL OR spent_at IS NOT NULL)
"""
"""A code that was used is still readable."""

INVARIANTS = (
    Invariant(
        "I35",
        "A seller sells exactly while the cooperative lets her; a proven number is one account.",
        (TRADING_AGAINST_DECISION, SELLER_OF_ANOTHER_SHOP, TWO_ACCOUNTS_OF_ONE_PHONE, CODES_KEPT_OPEN),
        note="sellers from before sign-up by phone have no application to compare with",
    ),
)
