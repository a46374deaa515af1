"""Ways in which the search may come to lie."""

from __future__ import annotations

from tests.ledger.tamper import tamper
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
