"""Plain values of the counter: what it sells, and the coins it counts."""

from __future__ import annotations

from dataclasses import dataclass

from market.refdata.rows import CounterRuleRow

DENOMINATIONS = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100)
"""Notes and coins in rupiah, as they are counted."""


@dataclass(frozen=True)
class Good:
    """Something that this counter sells now; `left` are whole units that nobody has been promised."""

    code: str
    """p<product id> for what lies on the shelf, k<pack id> for what is sold in the shop only"""
    product_id: int | None
    pack_id: int | None
    commodity_id: int | None
    name: str
    unit_label: str
    price_rp: int
    member_price_rp: int | None
    barcode: str | None
    left: int
    seller_id: int
    seller: str
    own: bool
    commission_bp: int
    rule: CounterRuleRow | None
    container: str
    """code of the container in which it comes; empty for goods in nothing that goes back"""

    def price_for(self, member: bool) -> int:
        """Rupiah for one unit; a member pays the member price where there is one."""
        return self.member_price_rp if member and self.member_price_rp is not None else self.price_rp

    @property
    def needs_line(self) -> bool:
        """Whether it may only be sold while the server answers."""
        return self.rule is not None and self.rule.needs_line
