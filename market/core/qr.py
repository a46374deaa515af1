"""QR codes as SVG, as PNG and as squares to draw, so that no page asks anybody else for them."""

from __future__ import annotations

import io

import segno


def svg(text: str) -> str:
    """An <svg> of the QR code of `text`, without a size of its own: the page decides."""
    code = segno.make_qr(text, error="m")
    return code.svg_inline(
        border=2, omitsize=True, svgclass="qr", lineclass=None, dark="#1e2420", light="#fff"
    )


def squares(text: str) -> list[list[bool]]:
    """The QR code of `text` row by row, without its white border; True is a dark square."""
    code = segno.make_qr(text, error="m")
    return [[bool(dark) for dark in row] for row in code.matrix_iter(border=0)]


def png(text: str) -> bytes:
    """A PNG of the QR code of `text`, quiet zone included; the same text gives the same bytes."""
    drawn = io.BytesIO()
    segno.make_qr(text, error="m").save(drawn, kind="png", scale=6, border=4)
    return drawn.getvalue()
