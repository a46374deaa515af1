"""A process that dies before any statement about a product leaves nothing half done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from market import verify
from market.catalogue import queries_permits
from market.catalogue import services as catalogue
from market.catalogue.models import Product
from market.core import clock, db
from market.core.permissions import Actor
from market.identity.models import Organization
from tests.cast import Cast
from tests.faults import kill, story
from tests.retail import shop as shops
from tests.retail.market import AT_HOME, Market, open_market

PACKED = {
    "category": "camilan",
    "packaging": "plastic",
    "shelf_life_days": 90,
    "ingredients": "singkong, minyak, garam",
    "label_dated": True,
    "pirt": "2153578010001-30",
    "halal": "certified",
    "halal_number": "ID35410000123450922",
}


@dataclass
class Shelf:
    """A market, and crisps that the law looks at."""

    market: Market
    tini: Actor = field(init=False)
    crisps: Product = field(init=False)

    @property
    def cast(self) -> Cast:
        return self.market.cast

    def listed(self, **facts: object) -> Shelf:
        with db.transaction():
            catalogue.load_permit_rules()
            self.tini = shops.seller(self.cast, "Keripik Bu Yanti")
            db.session.get_one(Organization, self.tini.organization_id).address = "Jl. Kenari 3, Surabaya"
            self.crisps = shops.crisps(self.tini, **{**PACKED, **facts})
            catalogue.review_rules()
        return self

    def sold(self) -> Shelf:
        self.listed()
        with db.transaction():
            catalogue.approve_product(self.cast.sri, self.crisps.id, 500, permits_checked=True)
        return self


def say_what_lies_at_home(shelf: Shelf) -> story.Act:
    market = shelf.market
    return lambda: catalogue.set_home_stock(market.rina, market.cookies.id, AT_HOME + 3, AT_HOME)


def approve(shelf: Shelf) -> story.Act:
    shelf.listed()
    return lambda: catalogue.approve_product(shelf.cast.sri, shelf.crisps.id, 500, permits_checked=True)


def refuse_a_permit(shelf: Shelf) -> story.Act:
    shelf.sold()
    with db.transaction(read_only=True):
        permit = next(p for p in queries_permits.permits_for(shelf.crisps) if p.kind == "pirt")
    return lambda: catalogue.check_permit(shelf.cast.sri, permit.id, right=False, reason="bukan nomor ini")


def reword(shelf: Shelf, **wording: str) -> None:
    sold = shelf.crisps
    facts = {"name": sold.name, "price_rp": sold.price_rp, "unit_label": sold.unit_label, **PACKED}
    catalogue.update_product(shelf.tini, sold.id, **{**facts, "net_weight_g": sold.net_weight_g, **wording})  # type: ignore[arg-type]


def reword_again(shelf: Shelf) -> story.Act:
    shelf.sold()
    with db.transaction():
        reword(shelf, description="Renyah sekali")
    return lambda: reword(shelf, description="Renyah dan gurih")


def end_a_rule(shelf: Shelf) -> story.Act:
    shelf.sold()
    with db.transaction():
        halal = next(rule for rule in queries_permits.rule_rows() if rule.duty == "halal")
        said = {"legal_ref": "PP 1/2027", "source_url": "https://example.org/pp"}
        proposal = catalogue.propose_permit_rule(
            shelf.cast.ratna, halal.id, valid_from_on=date(2031, 1, 1), **said
        )
    return lambda: catalogue.decide_permit_rule(shelf.cast.agus, proposal.id, approve=True)


def look_at_the_shelf(shelf: Shelf) -> story.Act:
    shelf.sold()
    with db.transaction(read_only=True):
        ends_on = db.session.get_one(Product, shelf.crisps.id).lawful_until_on
    assert ends_on is not None
    clock.travel((ends_on - clock.today() + timedelta(days=1)).total_seconds())
    return catalogue.review_permits


ACTIONS: dict[str, Callable[[Shelf], story.Act]] = {
    "home_stock_said": say_what_lies_at_home,
    "catalogue.product_approved": approve,
    "catalogue.permit_checked": refuse_a_permit,
    "catalogue.change_rewritten": reword_again,
    "catalogue.permit_rule_ended": end_a_rule,
    "catalogue.permits_reviewed": look_at_the_shelf,
}
"""By the fault point that lies on their way."""


@pytest.mark.parametrize("point", sorted(ACTIONS))
def test_a_kill_before_any_statement_leaves_all_or_nothing(settings, cast, point):
    act = story.in_transaction(ACTIONS[point](Shelf(open_market(cast))))
    assert kill.kill_everywhere(settings, act) >= 2
    with db.transaction(read_only=True):
        broken = [result for result in verify.run() if not result.ok and result.id != "I27"]
    assert broken == []
