"""Ways in which the search may come to lie."""

from __future__ import annotations

from market.catalogue import services as catalogue
from market.core import db
from tests.ledger.tamper import tamper
from tests.retail import shop as shops
from tests.verify.planting import breaks


@breaks("I34")
def a_product_that_the_search_does_not_know(lived):
    tamper("DELETE FROM listing")


@breaks("I34")
def a_product_that_is_found_by_another_name(lived):
    tamper("UPDATE listing SET name_words = 'mping'")


@breaks("I34")
def a_product_renamed_behind_the_back_of_the_index(lived):
    tamper("UPDATE product SET name = 'Emping Melinjo'")


@breaks("I34")
def a_word_whose_slips_are_not_known(lived):
    tamper("DELETE FROM search_near WHERE near <> word")


def crisps_on_sale(lived) -> None:
    """A member's crisps, put on the shelf when nothing was asked of them."""
    with db.transaction():
        snack = shops.crisps(shops.seller(lived.cast), category="camilan")
        catalogue.approve_product(lived.cast.sri, snack.id, shops.COMMISSION_BP)


@breaks("I36")
def a_rule_that_came_without_a_look_at_the_shelf(lived):
    crisps_on_sale(lived)
    with db.transaction():
        catalogue.load_permit_rules()


@breaks("I36")
def a_last_lawful_day_written_by_hand(lived):
    a_rule_that_came_without_a_look_at_the_shelf(lived)
    tamper("UPDATE product SET lawful_until_on = '2099-12-31' WHERE pack_id IS NULL")
