"""How the product says no."""

import pytest

from market.core.errors import Conflict, Forbidden, IllegalMove, LumbungError, NotFound, Refused


def test_a_refusal_carries_its_message_field_and_figures():
    refused = Refused("Stok tinggal 3 sak.", "packs", left=3)
    assert (refused.message, refused.field, refused.detail) == ("Stok tinggal 3 sak.", "packs", {"left": 3})
    assert str(refused) == "Stok tinggal 3 sak."


def test_an_illegal_move_is_a_conflict_so_that_one_page_serves_both():
    assert issubclass(IllegalMove, Conflict)
    assert Conflict("Sudah dijawab.").message == "Sudah dijawab."


@pytest.mark.parametrize("kind", [Refused, NotFound, Forbidden, Conflict, IllegalMove])
def test_every_no_has_one_root(kind):
    assert issubclass(kind, LumbungError)


@pytest.mark.parametrize("kind", [NotFound, Forbidden, Conflict])
def test_a_no_needs_no_words(kind):
    with pytest.raises(kind):
        raise kind
