"""QR codes: drawn with one mask, the same squares in every form."""

from __future__ import annotations

import segno

from market.core import qr

TEXT = "https://pasar.example/penjualan/42?kode=123456"
MASK_BITS, WHITENED = ((8, 2), (8, 3), (8, 4)), (1, 0, 1)
"""Where a code names its mask, beside the upper left corner, and what that is mixed with."""


def test_a_code_names_the_mask_that_it_was_drawn_with():
    squares = qr.squares(TEXT)
    bits = zip(MASK_BITS, WHITENED, strict=True)
    named = [squares[row][column] ^ bool(white) for (row, column), white in bits]
    assert sum(bit << place for place, bit in zip((2, 1, 0), named, strict=True)) == qr.MASK


def test_a_code_is_as_large_as_one_for_which_every_mask_was_tried():
    fairest = segno.make_qr(TEXT, error="m")
    assert len(qr.squares(TEXT)) == fairest.symbol_size(border=0)[0]


def test_a_picture_of_the_same_text_has_the_same_bytes():
    assert qr.png(TEXT) == qr.png(TEXT)
    assert qr.svg(TEXT) == qr.svg(TEXT)
    assert qr.png(TEXT) != qr.png(TEXT + "1")
